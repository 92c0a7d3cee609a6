"""The few calls to the Kubernetes API that the scripts need, with the standard library alone.

One kept-open connection for calls; a watch has its own. The token is read again for each request, because bound
tokens are renewed in place (Kubernetes documentation, "ServiceAccount token volume projection").
"""
import http.client
import json
import os
import socket
import ssl
import threading
import time
from urllib.parse import urlencode

from tls_contexts import verifying

ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'
MERGE_PATCH = 'application/merge-patch+json'


class ApiError(Exception):
    """The API server answered with an error."""

    def __init__(self, status, message):
        super().__init__('%d: %s' % (status, message))
        self.status = status


class Unreachable(Exception):
    """The API server did not answer."""


class Api:
    def __init__(self, namespace, account=ACCOUNT):
        self.namespace = namespace
        self._account = account
        self._host = os.environ['KUBERNETES_SERVICE_HOST']
        self._port = int(os.environ.get('KUBERNETES_SERVICE_PORT', '443'))
        self._connection = None

    def path(self, kind, name=''):
        return '/api/v1/namespaces/%s/%s%s' % (self.namespace, kind, '/' + name if name else '')

    def get(self, kind, name, timeout=5):
        return self._request('GET', self.path(kind, name), None, timeout)

    def list(self, kind, labels, timeout=5):
        """`labels`: a selector, "name=value,…"."""
        return self._request('GET', self.path(kind) + '?' + urlencode({'labelSelector': labels}), None, timeout)['items']

    def patch(self, kind, name, body, field_manager, timeout=5):
        query = '?' + urlencode({'fieldManager': field_manager})
        return self._request('PATCH', self.path(kind, name) + query, body, timeout)

    def follow(self, kind, name, seconds=240):
        """Yields the object (None when there is none) now and at each change, for about `seconds`. RBAC by
        resourceNames allows list and watch where the field selector names the object."""
        selector = {'fieldSelector': 'metadata.name=' + name}
        found = self._request('GET', self.path(kind) + '?' + urlencode(selector), None, 10, own_connection=True)
        yield found['items'][0] if found['items'] else None
        query = {
            **selector,
            'watch': 'true',
            'allowWatchBookmarks': 'true',
            'resourceVersion': found['metadata']['resourceVersion'],
            'timeoutSeconds': str(seconds),
        }
        connection = self._connect(seconds + 30)
        try:
            response = self._send(connection, 'GET', self.path(kind) + '?' + urlencode(query), None)
            if response.status != 200:
                raise ApiError(response.status, _message(response.read()))
            # A server that is gone without a word would hold the read until the time-out: keepalive finds it in 25 s.
            _keepalive(connection.sock, 10, 5, 3)
            while True:
                line = response.readline()
                if not line:
                    return
                event = json.loads(line)
                if event['type'] == 'ERROR':
                    # 410 Gone among them: the caller lists anew.
                    raise ApiError(event['object'].get('code', 500), event['object'].get('message', 'watch ended'))
                if event['type'] in ('ADDED', 'MODIFIED'):
                    yield event['object']
                elif event['type'] == 'DELETED':
                    yield None
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(repr(error)) from error
        finally:
            connection.close()

    def _request(self, method, path, body, timeout, own_connection=False):
        # Everything sent here may be sent twice: reads, and merge patches of fixed values.
        for attempt in (1, 2):
            fresh = own_connection or self._connection is None
            connection = self._connect(timeout) if fresh else self._connection
            try:
                response = self._send(connection, method, path, body)
                content = response.read()
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                if not own_connection:
                    self._connection = None
                # A kept connection may just have been closed at the other end.
                if fresh or attempt == 2:
                    raise Unreachable(repr(error)) from error
                continue
            if own_connection:
                connection.close()
            else:
                self._connection = connection
            if response.status >= 400:
                raise ApiError(response.status, _message(content))
            return json.loads(content)
        raise AssertionError('not reached')

    def _connect(self, timeout):
        try:
            context = verifying(os.path.join(self._account, 'ca.crt'))
        except (OSError, ssl.SSLError) as error:
            raise Unreachable(repr(error)) from error
        return http.client.HTTPSConnection(self._host, self._port, timeout=timeout, context=context)

    def _send(self, connection, method, path, body):
        with open(os.path.join(self._account, 'token'), encoding='ascii') as file:
            headers = {'Authorization': 'Bearer ' + file.read().strip(), 'Accept': 'application/json'}
        if body is not None:
            headers['Content-Type'] = MERGE_PATCH
            body = json.dumps(body).encode('utf-8')
        connection.request(method, path, body, headers)
        return connection.getresponse()


class Followed:
    """Keeps the newest state of one object, in a thread of its own; `changed` is set at each change."""

    def __init__(self, api, kind, name, changed, log):
        self.known = False
        self.object = None
        self._api, self._kind, self._name, self._changed, self._log = api, kind, name, changed, log
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        pause = 1
        while True:
            try:
                for found in self._api.follow(self._kind, self._name):
                    pause = 1
                    self._log.state('kubernetes', None)
                    version = found and found['metadata']['resourceVersion']
                    if not self.known or version != (self.object and self.object['metadata']['resourceVersion']):
                        self.object, self.known = found, True
                        self._changed.set()
                continue
            except (ApiError, Unreachable) as error:
                if not (isinstance(error, ApiError) and error.status == 410):
                    self._log.state('kubernetes', '%s %s cannot be watched: %s' % (self._kind, self._name, error))
            except Exception as error:  # the thread must outlive whatever a server may send
                self._log.state('kubernetes', 'watch of %s: %r' % (self._name, error))
            time.sleep(pause)
            pause = min(pause * 2, 8)


def _keepalive(sock, idle, interval, count):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (('TCP_KEEPIDLE', idle), ('TCP_KEEPINTVL', interval), ('TCP_KEEPCNT', count)):
        if hasattr(socket, option):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


def _message(content):
    try:
        return json.loads(content).get('message', '')
    except (ValueError, AttributeError):
        return content[:200].decode('utf-8', 'replace')

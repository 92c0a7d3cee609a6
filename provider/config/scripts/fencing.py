"""A fenced member: neither PostgreSQL nor Patroni runs, the pod and its volume stay.

Patroni alone can't promise that. Its tag `nofailover` is asked for only while Patroni runs, and it starts a stopped
PostgreSQL again; its pause is of the whole cluster. What does not run can't be promoted, so neither runs: the list of
fenced members is key fenced.json of ConfigMap CLUSTER-config. A pod that starts reads the mounted file, which is fresh then.
Afterwards the agent's mark counts, since the agent sees the change at once and the mount up to a minute later.
In place of Patroni something must answer the probes, or kubelet would start the container again and again.
"""
import json
import os
import socket
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MARK = '/run/postgresql/fenced'
MOUNTED = '/etc/postgres-ha/config/fenced.json'
SERVER = '/etc/postgres-ha/tls/server'
PORT = 8008
STATE = 'fenced'


def listed(text, member):
    """Whether the list in this text names the member. What is no list names nobody."""
    try:
        document = json.loads(text or '[]')
    except ValueError:
        return False
    return isinstance(document, list) and member in document


def fenced(member, mark=MARK, mounted=MOUNTED):
    try:
        with open(mark, encoding='ascii') as file:
            return file.read() == 'yes'
    except OSError:
        pass
    try:
        with open(mounted, encoding='utf-8') as file:
            return listed(file.read(), member)
    except OSError:
        return False


class Answers(BaseHTTPRequestHandler):
    """Alive for the liveness and startup probes, and not ready for anybody else."""

    timeout = 5

    def do_GET(self):
        body = json.dumps({'state': STATE}).encode('ascii')
        self.send_response(200 if self.path.startswith('/liveness') else 503)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PATCH = do_PUT = do_DELETE = do_OPTIONS = do_HEAD = do_GET

    def log_message(self, *_):
        """Nothing: the probes alone would be a line each second."""


class Server(ThreadingHTTPServer):
    address_family = socket.AF_INET6 if socket.has_dualstack_ipv6() else socket.AF_INET
    daemon_threads = True

    def server_bind(self):
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()

    def finish_request(self, request, client_address):
        # The certificate is read anew each time, since it is renewed in place; the handshake is the thread's own affair.
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(SERVER + '/tls.crt', SERVER + '/tls.key')
        request.settimeout(Answers.timeout)
        with context.wrap_socket(request, server_side=True) as connection:
            super().finish_request(connection, client_address)

    def handle_error(self, request, client_address):
        """A client that went away is no event."""


def wait(member):
    """Returns when the member is no longer fenced."""
    print('start: %s is fenced: PostgreSQL and Patroni stay stopped until it is unfenced' % member, flush=True)
    server = Server(('', PORT), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    while fenced(member):
        time.sleep(1)
    server.shutdown()
    server.server_close()
    print('start: %s is no longer fenced' % member, flush=True)


def stop_when_fenced(member, stop):
    """Calls `stop` once the member is fenced."""

    def watch():
        while not fenced(member):
            time.sleep(1)
        print('patroni: %s is to be fenced: stopping' % member, flush=True)
        stop()

    threading.Thread(target=watch, daemon=True).start()

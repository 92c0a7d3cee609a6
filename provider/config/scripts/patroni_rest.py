"""Patroni's REST interface of this member, and the certificate that it shows."""
import http.client
import json
import ssl
from datetime import datetime, timezone

from tls_contexts import verifying

SERVER = '/etc/postgres-ha/tls/server'
CLIENT = '/etc/postgres-ha/tls/replication'
PORT = 8008


class Down(Exception):
    """Patroni does not answer, or not sensibly."""


class Answer:
    def __init__(self, status, body, certificate, not_after):
        self.status = status
        self.body = body
        # DER bytes of the certificate that the server showed, and its end as ISO text.
        self.certificate = certificate
        self.not_after = not_after


def call(method, path, body=None, timeout=3):
    """Each call reads the certificates anew: they are renewed in place. Writes need the client certificate; the
    server's is verified against the CA but not for its name, since this is localhost."""
    try:
        context = verifying(SERVER + '/ca.crt')
        context.check_hostname = False
        context.load_cert_chain(CLIENT + '/tls.crt', CLIENT + '/tls.key')
        connection = http.client.HTTPSConnection('localhost', PORT, timeout=timeout, context=context)
        try:
            connection.connect()
            certificate = connection.sock.getpeercert(binary_form=True)
            not_after = connection.sock.getpeercert()['notAfter']
            content = None if body is None else json.dumps(body).encode('utf-8')
            connection.request(method, path, content, {'Content-Type': 'application/json'} if content else {})
            response = connection.getresponse()
            text = response.read().decode('utf-8', 'replace')
        finally:
            connection.close()
    except (OSError, http.client.HTTPException) as error:
        raise Down(str(error) or repr(error)) from error
    try:
        parsed = json.loads(text)
    except ValueError:
        parsed = text
    return Answer(response.status, parsed, certificate, iso(not_after))


def certificate_on_disk():
    """DER bytes of the server certificate in the mounted Secret."""
    with open(SERVER + '/tls.crt', encoding='ascii') as file:
        text = file.read()
    end = '-----END CERTIFICATE-----'
    return ssl.PEM_cert_to_DER_cert(text[text.index('-----BEGIN CERTIFICATE-----') : text.index(end) + len(end)])


def iso(not_after):
    """'Nov 24 06:00:00 2026 GMT', as ssl gives it, as '2026-11-24T06:00:00Z'."""
    moment = datetime.fromtimestamp(ssl.cert_time_to_seconds(not_after), timezone.utc)
    return moment.strftime('%Y-%m-%dT%H:%M:%SZ')

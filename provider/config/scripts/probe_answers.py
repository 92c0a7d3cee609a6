"""What answers the probes of container `database` while Patroni is kept from running: a fenced member, a restore in place.

Without it kubelet would start the container again and again, and the agent would not know what goes on.
"""
import contextlib
import json
import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SERVER = '/etc/postgres-ha/tls/server'
PORT = 8008


def answers(state):
    """A handler: alive for the liveness and startup probes, and not ready for anybody else."""

    class Answers(BaseHTTPRequestHandler):
        timeout = 5

        def do_GET(self):
            body = json.dumps(state()).encode('utf-8')
            self.send_response(200 if self.path.startswith('/liveness') else 503)
            self.send_header('Content-Type', 'application/json')
            self.send_header('Content-Length', str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_PATCH = do_PUT = do_DELETE = do_OPTIONS = do_HEAD = do_GET

        def log_message(self, *_):
            """Nothing: the probes alone would be a line each second."""

    return Answers


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
        request.settimeout(self.RequestHandlerClass.timeout)
        with context.wrap_socket(request, server_side=True) as connection:
            super().finish_request(connection, client_address)

    def handle_error(self, request, client_address):
        """A client that went away is no event."""


@contextlib.contextmanager
def answered(state):
    """While this lasts, `state()`, a map with the key `state`, is what Patroni's port answers."""
    server = Server(('', PORT), answers(state))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()

"""The server ends when it is told to, also when pgBackRest has not heard it the first time."""
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import unittest

SCRIPTS = os.path.join(os.path.dirname(__file__), '../../../provider/config/scripts')
RUN = """
import sys
sys.path.insert(0, %r)
import pgbackrest_server as server
server.WATCHED, server.TICK_SECONDS, server.AGAIN_SECONDS = (), 0.1, 0.1
server.main()
"""
# As pgBackRest before its first connection: it takes note of a signal, and waits all the same; the second one ends the waiting.
DEAF_ONCE = """#!/bin/sh
trap 'trap "exit 0" TERM' TERM
echo ready
while :; do sleep 0.05; done
"""


class Server(unittest.TestCase):
    def test_a_signal_that_was_not_heard_is_given_again(self):
        with tempfile.TemporaryDirectory() as folder:
            program = os.path.join(folder, 'pgbackrest')
            with open(program, 'w', encoding='utf-8') as file:
                file.write(DEAF_ONCE)
            os.chmod(program, 0o755)
            path = {**os.environ, 'PATH': folder + os.pathsep + os.environ['PATH']}
            server = subprocess.Popen([sys.executable, '-c', RUN % SCRIPTS], env=path, stdout=subprocess.PIPE, text=True, start_new_session=True)
            try:
                self.assertEqual(server.stdout.readline(), 'ready\n')
                # The handler comes after the child: a signal before that ends the process at once, which is well too.
                server.send_signal(signal.SIGTERM)
                self.assertIn(server.wait(10), (0, -signal.SIGTERM))
            finally:
                # The fake program too, when it goes on.
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(server.pid, signal.SIGKILL)
                server.wait()
                server.stdout.close()


if __name__ == '__main__':
    unittest.main()

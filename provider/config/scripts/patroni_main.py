"""Patroni itself, with some things changed, and stopped when its member is fenced (fencing.py). After a
restore in place whose recovery failed, start.py waits for what comes next (in_place.py).

It must be able to talk to API servers whose certificate authority has no key identifiers. Python 3.13 turned on
VERIFY_X509_STRICT, and urllib3 2.4 sets it too. It demands an authority key identifier, which the CA of an EKS cluster
does not have (kubernetes-client/python#2394, awslabs/mcp#3791): Patroni would never reach the API. The chain, the
validity and the host name are still verified.

It must not sleep while writers wait: see patroni_waits.py. It must know where its members are: see patroni_addresses.py. And
it must end: see patroni_end.py.
"""
import os
import signal
import sys
import traceback

# Patroni starts PostgreSQL from a spawned process (multiprocessing), which imports this file again.
if __name__ == '__main__':
    # In this order: each of the two imports the other, and only postgresql may be the first (Patroni 4.1.5).
    import patroni.postgresql
    import patroni.ha
    import patroni.__main__
    import patroni.api
    import patroni.daemon
    import patroni.dcs.kubernetes
    import patroni.postgresql.config
    import urllib3.util.ssl_

    import fencing
    import in_place
    import patroni_addresses
    import patroni_end
    import patroni_waits

    urllib3.util.ssl_.VERIFY_X509_STRICT = 0
    patroni_waits.shorten(patroni.ha, patroni.postgresql, patroni.api)
    patroni_addresses.follow_addresses(patroni.dcs.kubernetes, patroni.postgresql.config, patroni.ha, patroni.__main__)
    patroni_end.surely(patroni.daemon, patroni.postgresql)

    MEMBER = os.environ['MEMBER_NAME']
    fencing.stop_when_fenced(MEMBER, lambda: os.kill(os.getpid(), signal.SIGTERM))
    try:
        code = patroni.__main__.main()
    except SystemExit as end:
        code = end.code
    except Exception:  # a bootstrap that failed ends so (ha.py, cancel_initialization)
        traceback.print_exc()
        code = 1
    if fencing.fenced(MEMBER) or in_place.failed():
        # Not a new container, whose next starts kubelet would put off longer each time.
        START = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'start.py')
        os.execvp('python3', ['python3', START, *sys.argv[1:-1]])
    sys.exit(code)

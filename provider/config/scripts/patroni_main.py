"""Patroni itself, with two of its constants changed.

It must be able to talk to API servers whose certificate authority has no key identifiers. Python 3.13 turned on
VERIFY_X509_STRICT, and urllib3 2.4 sets it too. It demands an authority key identifier, which the CA of an EKS cluster
does not have (kubernetes-client/python#2394, awslabs/mcp#3791): Patroni would never reach the API. The chain, the
validity and the host name are still verified.

And it must not sleep while writers wait: a stop of PostgreSQL that takes a tenth of a second is looked at in steps of a
whole one (STOP_POLLING_INTERVAL in patroni/postgresql/__init__.py, 4.1.5), in every switchover.
"""
import sys

# Patroni starts PostgreSQL from a spawned process (multiprocessing), which imports this file again.
if __name__ == '__main__':
    import patroni.postgresql
    import urllib3.util.ssl_

    urllib3.util.ssl_.VERIFY_X509_STRICT = 0
    patroni.postgresql.STOP_POLLING_INTERVAL = 0.1

    from patroni.__main__ import main

    sys.exit(main())

"""Patroni itself, able to talk to API servers whose certificate authority has no key identifiers.

Python 3.13 turned on VERIFY_X509_STRICT, and urllib3 2.4 sets it too. It demands an authority key identifier, which the
CA of an EKS cluster does not have (kubernetes-client/python#2394, awslabs/mcp#3791): Patroni would never reach the API.
The chain, the validity and the host name are still verified.
"""
import sys

import urllib3.util.ssl_

urllib3.util.ssl_.VERIFY_X509_STRICT = 0

# Patroni starts PostgreSQL from a spawned process (multiprocessing), which imports this file again.
if __name__ == '__main__':
    from patroni.__main__ import main

    sys.exit(main())

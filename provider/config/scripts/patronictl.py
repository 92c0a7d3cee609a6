"""patronictl, for the person on call: `kubectl exec hippo-1-0 -c database -- python3 /etc/postgres-ha/scripts/patronictl.py list`.

The image's own patronictl cannot reach an API server whose CA has no key identifiers (patroni_main.py says why), and
does not know where this member's configuration lies.
"""
import os
import sys

import urllib3.util.ssl_

import patroni_config

urllib3.util.ssl_.VERIFY_X509_STRICT = 0

from patroni.ctl import ctl  # noqa: E402 (after the change above)

if __name__ == '__main__':
    os.environ.setdefault('PATRONICTL_CONFIG_FILE', patroni_config.DIRECTORY)
    sys.exit(ctl(prog_name='patronictl'))

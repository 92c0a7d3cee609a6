"""Renews the certificates that the cluster's own CA issued. Run by CronJob CLUSTER-renew-certificates; the agents see
the changed Secret and have PostgreSQL and Patroni reload it. `--now` renews all of them.

Exit code: 0 when every certificate is good now, 1 when one could not be renewed, 2 when the CA itself ends soon.
"""
import base64
import json
import os
import sys
import time

import renewal_plan
from certificates import Authority
from kubernetes_api import Api, ApiError, Unreachable

CA = '/etc/postgres-ha/ca'
PROFILES = '/etc/patroni/certificates.json'
FIELD_MANAGER = 'postgres-ha'
ATTEMPTS = 5


def say(text):
    print('renew-certificates: %s' % text, file=sys.stderr, flush=True)


def read(path):
    with open(path, 'rb') as file:
        return file.read()


def patiently(call, *arguments):
    """The API server may be away for a moment; the Job is started again only after minutes."""
    for attempt in range(ATTEMPTS):
        try:
            return call(*arguments)
        except (Unreachable, ApiError) as error:
            passing = isinstance(error, Unreachable) or error.status in (409, 429, 500, 503, 504)
            if not passing or attempt == ATTEMPTS - 1:
                raise
            time.sleep(2**attempt)


def renew(api, authority, profile, force):
    secret = profile['secret']
    data = patiently(api.get, 'secrets', secret).get('data') or {}
    found = authority.describe({key: base64.b64decode(value) for key, value in data.items()})
    why = renewal_plan.reasons(profile, found, authority.facts(), time.time())
    if force:
        why.append('asked for')
    if not why:
        end = time.strftime('%Y-%m-%d', time.gmtime(found['notAfter']))
        say('%s: good until %s' % (secret, end))
        return
    made, end = authority.issue(profile)
    # Key and certificate in one request: nobody ever mounts the one without the other. A merge patch changes these
    # keys alone and leaves labels to their owner.
    body = {'data': {key: base64.b64encode(value).decode('ascii') for key, value in made.items()}}
    patiently(api.patch, 'secrets', secret, body, FIELD_MANAGER)
    say('%s: renewed until %s: %s' % (secret, end.strftime('%Y-%m-%d'), '; '.join(why)))


def main():
    force = '--now' in sys.argv[1:]
    profiles = json.loads(read(PROFILES))['certificates']
    authority = Authority(read(os.path.join(CA, 'ca.crt')), read(os.path.join(CA, 'ca.key')))
    api = Api(os.environ['POD_NAMESPACE'])
    failed = False
    for profile in profiles:
        try:
            renew(api, authority, profile, force)
        except (Unreachable, ApiError) as error:
            failed = True
            say('%s: NOT renewed: %s' % (profile['secret'], error))
    trouble = renewal_plan.authority_trouble(authority.facts(), time.time())
    if trouble:
        say(trouble)
    sys.exit(1 if failed else 2 if trouble else 0)


if __name__ == '__main__':
    main()

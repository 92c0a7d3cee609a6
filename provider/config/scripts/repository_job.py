"""What the Jobs of a repository share: calls of pgBackRest, and the ConfigMap CLUSTER-backups in which they publish."""
import json
import os
import subprocess
import sys

from kubernetes_api import Api, ApiError, Unreachable
from published import document

FIELD_MANAGER = 'postgres-ha-backup'


def say(text):
    name = os.path.basename(sys.argv[0]).removesuffix('.py').replace('_', '-')
    print('%s: %s' % (name, text), file=sys.stderr, flush=True)


def pgbackrest(*arguments):
    return ['pgbackrest', '--stanza=db', *arguments]


def information(repository):
    done = subprocess.run(
        pgbackrest('--repo=%s' % repository, '--output=json', '--log-level-console=off', 'info'),
        stdout=subprocess.PIPE,
        check=False,
    )
    return json.loads(done.stdout or b'[]')


def backups(repository):
    """As pgBackRest tells of them, oldest first."""
    return [one for stanza in information(repository) for one in stanza.get('backup') or []]


def publish(key, document):
    """Whether it could be published: whoever may `get` the ConfigMap reads it."""
    text = json.dumps(document, separators=(',', ':'))
    try:
        api = Api(os.environ['POD_NAMESPACE'])
        api.patch('configmaps', os.environ['CLUSTER_NAME'] + '-backups', {'data': {key: text}}, FIELD_MANAGER)
    except (ApiError, Unreachable) as error:
        say('%s could not be published: %s' % (key, error))
        return False
    return True


def read(key):
    """What is published under a key; empty when there is nothing."""
    try:
        found = Api(os.environ['POD_NAMESPACE']).get('configmaps', os.environ['CLUSTER_NAME'] + '-backups')
    except (ApiError, Unreachable):
        return {}
    return document(found.get('data') or {}, key)

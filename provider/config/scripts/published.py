"""What is published of backups in ConfigMap CLUSTER-backups, and how. Pure."""
import json

# Texts are read by people, in an annotation or in a ConfigMap of 1 MiB.
LONGEST = 1000


def document(data, key):
    """The document under a key of the ConfigMap's data; empty when there is none, or none that can be read."""
    try:
        found = json.loads(data.get(key) or '{}')
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def shortened(text):
    """On one line."""
    return ' '.join(text.split())[:LONGEST]

"""Patroni's configuration as files and as the settings in the DCS. Pure but for `write_directory`.

Patroni reads a directory of *.yml files in the order of their names, later ones over earlier ones (patroni/config.py,
_load_config_path), again at each reload. The directory lies in /run/postgresql, the one place that the containers
`database` and `agent` share and may write.
"""
import json
import os

DIRECTORY = '/run/postgresql/patroni'
BASE_FILE = '10-patroni.yml'
MEMBER_FILE = '20-member.yml'


def same(one, other):
    """Equal as Patroni sees it: scalars by their text (patroni/utils.py, deep_compare). Any finer difference would be
    sent again for ever, because Patroni takes it as no change."""
    if isinstance(one, dict) or isinstance(other, dict):
        return (
            isinstance(one, dict)
            and isinstance(other, dict)
            and one.keys() == other.keys()
            and all(same(value, other[key]) for key, value in one.items())
        )
    return str(one) == str(other)


def difference(found, wanted):
    """The PATCH that makes `found` equal to `wanted`: maps are merged, null removes a key, all else is replaced
    (patroni/utils.py, patch_config)."""
    patch = {key: None for key in found if key not in wanted}
    for key, value in wanted.items():
        if key not in found:
            patch[key] = value
        elif isinstance(value, dict) and isinstance(found[key], dict):
            inner = difference(found[key], value)
            if inner:
                patch[key] = inner
        elif not same(found[key], value):
            patch[key] = value
    return patch


def keep_pause(found, wanted):
    """`patronictl pause` is what a person does for a while, not a setting: an edited ConfigMap does not end it."""
    if 'pause' in found and 'pause' not in wanted:
        return {**wanted, 'pause': found['pause']}
    return wanted


def dcs_problems(document):
    """Why this dcs.yaml must not be applied; empty if it may. Patroni itself takes anything that is a map, adjusts
    timings silently and fails later."""
    if not isinstance(document, dict):
        return ['dcs.yaml: it must hold a map of settings']
    problems = []
    least = {'ttl': 20, 'loop_wait': 1, 'retry_timeout': 3}
    timing = {'ttl': 30, 'loop_wait': 10, 'retry_timeout': 10}
    for key, minimum in least.items():
        value = document.get(key, timing[key])
        if isinstance(value, bool) or not isinstance(value, int) or value < minimum:
            problems.append('dcs.yaml: %s is %s; allowed are whole numbers from %d' % (key, value, minimum))
        else:
            timing[key] = value
    if not problems and timing['loop_wait'] + 2 * timing['retry_timeout'] > timing['ttl']:
        problems.append(
            'dcs.yaml: loop_wait %(loop_wait)d + 2 × retry_timeout %(retry_timeout)d is more than ttl %(ttl)d; raise ttl or '
            'lower the others' % timing
        )
    postgresql = document.get('postgresql', {})
    if not isinstance(postgresql, dict):
        return problems + ['dcs.yaml: postgresql must be a map']
    parameters = postgresql.get('parameters', {})
    if not isinstance(parameters, dict):
        problems.append('dcs.yaml: postgresql.parameters must be a map')
    else:
        for name, value in parameters.items():
            if isinstance(value, (dict, list)):
                problems.append('dcs.yaml: postgresql.parameters.%s must be one value' % name)
    for key in ('pg_hba', 'pg_ident'):
        lines = postgresql.get(key, [])
        if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
            problems.append('dcs.yaml: postgresql.%s must be a list of lines' % key)
    return problems


def parameter_names(document):
    """Names of the parameters in a dcs.yaml or a part of members.yaml, in lower case."""
    postgresql = document.get('postgresql') if isinstance(document, dict) else None
    parameters = postgresql.get('parameters') if isinstance(postgresql, dict) else None
    return sorted(str(name).lower() for name in parameters) if isinstance(parameters, dict) else []


# No commit waits for a member that leaves, and it takes nothing over.
LEAVING = {'nosync': True, 'nofailover': True}


def member_document(members, member, leaves=False):
    """Patroni's local configuration of one member, from the parsed members.yaml, and what is wrong with it."""
    if members is None:
        members = {}
    own = members.get(member) if isinstance(members, dict) else None
    parameters = own if isinstance(own, dict) else {}
    problems = []
    if not isinstance(members, dict):
        problems.append('members.yaml: it must hold a map of members')
    elif own is not None and not isinstance(own, dict):
        problems.append('members.yaml: %s must hold a map of parameters' % member)
    parameters = {str(name): value for name, value in parameters.items() if value is not None}
    return {'postgresql': {'parameters': parameters}, **({'tags': LEAVING} if leaves else {})}, problems


def write_file(path, text):
    """Replaces a file in one step, and only if its content differs; returns whether it did. Patroni may read at any time."""
    try:
        with open(path, encoding='utf-8') as file:
            if file.read() == text:
                return False
    except OSError:
        pass
    new = path + '.new'
    with open(new, 'w', encoding='utf-8') as file:
        file.write(text)
    os.replace(new, path)
    return True

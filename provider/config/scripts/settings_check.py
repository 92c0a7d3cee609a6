"""Whether a changed dcs.yaml or members.yaml may be applied, before anything of it is. Pure.

People edit the ConfigMap, and Patroni is too kind to them: it leaves out a parameter that it does not know, and moves a
number that is out of range to the nearest one that is not (patroni/postgresql/validator.py), with a line in its log.
"""
import re

UNITS = {
    'B': 1, 'kB': 1024, 'MB': 1024**2, 'GB': 1024**3, 'TB': 1024**4,
    'us': 1, 'ms': 1000, 's': 1000**2, 'min': 60 * 1000**2, 'h': 3600 * 1000**2, 'd': 86400 * 1000**2,
}
MEMORY = ('B', 'kB', 'MB', 'GB', 'TB')
NUMBER = re.compile(r'^\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|0[xX][0-9a-fA-F]+)\s*([a-zA-Z]*)\s*$')
CUSTOM = re.compile(r'^[a-z_][a-z0-9_$]*(\.[a-z_][a-z0-9_$]*)+$')


class Fact:
    """A row of pg_settings."""

    def __init__(self, name, context, vartype, unit, least, most, values):
        self.name, self.context, self.vartype, self.unit = name, context, vartype, unit
        self.least, self.most, self.values = least, most, values


def cluster_problems(document, facts, owned):
    """Problems of a dcs.yaml whose form is right. `owned` is the parsed owned.json, or None from an older version."""
    postgresql = document.get('postgresql', {})
    parameters = postgresql.get('parameters', {})
    problems = parameter_problems('dcs.yaml: postgresql.parameters', parameters, facts)
    if not owned:
        return problems
    given = {str(name).lower(): value for name, value in parameters.items()}
    for name, rule in sorted(owned['parameters'].items()):
        if not equal(given.get(name), rule.get('value'), facts.get(name)):
            problems.append(
                'dcs.yaml: postgresql.parameters.%s is %s, but %s, and %s'
                % (name, shown(given.get(name)), must(rule.get('value')), rule['why'])
            )
    for name, least in sorted(owned['least'].items()):
        below = number(given.get(name), facts.get(name)), number(least, facts.get(name))
        if None not in below and below[0] < below[1]:
            problems.append(
                'dcs.yaml: postgresql.parameters.%s is %s; Patroni would silently make it %s, the least it allows'
                % (name, given[name], least)
            )
    for key in ('pg_hba', 'pg_ident'):
        own = owned[key]
        if postgresql.get(key, [])[: len(own)] != own:
            problems.append(
                "dcs.yaml: postgresql.%s must begin with the cluster's own %d lines, unchanged; put yours after %s"
                % (key, len(own), shown(own[-1]))
            )
    return problems


def member_problems(member, parameters, facts, owned):
    problems = parameter_problems('members.yaml: %s' % member, parameters, facts)
    for name in parameters:
        lower = str(name).lower()
        if owned and lower in owned['parameters']:
            problems.append('members.yaml: %s.%s must not be set: %s' % (member, name, owned['parameters'][lower]['why']))
        elif owned and lower in owned['everywhere']:
            problems.append(
                'members.yaml: %s.%s must be the same on all members; Patroni takes it from dcs.yaml alone' % (member, name)
            )
    return problems


def parameter_problems(where, parameters, facts):
    problems = []
    for name, value in parameters.items():
        fact = facts.get(str(name).lower())
        if fact is None:
            if not CUSTOM.match(str(name).lower()):
                problems.append('%s.%s: PostgreSQL has no such parameter' % (where, name))
        elif fact.context == 'internal':
            problems.append("%s.%s only shows a fact and can't be set" % (where, name))
        elif value is not None:
            wrong = value_problem(value, fact)
            if wrong:
                problems.append('%s.%s is %s; %s' % (where, name, shown(value), wrong))
    return problems


def value_problem(value, fact):
    """What is allowed instead, or None. Texts are left to PostgreSQL."""
    if fact.vartype == 'bool':
        return None if boolean(value) is not None else 'allowed are on and off'
    if fact.vartype == 'enum':
        text = str(value).strip().lower()
        # YAML 1.1 makes on and off of what was meant as text, and enums that were booleans once take all spellings.
        allowed = [one.lower() for one in fact.values]
        if text in allowed or (boolean(value) is not None and ('on' in allowed or 'off' in allowed)):
            return None
        return 'allowed are %s' % ', '.join(fact.values)
    if fact.vartype not in ('integer', 'real'):
        return None
    found = number(value, fact)
    if found is None:
        return 'it must be a number%s' % (' with a unit of %s or none' % kind(fact.unit) if base(fact.unit) else '')
    least, most = float(fact.least), float(fact.most)
    if fact.vartype == 'integer':
        found = round(found)
    if not least <= found <= most:
        return 'allowed are %s to %s%s' % (fact.least, fact.most, ' in units of %s' % fact.unit if fact.unit else '')
    return None


def number(value, fact):
    """In units of the parameter; None if it is no number or of a wrong unit."""
    match = NUMBER.match(str(value)) if value is not None and not isinstance(value, bool) else None
    if not match or fact is None:
        return None
    digits, unit = match.groups()
    plain = float(int(digits, 16)) if digits[:2].lower() == '0x' else float(digits)
    if not unit:
        return plain
    scale, own = UNITS.get(unit), base(fact.unit)
    if scale is None or own is None or (unit in MEMORY) != (own[1] in MEMORY):
        return None
    return plain * scale / (own[0] * UNITS[own[1]])


def base(unit):
    """'8kB' as (8, 'kB'); None for a parameter without a unit."""
    match = re.match(r'^(\d*)([a-zA-Z]+)$', unit or '')
    return (int(match.group(1) or 1), match.group(2)) if match and match.group(2) in UNITS else None


def kind(unit):
    return 'memory (kB, MB, GB)' if base(unit)[1] in MEMORY else 'time (ms, s, min, h, d)'


def boolean(value):
    """As parse_bool in PostgreSQL."""
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    for word, least, meaning in (('true', 1, True), ('yes', 1, True), ('on', 2, True), ('1', 1, True),
                                 ('false', 1, False), ('no', 1, False), ('off', 2, False), ('0', 1, False)):
        if len(text) >= least and word.startswith(text):
            return meaning
    return None


def equal(found, wanted, fact):
    if found is None or wanted is None:
        return found is None and wanted is None
    if fact and fact.vartype == 'bool':
        return boolean(found) == boolean(wanted)
    return str(found) == str(wanted)


def shown(value):
    return 'not set' if value is None else '"%s"' % value


def must(value):
    return 'it must not be set' if value is None else 'it must be "%s"' % value

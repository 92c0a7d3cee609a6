import unittest

import settings_check as check

FACTS = {
    fact.name: fact
    for fact in (
        check.Fact('max_connections', 'postmaster', 'integer', None, '1', '262143', None),
        check.Fact('work_mem', 'user', 'integer', 'kB', '64', '2147483647', None),
        check.Fact('shared_buffers', 'postmaster', 'integer', '8kB', '16', '1073741823', None),
        check.Fact('statement_timeout', 'user', 'integer', 'ms', '0', '2147483647', None),
        check.Fact('random_page_cost', 'user', 'real', None, '0', '1.79769e+308', None),
        check.Fact('ssl', 'sighup', 'bool', None, None, None, None),
        check.Fact('wal_level', 'postmaster', 'enum', None, None, None, ['minimal', 'replica', 'logical']),
        check.Fact('synchronous_commit', 'user', 'enum', None, None, None, ['local', 'on', 'off']),
        check.Fact('block_size', 'internal', 'integer', None, '8192', '8192', None),
        check.Fact('search_path', 'user', 'string', None, None, None, None),
    )
}
OWNED = {
    'parameters': {'ssl': {'value': 'on', 'why': 'it belongs to the certificates'}, 'fsync': {'why': 'it can destroy data'}},
    'least': {'max_connections': '25'},
    'everywhere': ['max_connections'],
    'pg_hba': ['local all postgres peer', 'hostnossl all all all reject'],
    'pg_ident': [],
}
HBA = [*OWNED['pg_hba'], 'hostssl all all all scram-sha-256']


def document(parameters, hba=HBA):
    return {'postgresql': {'parameters': {'ssl': 'on', **parameters}, 'pg_hba': hba}}


class Cluster(unittest.TestCase):
    CASES = (
        ('well', {'max_connections': 200, 'work_mem': '64MB', 'my.setting': 'x', 'random_page_cost': 1.1}, []),
        ('on as YAML reads it', {'ssl': True, 'synchronous_commit': False}, []),
        ('no longer set', {'work_mem': None}, []),
        (
            'unknown',
            {'work_men': '4MB'},
            ['dcs.yaml: postgresql.parameters.work_men: PostgreSQL has no such parameter'],
        ),
        ('a fact', {'block_size': 8192}, ["dcs.yaml: postgresql.parameters.block_size only shows a fact and can't be set"]),
        (
            'no number',
            {'max_connections': 'many'},
            ['dcs.yaml: postgresql.parameters.max_connections is "many"; it must be a number'],
        ),
        (
            'a wrong unit',
            {'work_mem': '4s'},
            ['dcs.yaml: postgresql.parameters.work_mem is "4s"; it must be a number with a unit of memory (kB, MB, GB) or none'],
        ),
        (
            'out of range, which Patroni would move into it',
            {'shared_buffers': '8kB'},
            ['dcs.yaml: postgresql.parameters.shared_buffers is "8kB"; allowed are 16 to 1073741823 in units of 8kB'],
        ),
        (
            'less than Patroni allows',
            {'max_connections': '20'},
            [
                'dcs.yaml: postgresql.parameters.max_connections is 20; Patroni would silently make it 25, the least it allows'
            ],
        ),
        (
            'no such value',
            {'wal_level': 'hot'},
            ['dcs.yaml: postgresql.parameters.wal_level is "hot"; allowed are minimal, replica, logical'],
        ),
        (
            "the cluster's own",
            {'ssl': 'off', 'fsync': 'off'},
            [
                'dcs.yaml: postgresql.parameters.fsync: PostgreSQL has no such parameter',
                'dcs.yaml: postgresql.parameters.fsync is "off", but it must not be set, and it can destroy data',
                'dcs.yaml: postgresql.parameters.ssl is "off", but it must be "on", and it belongs to the certificates',
            ],
        ),
    )

    def test_cases(self):
        for what, parameters, expected in self.CASES:
            with self.subTest(what):
                self.assertEqual(check.cluster_problems(document(parameters), FACTS, OWNED), expected)

    def test_rules(self):
        for hba in (HBA[1:], [HBA[2], *HBA[:2]], []):
            self.assertEqual(
                check.cluster_problems(document({}, hba), FACTS, OWNED),
                [
                    "dcs.yaml: postgresql.pg_hba must begin with the cluster's own 2 lines, unchanged; put yours after "
                    '"hostnossl all all all reject"'
                ],
            )

    def test_an_older_version_says_nothing_of_what_it_owns(self):
        self.assertEqual(check.cluster_problems(document({'ssl': 'off'}), FACTS, None), [])


class Member(unittest.TestCase):
    def test_cases(self):
        self.assertEqual(check.member_problems('hippo-2', {'work_mem': '8MB'}, FACTS, OWNED), [])
        self.assertEqual(
            check.member_problems('hippo-2', {'ssl': 'off', 'Max_Connections': 100}, FACTS, OWNED),
            [
                'members.yaml: hippo-2.ssl must not be set: it belongs to the certificates',
                'members.yaml: hippo-2.Max_Connections must be the same on all members; Patroni takes it from dcs.yaml alone',
            ],
        )


class Numbers(unittest.TestCase):
    def test_units(self):
        for value, name, expected in (
            ('1GB', 'shared_buffers', 131072),
            ('1min', 'statement_timeout', 60000),
            ('0x10', 'max_connections', 16),
            ('1.5MB', 'work_mem', 1536),
            ('1mb', 'work_mem', None),
            (True, 'work_mem', None),
        ):
            self.assertEqual(check.number(value, FACTS[name]), expected)


if __name__ == '__main__':
    unittest.main()

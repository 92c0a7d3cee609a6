"""Which statements are missing, as tables: the sentence says what is wanted and found, the texts are exact."""
import unittest

import database_plan as plan

APP = {'name': 'app', 'options': [], 'limit': -1, 'databases': ['app'], 'secret': 's'}
ROLE = {
    'rolcanlogin': True,
    'rolcreatedb': False,
    'rolcreaterole': False,
    'rolreplication': False,
    'rolbypassrls': False,
    'rolinherit': True,
    'rolconnlimit': -1,
}
DATABASE = {'name': 'app', 'owner': 'app', 'extensions': [], 'users': ['app']}
WELL = {'owner': 'app', 'public': False, 'connect': ['app']}
CONTENT = {'extensions': ['plpgsql'], 'schemas': {'vector': None, 'pg_cron': 'pg_catalog'}, 'create': ['postgres']}


class Roles(unittest.TestCase):
    CASES = (
        ('a new user', APP, None, 'V', ["CREATE ROLE \"app\" WITH LOGIN PASSWORD 'V'"]),
        (
            'a new user with options and a limit',
            {**APP, 'options': ['CREATEDB', 'NOINHERIT'], 'limit': 5},
            None,
            'V',
            ["CREATE ROLE \"app\" WITH LOGIN CREATEDB NOINHERIT CONNECTION LIMIT 5 PASSWORD 'V'"],
        ),
        ('nothing to do', APP, ROLE, None, []),
        ('another password', APP, ROLE, 'V2', ["ALTER ROLE \"app\" WITH PASSWORD 'V2'"]),
        (
            'an option less',
            APP,
            {**ROLE, 'rolcreatedb': True, 'rolconnlimit': 3},
            None,
            ['ALTER ROLE "app" WITH NOCREATEDB CONNECTION LIMIT -1'],
        ),
        (
            'a role without login becomes a user',
            APP,
            {**ROLE, 'rolcanlogin': False, 'rolinherit': False},
            None,
            ['ALTER ROLE "app" WITH LOGIN INHERIT'],
        ),
        ('a name with quotes', {**APP, 'name': 'a"; DROP ROLE x; --'}, None, None, ['CREATE ROLE "a""; DROP ROLE x; --" WITH LOGIN']),
    )

    def test_cases(self):
        for what, user, found, verifier, expected in self.CASES:
            with self.subTest(what):
                self.assertEqual(plan.role_statements(user, found, verifier), expected)


class Databases(unittest.TestCase):
    CASES = (
        (
            'a new database of its user',
            DATABASE,
            None,
            ['app'],
            ['CREATE DATABASE "app" WITH OWNER "app"', 'REVOKE CONNECT ON DATABASE "app" FROM PUBLIC'],
        ),
        ('nothing to do', DATABASE, WELL, ['app', 'other'], []),
        ('another owner', {**DATABASE, 'owner': 'b'}, WELL, ['app', 'b'], ['ALTER DATABASE "app" OWNER TO "b"']),
        (
            'a second user comes, and one goes',
            {**DATABASE, 'users': ['app', 'in']},
            {**WELL, 'connect': ['app', 'out', 'by hand']},
            ['app', 'in', 'out'],
            ['GRANT CONNECT ON DATABASE "app" TO "in"', 'REVOKE CONNECT ON DATABASE "app" FROM "out"'],
        ),
        ('everybody may connect', DATABASE, {**WELL, 'public': True}, [], ['REVOKE CONNECT ON DATABASE "app" FROM PUBLIC']),
    )

    def test_cases(self):
        for what, database, found, users, expected in self.CASES:
            with self.subTest(what):
                self.assertEqual(plan.database_statements(database, found, users), expected)


class Contents(unittest.TestCase):
    CASES = (
        ('the owner needs no grant', DATABASE, CONTENT, []),
        (
            'another user may create in schema public',
            {**DATABASE, 'users': ['app', 'x']},
            CONTENT,
            ['GRANT USAGE, CREATE ON SCHEMA public TO "x"'],
        ),
        ('not without that schema', {**DATABASE, 'users': ['x']}, {**CONTENT, 'create': None}, []),
        (
            'an extension that leaves its schema open, and one that does not',
            {**DATABASE, 'extensions': ['vector', 'pg_cron', 'plpgsql']},
            CONTENT,
            ['CREATE EXTENSION IF NOT EXISTS "vector" WITH SCHEMA public CASCADE', 'CREATE EXTENSION IF NOT EXISTS "pg_cron" WITH CASCADE'],
        ),
    )

    def test_cases(self):
        for what, database, found, expected in self.CASES:
            with self.subTest(what):
                self.assertEqual(plan.content_statements(database, found), expected)


class Wanted(unittest.TestCase):
    def test_what_the_provider_writes(self):
        wanted, problems = plan.wanted(
            {
                'superuser': {'name': 'postgres', 'secret': 'h-user-postgres'},
                'users': [{'name': 'app', 'secret': 's', 'databases': ['app'], 'options': ['CREATEDB'], 'connectionLimit': 7}],
                'databases': [{'name': 'app', 'owner': 'app', 'extensions': ['vector']}],
            }
        )
        self.assertEqual(problems, [])
        self.assertEqual(wanted['superuser'], {'secret': 'h-user-postgres'})
        self.assertEqual(wanted['users'], [{'name': 'app', 'options': ['CREATEDB'], 'limit': 7, 'databases': ['app'], 'secret': 's'}])
        self.assertEqual(wanted['databases'], [{'name': 'app', 'owner': 'app', 'extensions': ['vector'], 'users': ['app']}])

    def test_what_is_left_out_has_its_default(self):
        wanted, problems = plan.wanted({'users': [{'name': 'u'}], 'databases': [{'name': 'd'}]})
        self.assertEqual(problems, [])
        self.assertEqual(wanted['users'][0]['limit'], -1)
        self.assertEqual(wanted['databases'][0]['owner'], 'postgres')

    def test_edits_by_hand_that_are_refused(self):
        cases = (
            (['x'], 'databases.yaml: it holds a list, it must hold the keys users and databases'),
            ({'users': {'app': 1}}, 'databases.yaml: users holds a map, it must hold a list'),
            ({'users': [{'nam': 'x'}]}, 'databases.yaml: users[0] has no name of 1 to 63 bytes'),
            ({'users': [{'name': 'ä' * 32}]}, 'databases.yaml: users[0] has no name of 1 to 63 bytes'),
            ({'users': [{'name': 'rewind'}]}, 'databases.yaml: user "rewind" is a role that the cluster or PostgreSQL uses itself'),
            (
                {'users': [{'name': 'x', 'options': ['superuser']}]},
                'databases.yaml: user "x": option SUPERUSER; allowed are CREATEDB, CREATEROLE, REPLICATION, BYPASSRLS, NOINHERIT',
            ),
            (
                {'users': [{'name': 'x', 'connectionLimit': 'many'}]},
                'databases.yaml: user "x": connectionLimit must be a whole number',
            ),
        )
        for document, expected in cases:
            with self.subTest(expected):
                self.assertEqual(plan.wanted(document)[1], [expected])

    def test_a_wrong_user_does_not_keep_the_others_back(self):
        wanted, problems = plan.wanted({'users': [{'name': 'postgres'}, {'name': 'app'}]})
        self.assertEqual(len(problems), 1)
        self.assertEqual([user['name'] for user in wanted['users']], ['app'])


class Quoting(unittest.TestCase):
    def test_literals(self):
        for text, expected in (('a', "'a'"), ("it's", "'it''s'"), ('a\\b', " E'a\\\\b'"), ("\\'", " E'\\\\'''")):
            self.assertEqual(plan.literal(text), expected)

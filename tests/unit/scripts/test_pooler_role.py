"""Which statements the pooler's role and function lack."""
import unittest

import pooler_role
from pooler_role import BODY, statements

WELL = {'login': True, 'schema': True, 'body': BODY, 'definer': True, 'granted': True, 'public': False}


def begins(**found):
    return [' '.join(one.split()[:3]) for one in statements(**{**WELL, **found})]


class Statements(unittest.TestCase):
    def test_all_is_there(self):
        self.assertEqual([], begins())

    def test_nothing_is_there(self):
        nothing = {'login': None, 'schema': False, 'body': None, 'definer': None, 'granted': False, 'public': True}
        wanted = ['CREATE ROLE "pooler"', 'CREATE SCHEMA "pooler"', 'CREATE OR REPLACE', 'REVOKE ALL ON']
        self.assertEqual([*wanted, 'GRANT USAGE ON', 'GRANT EXECUTE ON'], begins(**nothing))

    def test_what_somebody_changed(self):
        self.assertEqual(['ALTER ROLE "pooler"'], begins(login=False))
        self.assertEqual(['CREATE OR REPLACE'], begins(body='select 1'))
        self.assertEqual(['CREATE OR REPLACE'], begins(definer=False))
        self.assertEqual(['REVOKE ALL ON'], begins(public=True))

    def test_the_function_names_every_schema(self):
        """It runs as a superuser: nobody's operator or function may be found in place of PostgreSQL's."""
        for name in ('now()', 'pg_authid'):
            self.assertIn('pg_catalog.' + name, BODY)
        self.assertNotRegex(BODY, r'(?<!\() [<=] ')
        self.assertIn('search_path = pg_catalog, pg_temp', statements(**{**WELL, 'body': None})[0])

    def test_superusers_are_not_found(self):
        self.assertIn('NOT rolsuper AND NOT rolreplication', pooler_role.BODY)


if __name__ == '__main__':
    unittest.main()

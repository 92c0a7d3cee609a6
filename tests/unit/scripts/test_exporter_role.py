"""Which statements the exporter's role lacks."""
import unittest

from exporter_role import statements

WELL = {'login': True, 'foreign': False, 'monitors': True, 'connects': True}


def made(**found):
    return statements('"app"', **{**WELL, **found})


class Statements(unittest.TestCase):
    def test_all_is_there(self):
        self.assertEqual([], made())

    def test_nothing_is_there(self):
        nothing = {'login': None, 'foreign': False, 'monitors': False, 'connects': False}
        wanted = ['CREATE ROLE "exporter" WITH LOGIN', 'GRANT pg_monitor TO "exporter" WITH INHERIT TRUE']
        self.assertEqual([*wanted, 'GRANT CONNECT ON DATABASE "app" TO "exporter"'], made(**nothing))

    def test_somebody_elses_role_of_that_name_is_left_alone(self):
        self.assertEqual([], made(foreign=True, login=False, monitors=False, connects=False))

    def test_what_was_taken_from_it_is_given_again(self):
        self.assertEqual(['ALTER ROLE "exporter" WITH LOGIN'], made(login=False))

    def test_a_database_that_is_not_there_yet_is_waited_for(self):
        self.assertEqual([], made(connects=None))


if __name__ == '__main__':
    unittest.main()

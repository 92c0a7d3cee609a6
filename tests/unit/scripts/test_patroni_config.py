import os
import tempfile
import unittest

import patroni_config as config

DCS = {'ttl': 20, 'loop_wait': 2, 'retry_timeout': 9, 'postgresql': {'parameters': {'max_connections': '100'}}}


class Difference(unittest.TestCase):
    CASES = (
        ('equal', {'a': 1}, {'a': 1}, {}),
        ('equal by its text, as Patroni compares', {'a': 1, 'b': 'True'}, {'a': '1', 'b': True}, {}),
        ('changed, new and gone', {'a': 1, 'b': 2}, {'a': 3, 'c': 4}, {'a': 3, 'b': None, 'c': 4}),
        (
            'only what differs inside',
            {'p': {'x': 1, 'y': 2, 'z': 3}},
            {'p': {'x': 1, 'y': 5}},
            {'p': {'y': 5, 'z': None}},
        ),
        ('a list is replaced whole', {'hba': ['a', 'b']}, {'hba': ['b']}, {'hba': ['b']}),
        ('a map in place of a value', {'s': False}, {'s': {'a': 1}}, {'s': {'a': 1}}),
    )

    def test_cases(self):
        for what, found, wanted, expected in self.CASES:
            with self.subTest(what):
                patch = config.difference(found, wanted)
                self.assertEqual(patch, expected)
                self.assertTrue(config.same(patched(found, patch), wanted))

    def test_pause_stays(self):
        self.assertEqual(config.keep_pause({'pause': True}, {'ttl': 20}), {'ttl': 20, 'pause': True})
        self.assertEqual(config.keep_pause({'pause': True}, {'pause': False}), {'pause': False})
        self.assertEqual(config.keep_pause({}, {'ttl': 20}), {'ttl': 20})


class Problems(unittest.TestCase):
    CASES = (
        ('well', DCS, []),
        ('no map', ['x'], ['dcs.yaml: it must hold a map of settings']),
        ('nothing', None, ['dcs.yaml: it must hold a map of settings']),
        ('ttl too small', {**DCS, 'ttl': 10}, ['dcs.yaml: ttl is 10; allowed are whole numbers from 20']),
        ('ttl is text', {**DCS, 'ttl': '20s'}, ['dcs.yaml: ttl is 20s; allowed are whole numbers from 20']),
        (
            'timing that Patroni would adjust silently',
            {**DCS, 'loop_wait': 5},
            ['dcs.yaml: loop_wait 5 + 2 × retry_timeout 9 is more than ttl 20; raise ttl or lower the others'],
        ),
        ('parameters is a list', {**DCS, 'postgresql': {'parameters': []}}, ['dcs.yaml: postgresql.parameters must be a map']),
        (
            'a parameter is a list',
            {**DCS, 'postgresql': {'parameters': {'work_mem': ['1MB']}}},
            ['dcs.yaml: postgresql.parameters.work_mem must be one value'],
        ),
        ('hba is text', {**DCS, 'postgresql': {'pg_hba': 'x'}}, ['dcs.yaml: postgresql.pg_hba must be a list of lines']),
    )

    def test_cases(self):
        for what, document, expected in self.CASES:
            with self.subTest(what):
                self.assertEqual(config.dcs_problems(document), expected)


class Member(unittest.TestCase):
    def test_own_parameters(self):
        members = {'hippo-2': {'work_mem': '64MB', 'jit': None}, 'hippo-1': {}}
        local = {'postgresql': {'parameters': {'work_mem': '64MB'}}}
        empty = {'postgresql': {'parameters': {}}}
        self.assertEqual(config.member_document(members, 'hippo-2'), (local, []))
        self.assertEqual(config.member_document(members, 'hippo-3'), (empty, []))
        self.assertEqual(config.member_document(None, 'hippo-3'), (empty, []))
        self.assertEqual(config.member_document([1], 'hippo-3')[1], ['members.yaml: it must hold a map of members'])
        wrong = config.member_document({'hippo-2': 'x'}, 'hippo-2')[1]
        self.assertEqual(wrong, ['members.yaml: hippo-2 must hold a map of parameters'])

    def test_names_of_parameters(self):
        self.assertEqual(config.parameter_names({'postgresql': {'parameters': {'Max_Connections': 1, 'b': 2}}}), ['b', 'max_connections'])
        for document in (None, [], {}, {'postgresql': None}, {'postgresql': {'parameters': 'x'}}):
            self.assertEqual(config.parameter_names(document), [])

    def test_a_file_is_written_only_when_it_differs(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, config.MEMBER_FILE)
            self.assertTrue(config.write_file(path, 'a: ä\n'))
            self.assertFalse(config.write_file(path, 'a: ä\n'))
            self.assertTrue(config.write_file(path, 'b\n'))
            self.assertEqual(os.listdir(folder), [config.MEMBER_FILE])


def patched(found, patch):
    """Patroni's patch_config."""
    result = dict(found)
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = patched(result[key], value)
        else:
            result[key] = value
    return result

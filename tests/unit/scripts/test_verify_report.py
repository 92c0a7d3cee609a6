import unittest

from verify_report import verdict

WELL = """stanza: db
status: ok
  archiveId: 18-1, total WAL checked: 12, total valid WAL: 12
    missing: 0, checksum invalid: 0, size invalid: 0, other: 0
  backup: 20261124-100000F, status: valid, total files checked: 1240, total valid files: 1240
    missing: 0, checksum invalid: 0, size invalid: 0, other: 0
"""
CORRUPT = """stanza: db
status: error
  archiveId: 18-1, total WAL checked: 12, total valid WAL: 11
    missing: 1, checksum invalid: 0, size invalid: 0, other: 0
  backup: 20261124-100000F, status: invalid, total files checked: 1240, total valid files: 1239
    missing: 0, checksum invalid: 1, size invalid: 0, other: 0
"""
SAID = """P00   INFO: verify command begin 2.60.0: --exec-id=1
P01   INFO: invalid checksum 'backup/db/20261124-100000F/bundle/1'
P00   INFO: stanza: db
            status: error
              backup: 20261124-100000F, status: invalid, total files checked: 1240, total valid files: 1239
P00   INFO: backup '20261124-110000F' appears to be in progress, skipping
P00   INFO: verify command end: completed successfully
"""


class Verdict(unittest.TestCase):
    def test_well(self):
        self.assertEqual(verdict(0, WELL, ''), {'ok': True, 'backups': 1, 'files': 1240, 'wal': 12, 'problems': []})

    def test_a_warning_alone_is_told_and_no_failure(self):
        found = verdict(0, WELL, "P00   WARN: no backups exist in the repo\n")
        self.assertTrue(found['ok'])
        self.assertEqual(found['problems'], ['no backups exist in the repo'])

    def test_what_is_corrupt_is_named_though_pgbackrest_ends_with_zero(self):
        found = verdict(0, CORRUPT, SAID)
        self.assertFalse(found['ok'])
        self.assertEqual(
            found['problems'],
            [
                'backup 20261124-100000F is invalid',
                '1 of 12 WAL files are not valid',
                "invalid checksum 'backup/db/20261124-100000F/bundle/1'",
            ],
        )

    def test_a_failure_without_words_says_what_there_was(self):
        self.assertEqual(verdict(56, '', '')['problems'], ['pgbackrest verify ended with 56 and said: nothing'])


if __name__ == '__main__':
    unittest.main()

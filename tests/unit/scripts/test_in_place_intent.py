"""What a restore in place is asked to do, and the commands that follow from it."""
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../../../provider/config/scripts'))

import in_place_intent  # noqa: E402
import restore_wal  # noqa: E402

GOOD = {'id': 'aaaaaaaaaaaa', 'stage': 'leader', 'leader': 'hippo-1', 'keepSeconds': 60}
# A repository that does not answer is no end of the archive.
WAITS = '--recovery-option=restore_command=' + restore_wal.get_command(['pgbackrest', '--stanza=db', '--repo=2'])


class Intent(unittest.TestCase):
    def test_what_is_no_intent_is_none(self):
        good = GOOD
        self.assertEqual(in_place_intent.parse(json.dumps(good)), good)
        for bad in (
            None, '', '[', '[]', 'null', '{}',
            json.dumps({**good, 'id': '../..'}),
            json.dumps({**good, 'stage': 'off'}),
            json.dumps({**good, 'undo': '/'}),
            json.dumps({**good, 'leader': 1}),
        ):
            self.assertIsNone(in_place_intent.parse(bad), bad)

    def test_each_try_has_a_name_of_its_own(self):
        self.assertEqual(in_place_intent.attempt(GOOD), 'aaaaaaaaaaaa 1')
        self.assertEqual(in_place_intent.attempt({**GOOD, 'attempt': 3}), 'aaaaaaaaaaaa 3')

    def test_commands(self):
        given = dict(GOOD, repository=2, backup='20261124-074723F', type='time', target='2026-11-24 07:50:00+00', timeline=3)
        self.assertEqual(
            in_place_intent.leader_command(given, True),
            [
                'pgbackrest', '--stanza=db', '--repo=2', '--set=20261124-074723F', '--delta', '--link-map=pg_wal=/pgwal/wal',
                '--log-level-console=info', '--log-level-stderr=error', '--type=time', WAITS, '--target=2026-11-24 07:50:00+00',
                '--target-action=promote', '--target-timeline=3', 'restore',
            ],
        )
        immediate = in_place_intent.leader_command({**given, 'type': 'immediate', 'target': None}, False)
        self.assertEqual(
            immediate[-5:],
            ['--type=immediate', WAITS, '--target-action=promote', '--recovery-option=recovery_target_timeline=current', 'restore'],
        )
        latest = in_place_intent.leader_command({**given, 'type': 'default', 'target': None}, False)
        self.assertEqual(latest[-4:], ['--type=default', WAITS, '--target-timeline=3', 'restore'])
        self.assertEqual(in_place_intent.replica_command(given, False)[-2:], ['--type=standby', 'restore'])


if __name__ == '__main__':
    unittest.main()

import assert from 'node:assert/strict';
import { readPublished, type PublishedBackups } from '../../../provider/config/published-backups';
import { parseRecoveryTime, recoveryTime } from '../../../provider/config/recovery-time';
import { chooseTarget, type RestoreTarget } from '../../../provider/config/restore-target';

const now = Date.parse('2026-11-24T12:00:00Z');
const at = (time: string) => Date.parse(`2026-11-24T${time}Z`) / 1000;
const wal = (timeline: number, segment: number) =>
  `0000000${timeline}00000000000000${segment.toString(16).toUpperCase().padStart(2, '0')}`;
const full = {
  label: '20261124-070000F',
  type: 'full',
  stop: at('07:00:30'),
  walStart: wal(1, 3),
  walStop: wal(1, 4),
  lsnStop: '0/4000100',
  databaseBytes: 1000,
};
const incr = {
  label: '20261124-070000F_20261124-090000I',
  type: 'incr',
  stop: at('09:00:10'),
  walStart: wal(1, 8),
  walStop: wal(1, 8),
  lsnStop: '0/8000100',
  databaseBytes: 2000,
};
const two: PublishedBackups = { status: 'ok', backups: [full, incr], walMax: wal(1, 9) };
const gap = (from: number, to = from, timeline = 1): PublishedBackups => ({
  ...two,
  gaps: [{ from: wal(timeline, from), to: wal(timeline, to) }],
});

describe('target of a restore', () => {
  const range =
    'possible: from 2026-11-24 07:00:30+00 (end of backup 20261124-070000F) to the end of the archive, which was WAL 000000010000000000000009 when the last backup ended';
  const byPosition = range.replace('2026-11-24 07:00:30+00', '0/4000100');
  const time = (target: string, backup?: string): RestoreTarget => ({ type: 'time', target, backup });
  const lsn = (target: string, backup?: string): RestoreTarget => ({ type: 'lsn', target, backup });

  const refused: [string, PublishedBackups, RestoreTarget, string][] = [
    [
      'no backup',
      { status: 'missing stanza path', backups: [] },
      { type: 'default' },
      'there is no backup in the repository (pgBackRest says: missing stanza path)',
    ],
    [
      'before the first backup',
      two,
      time('2026-11-24 06:00:00+00'),
      `target 2026-11-24 06:00:00+00 is before the end of the first backup that can be used; ${range}`,
    ],
    [
      'in the very second of its end',
      two,
      time('2026-11-24 07:00:30.9+00'),
      `target 2026-11-24 07:00:30.9+00 is before the end of the first backup that can be used; ${range}`,
    ],
    [
      'before it, by another zone',
      two,
      time('2026-11-24 08:00:00+02'),
      `target 2026-11-24 08:00:00+02 is before the end of the first backup that can be used; ${range}`,
    ],
    [
      'in the future',
      two,
      time('2026-11-24 12:00:01+00'),
      `target 2026-11-24 12:00:01+00 is in the future (now: 2026-11-24 12:00:00+00); ${range}`,
    ],
    [
      'without a zone',
      two,
      time('2026-11-24 09:00:00'),
      `target 2026-11-24 09:00:00 is no time with a zone, for example "2026-11-24 07:50:00+00"; ${range}`,
    ],
    [
      'a position before the first backup',
      two,
      lsn('0/40000FF'),
      `target 0/40000FF is before the end of the first backup that can be used; ${byPosition}`,
    ],
    ['no position', two, lsn('5'), `target 5 is no position in WAL, for example "0/5000050"; ${byPosition}`],
    [
      'an unknown backup',
      two,
      { type: 'default', backup: '20260101-000000F' },
      `there is no backup 20260101-000000F; there are: ${full.label}, ${incr.label}`,
    ],
    [
      'a backup that is newer than the time',
      two,
      time('2026-11-24 08:00:00+00', incr.label),
      `target 2026-11-24 08:00:00+00 is before the end of backup ${incr.label} (2026-11-24 09:00:10+00, 0/8000100); ${range}`,
    ],
    [
      'a gap before the end of the archive',
      gap(9),
      { type: 'default' },
      `WAL ${wal(1, 9)} to ${wal(1, 9)} is missing in the repository, and backup ${incr.label} can't reach the target without it (untilGap: true ends before it); ${range}`,
    ],
    [
      'a gap on a timeline that is newer than the last backup',
      gap(9, 9, 2),
      { type: 'default' },
      `WAL ${wal(2, 9)} to ${wal(2, 9)} is missing in the repository, and backup ${incr.label} can't reach the target without it (untilGap: true ends before it); ${range}`,
    ],
    [
      'a gap before the position',
      gap(5, 6),
      lsn('0/7000000'),
      `WAL ${wal(1, 5)} to ${wal(1, 6)} is missing in the repository, and backup ${full.label} can't reach the target without it; ${byPosition}`,
    ],
    [
      'a gap in the backup itself',
      gap(8),
      { type: 'immediate' },
      `WAL ${wal(1, 8)} to ${wal(1, 8)} is missing in the repository, and backup ${incr.label} can't reach the target without it; ${range}`,
    ],
  ];
  for (const [name, published, wanted, message] of refused)
    it(`is refused: ${name}`, () => {
      assert.deepEqual(chooseTarget(published, wanted, now), { refused: message });
    });

  const since = 'whether WAL has been archived up to the target is known to the restore only';
  const possible: [string, PublishedBackups, RestoreTarget, string, string[]][] = [
    ['the end', two, { type: 'default' }, incr.label, []],
    ['a time between', two, time('2026-11-24 09:00:10+00'), full.label, []],
    ['a time after the last', two, time('2026-11-24 11:00:11+01:30'), incr.label, [since]],
    ['a backup that is asked for', two, { type: 'default', backup: full.label }, full.label, []],
    ['the end of a backup, told', two, time('2026-11-24 07:00:30+00', full.label), full.label, []],
    ['a position between', two, lsn('0/80000FF'), full.label, []],
    ['a position at the end of one', two, lsn('0/8000100'), incr.label, []],
    [
      'a position after the archive',
      two,
      lsn('0/A000000'),
      incr.label,
      [`WAL was archived up to ${wal(1, 9)} when the last backup ended; more may have come since`],
    ],
    [
      'a name',
      two,
      { type: 'name', target: 'before' },
      incr.label,
      [
        `where name before is in WAL is not published: if it is before the end of backup ${incr.label}, give the label of an older backup`,
      ],
    ],
    ['a gap before the backup', gap(5), { type: 'default' }, incr.label, []],
    ['a gap after the position', gap(9), lsn('0/8FFFFFF'), incr.label, []],
    [
      'a gap of which a time does not tell',
      gap(9),
      time('2026-11-24 09:30:00+00'),
      incr.label,
      [
        `WAL ${wal(1, 9)} to ${wal(1, 9)} is missing in the repository: a target behind it can't be reached from this backup`,
        since,
      ],
    ],
    [
      'a gap on a timeline that was left',
      { ...gap(9), walMax: wal(2, 10) },
      { type: 'default' },
      incr.label,
      [
        `WAL ${wal(1, 9)} to ${wal(1, 9)} is missing in the repository: a target behind it can't be reached from this backup`,
        'the backup is of timeline 1 and recovery follows the newest (2): what was written on an older one after the change is not reached',
      ],
    ],
    [
      'a broken backup',
      { ...two, backups: [{ ...full, error: true }] },
      { type: 'immediate' },
      full.label,
      [`backup ${full.label} has pages with wrong checksums`],
    ],
  ];
  for (const [name, published, wanted, label, doubts] of possible)
    it(`is possible: ${name}`, () => {
      const choice = chooseTarget(published, wanted, now);
      assert.ok(!('refused' in choice), JSON.stringify(choice));
      assert.deepEqual([choice.backup.label, choice.doubts], [label, doubts]);
      assert.equal(choice.bytes, choice.backup.databaseBytes);
    });
});

describe('time of a target', () => {
  const times: [string, string, string | undefined][] = [
    ['2026-11-24T10:00:00Z', '2026-11-24 10:00:00+00', '2026-11-24T10:00:00.000Z'],
    ['2026-11-24 10:00 UTC', '2026-11-24 10:00:00+00', '2026-11-24T10:00:00.000Z'],
    ['2026-11-24 10:00:00.25-0130', '2026-11-24 10:00:00.25-01:30', '2026-11-24T11:30:00.250Z'],
    ['2026-11-24 10:00:00+05:30', '2026-11-24 10:00:00+05:30', '2026-11-24T04:30:00.000Z'],
    ['2026-02-30 10:00:00+00', '2026-02-30 10:00:00+00', undefined],
    ['2026-11-24 25:00:00+00', '2026-11-24 25:00:00+00', undefined],
    ['yesterday', 'yesterday', undefined],
  ];
  for (const [text, canonical, instant] of times)
    it(text, () => {
      assert.equal(recoveryTime(text), canonical);
      const found = parseRecoveryTime(text);
      assert.equal(found === undefined ? undefined : new Date(found).toISOString(), instant);
    });
});

describe('published backups', () => {
  it('are read with their gaps, and not when they are unreadable', () => {
    const gaps = [{ from: 'a', to: 'b' }];
    const data = {
      'repo1.json': JSON.stringify(two),
      'gaps.json': JSON.stringify({ 1: gaps }),
      'repo2.json': '{',
    };
    assert.deepEqual(readPublished(data, 1), { ...two, gaps });
    assert.equal(readPublished(data, 2), undefined);
    assert.equal(readPublished(undefined, 1), undefined);
  });
});

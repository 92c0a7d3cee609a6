import assert from 'node:assert/strict';
import type { Entry } from '../../../provider/actions/core/journal';
import { eventsText } from '../../../provider/cmd/pgha/events-report';

const entry: Entry = {
  id: 'a',
  kind: 'Rollout',
  trigger: '0123456789ab',
  digest: 'd',
  plan: [],
  done: ['wait until hippo-1 is ready'],
  state: 'done',
  by: 'ann@laptop (7)',
  started: '2026-11-24T10:00:00.000Z',
  ended: '2026-11-24T10:00:07.000Z',
};

describe('pgha show events', () => {
  it('shows what was done, by whom and when, and why it stopped', () => {
    const stopped: Entry = {
      ...entry,
      kind: 'Restart',
      trigger: 'memory',
      once: true,
      state: 'failed',
      done: [],
      message: 'Restart of hippo failed\nmore',
    };
    assert.deepEqual(eventsText('hippo', [entry, stopped]).split('\n'), [
      'BEGUN (UTC)          TOOK  WHAT     STATE   BY              TRIGGER',
      '2026-11-24 10:00:00  7 s   Rollout  done    ann@laptop (7)  -',
      '    wait until hippo-1 is ready',
      '2026-11-24 10:00:00  7 s   Restart  failed  ann@laptop (7)  memory',
      '    Restart of hippo failed',
      '',
    ]);
  });
  it('says when there is nothing', () => {
    assert.equal(eventsText('hippo', []), 'cluster hippo: nothing is recorded\n');
  });
});

import assert from 'node:assert/strict';
import { held } from '../../../provider/actions/members/pooler';
import type { MembersContext } from '../../../provider/actions/members/waiting';

/** Two poolers, of which `broken` answers nothing well; keeps what was done in which order. */
function poolers(broken?: string) {
  const done: string[] = [];
  const context = {
    live: {
      list: () =>
        Promise.resolve([
          { metadata: { name: 'a' }, status: { phase: 'Running' } },
          { metadata: { name: 'b' }, status: { phase: 'Running' } },
          { metadata: { name: 'c' }, status: { phase: 'Pending' } },
        ]),
      exec: (_namespace: string, pod: string, _container: string, command: readonly string[]) => {
        done.push(`${command[2]} ${pod}`);
        if (pod === broken) return Promise.reject(new Error('the connection was lost'));
        return Promise.resolve({ code: 0, stdout: '', stderr: '' });
      },
    },
    inputs: { cluster: 'hippo', namespace: 'pg' },
    progress: { show: () => undefined, say: () => undefined, warn: (text: string) => done.push(text) },
  };
  const work = () => Promise.resolve(done.push('work'));
  return { context: context as unknown as MembersContext, done, work };
}

describe('clients of the pooler', () => {
  it('are held while the primary changes', async () => {
    const { context, done, work } = poolers();
    await held(context, work);
    assert.deepEqual(done, ['pause a', 'pause b', 'work', 'resume a', 'resume b']);
  });

  it('go on after work that failed', async () => {
    const { context, done } = poolers();
    await assert.rejects(
      held(context, () => Promise.reject(new Error('refused'))),
      /refused/,
    );
    assert.deepEqual(done.slice(2), ['resume a', 'resume b']);
  });

  it('of a pod that can not be paused keep nobody from the work', async () => {
    const { context, done, work } = poolers('a');
    await held(context, work);
    assert.deepEqual(done, ['pause a', 'pause b', 'a: the connection was lost', 'work', 'resume b']);
  });
});

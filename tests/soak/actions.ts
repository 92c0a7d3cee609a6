/**
 * `npm run soak:actions`: every action but Restore (restore.ts), on a cluster under writes, by a `pulumi up` that is killed
 * after each of its steps. What is left is done by the next one, each step once, and no row is lost.
 */
import assert from 'node:assert/strict';
import { readJournal, type Entry } from '../../provider/actions/core/journal';
import { checked, described, sound } from '../support/checker';
import type { DeployedCluster } from '../support/cluster';
import { killedAfterEveryStep } from '../support/killed-up';
import { keepLogs } from '../support/logs';
import { smallCluster } from '../support/small-cluster';
import type { TestStack } from '../support/stack';
import { finalState, prepare, Workload } from '../support/workload';
import { soakCluster } from './cluster';

const namespace = 'soak-actions';
const members = 3;
const args = {
  ...smallCluster,
  replicas: members - 1,
  synchronous: 'quorum',
  repositories: [{ type: 'local' }],
  // A job that is suspended and resumed; it does not run.
  schedules: [{ type: 'full', cron: '0 1 1 1 *' }],
};

interface Run {
  readonly type: string;
  readonly how: (of: { readonly primary: string; readonly replica: string }) => object;
  /** Members that answer afterwards. Default: all. */
  readonly left?: number;
}

const runs: readonly Run[] = [
  { type: 'Restart', how: () => ({}) },
  { type: 'Restart', how: () => ({ inPlace: true }) },
  { type: 'Switchover', how: ({ replica }) => ({ to: replica }) },
  { type: 'Fence', how: ({ replica }) => ({ members: [replica] }), left: members - 1 },
  { type: 'Fence', how: () => ({ members: ['hippo-1', 'hippo-2', 'hippo-3'], fenced: false }) },
  { type: 'Fence', how: ({ primary }) => ({ members: [primary] }), left: members - 1 },
  { type: 'Fence', how: () => ({ members: ['hippo-1', 'hippo-2', 'hippo-3'], fenced: false }) },
  { type: 'Maintenance', how: () => ({ paused: true }) },
  { type: 'Maintenance', how: () => ({ paused: false }) },
  { type: 'Reinitialize', how: ({ replica }) => ({ member: replica }) },
  { type: 'Backup', how: () => ({}) },
  { type: 'Hibernate', how: () => ({}), left: 0 },
  { type: 'Hibernate', how: () => ({ hibernated: false }) },
];

class Soak {
  private constructor(
    private readonly stack: TestStack,
    private readonly hippo: DeployedCluster,
    private readonly workload: Workload,
  ) {}

  static async open(): Promise<Soak> {
    const { stack, hippo } = await soakCluster(namespace, config(), { members, user: 'app' });
    await prepare(hippo.service);
    return new Soak(stack, hippo, new Workload(hippo.service).start());
  }

  async close(): Promise<void> {
    this.hippo.close();
    await this.stack.destroy();
  }

  /** Of a failure: the cluster is left as it is. */
  async failed(): Promise<void> {
    await keepLogs(this.hippo, 'soak actions');
    this.hippo.close();
    await this.workload.stop();
  }

  async performed({ type, how, left = members }: Run, trigger: string): Promise<number> {
    const of = await this.leading();
    const given = config({ type, cluster: 'hippo', trigger, ...how(of) });
    const run = async (): Promise<Entry | undefined> =>
      (await readJournal(this.hippo.live, namespace, 'hippo')).find(
        (one) => one.kind === type && one.trigger === trigger,
      );
    const kills = await killedAfterEveryStep(this.stack, given, {
      kind: type,
      run,
      killed: async (done) => console.log(`  killed after: ${done}`),
    });
    const { state, plan, done } = (await run())!;
    assert.equal(state, 'done');
    assert.deepEqual(done, plan, 'each step once');
    if (left === members) await this.hippo.whole(members);
    if (left > 0) await this.workload.acknowledgedAfter(performance.now(), 60_000);
    const again = await this.stack.upWith(given);
    assert.deepEqual(Object.keys(again.summary.resourceChanges ?? {}), ['same']);
    return kills;
  }

  /** A hibernated cluster has neither. */
  private async leading(): Promise<{ primary: string; replica: string }> {
    if ((await this.hippo.pods()).length === 0) return { primary: '', replica: '' };
    const primary = await this.hippo.primary();
    return { primary, replica: primary === 'hippo-1' ? 'hippo-2' : 'hippo-1' };
  }

  async verdict(): Promise<string> {
    const verdict = checked(await this.workload.stop(), await finalState(this.hippo.service));
    assert.ok(sound(verdict), described(verdict));
    return described(verdict);
  }
}

function config(action?: object): Record<string, string> {
  return {
    namespace,
    clusters: JSON.stringify({ hippo: args }),
    actions: JSON.stringify(action ? { action } : {}),
  };
}

export async function soakActions(): Promise<void> {
  const soak = await Soak.open();
  try {
    for (const [index, run] of runs.entries()) {
      const begun = performance.now();
      const trigger = String(index + 1);
      console.log(`${trigger}/${runs.length}: ${run.type}`);
      const kills = await soak.performed(run, trigger);
      console.log(`  done, killed ${kills} times, in ${((performance.now() - begun) / 1000).toFixed(0)} s`);
    }
    console.log(await soak.verdict());
  } catch (error) {
    await soak.failed();
    throw error;
  }
  await soak.close();
}

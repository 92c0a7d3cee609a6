/**
 * `npm run soak:restore`: a restore in place whose `pulumi up` is killed after every step, its undo with every pod of the
 * cluster deleted there as well, and the restore once more in this way. After each the cluster must have exactly the rows of
 * its target, and be whole.
 */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { readJournal, type Entry } from '../../provider/actions/core/journal';
import { names } from '../../provider/manifests/names';
import type { DeployedCluster } from '../support/cluster';
import { killedAfterEveryStep } from '../support/killed-up';
import { keepLogs } from '../support/logs';
import type { TestStack } from '../support/stack';
import { soakCluster } from './cluster';

const namespace = 'soak-restore';
const members = 2;
const args = {
  replicas: members - 1,
  storage: { size: '1Gi' },
  resources: { memory: '384Mi' },
  // Jobs that are suspended and resumed; none of them runs.
  schedules: [{ type: 'full', cron: '0 1 1 1 *' }],
  deletionPolicy: 'delete',
};

interface Run {
  readonly trigger: string;
  readonly how: object;
  /** Whether all pods of the cluster go where the client is killed. */
  readonly pods: boolean;
  /** Tables, and the rows of `notes`. */
  readonly wanted: string;
}

class Soak {
  private constructor(
    private readonly stack: TestStack,
    private readonly hippo: DeployedCluster,
  ) {}

  static async open(): Promise<Soak> {
    const { stack, hippo } = await soakCluster(namespace, config(), { members, user: 'postgres' });
    return new Soak(stack, hippo);
  }

  async close(): Promise<void> {
    this.hippo.close();
    await this.stack.destroy();
  }

  /** Of a failure: the cluster is left as it is. */
  async failed(): Promise<void> {
    await keepLogs(this.hippo, 'soak restore');
    this.hippo.close();
  }

  async sql(text: string): Promise<string> {
    return this.hippo.sql(`${await this.hippo.primary()}-0`, text, 60_000);
  }

  async state(): Promise<string> {
    return this.sql(`
      select (select string_agg(relname, ',' order by relname) from pg_class
        where relnamespace = 'public'::regnamespace and relkind = 'r')
        || ': ' || (select string_agg(note, ',' order by note) from notes)`);
  }

  private async entry(trigger: string): Promise<Entry | undefined> {
    const journal = await readJournal(this.hippo.live, namespace, 'hippo');
    return journal.find((one) => one.kind === 'Restore' && one.trigger === trigger);
  }

  killed({ trigger, how, pods }: Run): Promise<number> {
    return killedAfterEveryStep(this.stack, config({ trigger, approvedPlan: 'any', ...how }), {
      kind: 'Restore',
      run: () => this.entry(trigger),
      killed: async (done) => {
        if (pods) await this.deletePods();
        console.log(`  killed${pods ? ' with all pods' : ''} after: ${done}`);
      },
    });
  }

  private async deletePods(): Promise<void> {
    const all = await this.hippo.pods();
    await Promise.all(
      all.map(({ metadata }) =>
        this.hippo.live.delete('Pod', namespace, metadata.name, { gracePeriodSeconds: 0 }),
      ),
    );
  }

  /** What must hold after each. */
  async ended({ trigger, wanted }: Run): Promise<void> {
    await this.hippo.whole(members);
    assert.equal(await this.state(), wanted, trigger);
    assert.equal((await this.entry(trigger))!.state, 'done');
    const [settings, job] = await Promise.all([
      this.hippo.live.get('ConfigMap', namespace, names.configMap('hippo')),
      this.hippo.live.get('CronJob', namespace, 'hippo-full-repo1'),
    ]);
    assert.equal(settings!.data!['restore.json'] ?? '', '');
    assert.equal(job!.spec!.suspend, false);
  }
}

function config(restore?: object): Record<string, string> {
  return {
    namespace,
    clusters: JSON.stringify({ hippo: args }),
    actions: JSON.stringify(restore ? { back: { type: 'Restore', cluster: 'hippo', ...restore } } : {}),
  };
}

export async function soakRestore(): Promise<void> {
  const soak = await Soak.open();
  try {
    await soak.sql(`
      create table notes (note text);
      create table precious as select generate_series(1, 1000) n;
      insert into notes values ('before')`);
    await pause(1500);
    const time = await soak.sql('select clock_timestamp()');
    await pause(1500);
    await soak.sql(`drop table precious; insert into notes values ('after')`);
    const runs: Run[] = [
      { trigger: 'one', how: { target: { time } }, pods: false, wanted: 'notes,precious: before' },
      { trigger: 'two', how: { undo: true }, pods: true, wanted: 'notes: after,before' },
      { trigger: 'three', how: { target: { time } }, pods: true, wanted: 'notes,precious: before' },
    ];
    for (const run of runs) {
      const begun = performance.now();
      console.log(`${run.trigger}: ${JSON.stringify(run.how)}`);
      const kills = await soak.killed(run);
      await soak.ended(run);
      const seconds = ((performance.now() - begun) / 1000).toFixed(0);
      console.log(`${run.trigger}: killed ${kills} times, ended in ${seconds} s with exactly ${run.wanted}`);
    }
  } catch (error) {
    await soak.failed();
    throw error;
  }
  await soak.close();
}

/**
 * `npm run soak:failover`: random faults, one after the other, on one cluster under write load, as
 * long as somebody has patience. It goes on to the next fault only when the cluster is whole; the
 * first one that is not survived ends it, with the logs kept and the cluster left as it is.
 */
import { parseArgs } from 'node:util';
import { up } from '../../local/kubernetes/cluster';
import { archived } from '../support/backups';
import { checked, described, sound } from '../support/checker';
import { DeployedCluster } from '../support/cluster';
import { faults, type Fault } from '../support/faults';
import { keepLogs } from '../support/logs';
import { survived } from '../support/one-fault';
import { servicesFollow } from '../support/service-path';
import { TestStack, type PlainClusterArgs } from '../support/stack';
import { WriteProbes } from '../support/two-primaries';
import { finalState, prepare, Workload } from '../support/workload';
import { legs, type Leg } from './plan';
import { soakTable, type Outcome } from './report';

const namespace = 'soak-failover';
const members = 3;
const longestOutage = 180_000;
/** After a leg, for what its faults have left. */
const archiveSeconds = 180;
const allModes = ['strict', 'quorum'];

interface Options {
  readonly count: number;
  readonly seed: number;
  readonly modes: readonly string[];
  readonly faults: readonly Fault[];
  readonly repository: boolean;
  /** No further leg is begun after so many minutes. */
  readonly minutes: number;
  readonly keep: boolean;
}

function options(): Options {
  const { values } = parseArgs({
    options: {
      faults: { type: 'string', default: '100' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      modes: { type: 'string', default: allModes.join(',') },
      only: { type: 'string', default: '' },
      minutes: { type: 'string', default: '1000' },
      repository: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
    },
  });
  const whole = (name: 'faults' | 'seed' | 'minutes', least: number): number => {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < least)
      throw new Error(`--${name} is ${values[name]}: give a whole number from ${least}`);
    return value;
  };
  const modes = values.modes.split(',');
  const wrong = modes.find((mode) => !allModes.includes(mode));
  if (wrong !== undefined)
    throw new Error(`--modes has ${wrong}: give ${allModes.join(' or ')}, or both with a comma`);
  const only = values.only.split(',');
  const chosen = faults.filter(({ title }) => only.some((part) => title.includes(part)));
  if (chosen.length === 0)
    throw new Error(
      `--only ${values.only}: no fault has that in its title. There are:\n${faults.map(({ title }) => `  ${title}`).join('\n')}`,
    );
  const [count, seed, minutes] = [whole('faults', 1), whole('seed', 0), whole('minutes', 1)];
  return { count, seed, modes, faults: chosen, minutes, repository: values.repository, keep: values.keep };
}

function cluster(synchronous: string, repository: boolean): Record<string, PlainClusterArgs> {
  return {
    hippo: {
      replicas: members - 1,
      synchronous,
      storage: { size: '2Gi' },
      ...(repository ? {} : { repositories: [] }),
      resources: { memory: '384Mi' },
      users: [{ name: 'app' }],
      databases: [{ name: 'app', owner: 'app' }],
      deletionPolicy: 'delete',
    },
  };
}

export async function soak(): Promise<void> {
  const { count, seed, modes, faults: chosen, repository, minutes, keep } = options();
  console.log(`seed ${seed}: the same faults come again with --seed ${seed}`);
  const until = performance.now() + minutes * 60_000;
  const local = await up();
  const stack = await TestStack.open(namespace, local.kubeconfig);
  const outcomes: Outcome[] = [];
  let hippo: DeployedCluster | undefined;
  let failure: unknown;
  try {
    for (const leg of legs(seed, count, chosen, modes)) {
      if (performance.now() > until) break;
      await stack.up(cluster(leg.mode, repository));
      hippo ??= await DeployedCluster.of('hippo', namespace, local.kubeconfig, 'hippo-user-app');
      await oneLeg(hippo, leg, outcomes);
      if (repository) await archived(hippo, archiveSeconds);
    }
  } catch (error) {
    failure = error;
    await keepLogs(hippo, 'soak');
  }
  const aims = new Map(
    chosen.flatMap(({ title, aim }) => (aim === undefined ? [] : [[title, aim] as const])),
  );
  if (outcomes.length > 0) console.log(`\n${soakTable(outcomes, aims)}\n`);
  hippo?.close();
  if (failure !== undefined) throw failure;
  console.log(
    `${outcomes.length} faults survived (seed ${seed}): no acknowledged write lost, never two primaries${repository ? ', all WAL archived' : ''}`,
  );
  if (!keep) await stack.destroy();
}

/** One workload through all faults of a leg, and the checker at its end. */
async function oneLeg(hippo: DeployedCluster, leg: Leg<Fault>, outcomes: Outcome[]): Promise<void> {
  await hippo.whole(members);
  await prepare(hippo.service);
  const load = new Workload(hippo.service, { longest: 24 * 3_600_000 }).start();
  const probes = new WriteProbes(hippo.memberTargets());
  try {
    for (const fault of leg.faults) {
      const row = { mode: leg.mode, fault: fault.title };
      const title = `${outcomes.length + 1} ${row.mode} ${row.fault}`;
      try {
        const result = await survived(fault, { cluster: hippo, members, load, probes }, longestOutage);
        outcomes.push({ ...row, gap: result.gap });
        const moved = result.before === result.after ? result.before : `${result.before} → ${result.after}`;
        const at = new Date(result.lastWrite).toISOString();
        console.log(`${title}: ${(result.gap / 1000).toFixed(2)} s from ${at}, ${moved}`);
        if (fault.aim !== undefined && result.gap > fault.aim) await keepLogs(hippo, title);
        if (fault.servicesLag) await servicesFollow(hippo);
      } catch (error) {
        outcomes.push({ ...row, gap: undefined });
        throw new Error(`${title}: ${error instanceof Error ? error.message : String(error)}`, {
          cause: error,
        });
      }
    }
  } finally {
    await Promise.all([load.stop(), probes.stop()]);
  }
  await hippo.whole(members);
  const final = await finalState(hippo.service);
  const verdict = checked(load.history, final);
  console.log(`${leg.mode}, ${leg.faults.length} faults: ${described(verdict)}`);
  if (!sound(verdict)) throw new Error(described(verdict));
  const there = new Set(final.probes);
  const lost = probes.probes.filter((probe) => probe.accepted && !there.has(probe.id));
  if (lost.length > 0) throw new Error(`${lost.length} rows that a member accepted from a probe are gone`);
}

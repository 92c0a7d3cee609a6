/** One step of a restore in place. Each may be done again after an interruption, and none of them stands in the way of an undo. */
import { readIntent, intentKey, intentText, type RestoreIntent } from '../../config/restore-intent';
import { LiveError } from '../../live/errors';
import type { Endpoints } from '../../live/kinds';
import { names, podName } from '../../manifests/names';
import { takeBackup } from '../backup/execute';
import type { Context } from '../core/action';
import type { Step } from '../core/steps';
import { capture } from '../foundation/kept';
import { observeHibernation } from '../hibernate/provider';
import { membersContext, observeCluster } from '../members/cluster';
import { find, leaderOf } from '../members/find';
import { setReplicas, stop, suspend } from '../members/stopped';
import { switchover } from '../members/switchover';
import { allUp, waitUntil } from '../members/waiting';
import { choose, keepSeconds, unfinishedOf, type Choice } from './choice';
import type { RestoreInputs } from './inputs';
import { leads } from './leader';
import type { ObservedRestore } from './observe';
import { keptUntil, readRecord, writeRecord, type RestoreRecord } from './record';

export type RestoreContext = Context<RestoreInputs, ObservedRestore>;

export async function execute(step: Step, context: RestoreContext): Promise<void> {
  const { live, inputs, signal } = context;
  const { namespace } = inputs;
  const choice = await begun(context);
  switch (step.kind) {
    case 'note':
      return;
    case 'suspend':
    case 'resume':
      return await suspend(
        live,
        namespace,
        (await observeHibernation(live, inputs)).cronJobs,
        step.kind === 'suspend',
      );
    case 'mark':
      return await mark(choice.leader, context);
    case 'stop':
      await stayLeader(step.member!, choice, context);
      return await stop(live, namespace, step.member!, choice.leader, signal);
    case 'restore':
      return await restoreLeader(choice, context);
    case 'rebuild':
      await ask(intentOf(choice, context, 'members'), context);
      return await setReplicas(live, namespace, step.member!, 1, undefined);
    case 'wait':
      return await allUp(membersContext(context));
    case 'backup':
      return await takeBackup(context, {
        type: 'full',
        repository: Number(/\d+$/.exec(step.text)![0]),
        run: `restore ${context.run}`,
        // With it alone, all that one could go back to otherwise would be gone.
        more: ['--no-expire-auto'],
      });
    case 'keep':
      return await end(choice, context);
    default:
      throw new Error(`unknown step ${step.kind}`);
  }
}

/** What was chosen, in the journal before anything is done; and the record by which another run finds this one. */
async function begun(context: RestoreContext): Promise<Choice> {
  const { live, inputs, observed, run } = context;
  const { namespace, cluster, trigger } = inputs;
  const remembered = context.remembered('choice');
  if (remembered !== undefined) return JSON.parse(remembered) as Choice;
  const choice = choose(observed, inputs);
  if ('refused' in choice) throw new LiveError('Other', choice.refused);
  const { record } = observed;
  const before = record && unfinishedOf(observed) ? record.before : record;
  const kept = before && (keptUntil(before) ?? 0) > observed.now;
  await writeRecord(live, namespace, cluster, {
    id: run,
    trigger,
    leader: choice.leader,
    timeline: choice.timeline,
    history: choice.history,
    repository: choice.repository,
    keepSeconds: keepSeconds(choice),
    ...(choice.undo ? { undoes: choice.undo.id } : {}),
    ...(kept ? { before } : {}),
  });
  await context.remember('choice', JSON.stringify(choice));
  return choice;
}

/** PostgreSQL can't recover to a time after the last commit: this is one, so any time up to now is before one. */
async function mark(member: string, { live, inputs, progress }: RestoreContext): Promise<void> {
  const statements = [
    'set synchronous_commit = local',
    'select pg_current_xact_id()',
    'select pg_switch_wal()',
  ];
  const command = ['psql', '-h', '/run/postgresql', '-U', 'postgres', '-Xqo', '/dev/null'];
  const all = [...command, ...statements.flatMap((statement) => ['-c', statement])];
  const done = await live
    .exec(inputs.namespace, podName(member), 'database', all, 60_000)
    .catch((error: unknown) => ({ code: 1, stderr: String(error) }));
  // A primary that no longer answers is a reason to restore, not to refuse it.
  if (done.code !== 0)
    progress.warn(`the end of WAL of ${member} could not be written: ${done.stderr.trim().split('\n')[0]}`);
}

/** The data that are kept must be those of who led: what has been handed over meanwhile is handed back. */
async function stayLeader(member: string, { leader }: Choice, context: RestoreContext): Promise<void> {
  if (member === leader) return;
  const observed = await observeCluster(context.live, context.inputs);
  if (observed.leader !== member || !find(observed, leader)) return;
  await switchover(member, membersContext({ ...context, observed: { ...context.observed, ...observed } }), {
    to: leader,
  });
}

function intentOf(
  choice: Choice,
  { run }: RestoreContext,
  stage: RestoreIntent['stage'],
  attempt = 1,
): RestoreIntent {
  const { leader, repository, backup, type, target, timeline, bytes, undo } = choice;
  return {
    id: run,
    attempt,
    stage,
    leader,
    repository,
    ...(backup === undefined ? {} : { backup }),
    type,
    ...(target === undefined ? {} : { target }),
    ...(timeline === undefined ? {} : { timeline }),
    bytes,
    keepSeconds: keepSeconds(choice),
    ...(undo ? { undo: undo.id, undoDone: undo.led } : {}),
  };
}

async function ask(intent: RestoreIntent, { live, inputs }: RestoreContext): Promise<void> {
  const data = { [intentKey]: intentText(intent) };
  await live.patch('ConfigMap', inputs.namespace, names.configMap(inputs.cluster), { data });
}

async function restoreLeader(choice: Choice, context: RestoreContext): Promise<void> {
  const { live, inputs, run, signal } = context;
  const { namespace, cluster } = inputs;
  const { leader } = choice;
  const asked = readIntent((await live.get('ConfigMap', namespace, names.configMap(cluster)))?.data);
  const before = asked?.id === run ? asked.attempt : 1;
  const seen = find(await observeCluster(live, inputs), leader)?.agent.inPlace;
  // An earlier `up` has seen this attempt fail, and somebody has run it again.
  const again = seen?.id === run && seen.attempt === before && seen.state === 'failed';
  const attempt = again ? before + 1 : before;
  if (again) await stop(live, namespace, leader, leader, signal);
  if (asked?.id !== run || again) await ask(intentOf(choice, context, 'leader', attempt), context);
  const set = await live.get('StatefulSet', namespace, leader);
  // Once its pod is there, what Patroni knows is of the restored cluster.
  if (set?.spec?.replicas === 0) {
    await forgetLeader(context);
    await setReplicas(live, namespace, leader, 1, undefined);
  }
  await leads(choice, attempt, context);
  await update(context, (record) => ({ ...record, led: record.led ?? new Date().toISOString() }));
  // A replica that starts follows the newest timeline that the archive knows: it must be this one, not one that was left.
  await waitUntil(membersContext(context), `WAL of ${leader} in a repository`, (now) =>
    Object.values(leaderOf(now)?.agent.archive ?? {}).includes('ok'),
  );
}

/** Patroni's keys, of which nothing but its settings holds for the restored cluster. Copies are kept. */
async function forgetLeader(context: RestoreContext): Promise<void> {
  const { live, inputs } = context;
  const { namespace, cluster } = inputs;
  const patroni = await capture(live, namespace, cluster, undefined);
  await update(context, (record) => (record.patroni || !patroni ? record : { ...record, patroni }));
  const [config = '', sync = '', failover = ''] = names.dcsServices(cluster);
  const clear = async (name: string, keys: (found: Endpoints) => readonly string[]) => {
    const found = await live.get('Endpoints', namespace, name);
    const annotations = Object.fromEntries((found ? keys(found) : []).map((key) => [key, null]));
    if (Object.keys(annotations).length > 0)
      await live.patch('Endpoints', namespace, name, { metadata: { annotations } });
  };
  // Keys with a slash are not Patroni's.
  const own = ({ metadata }: Endpoints) =>
    Object.keys(metadata.annotations ?? {}).filter((key) => !key.includes('/'));
  for (const name of [names.primaryService(cluster), sync, failover]) await clear(name, own);
  await clear(config, (found) => own(found).filter((key) => key !== 'config'));
}

async function update(
  { live, inputs, run }: RestoreContext,
  change: (record: RestoreRecord) => RestoreRecord,
): Promise<void> {
  const { namespace, cluster } = inputs;
  const record = readRecord(await live.get('ConfigMap', namespace, names.journal(cluster)));
  if (record?.id === run) await writeRecord(live, namespace, cluster, change(record));
}

async function end(choice: Choice, context: RestoreContext): Promise<void> {
  const { live, inputs, run } = context;
  const { namespace, cluster } = inputs;
  await live.patch('ConfigMap', namespace, names.configMap(cluster), { data: { [intentKey]: null } });
  if (!choice.undo || choice.undo.led)
    return await update(context, (record) => ({ ...record, ended: new Date().toISOString() }));
  // A restore that had not come to its end is as if it had never been.
  const record = readRecord(await live.get('ConfigMap', namespace, names.journal(cluster)));
  if (record?.id === run) await writeRecord(live, namespace, cluster, record.before);
}

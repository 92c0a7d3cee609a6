/** Waiting for members, with what is shown meanwhile and when it is given up. */
import { hasReason, LiveError } from '../../live/errors';
import type { Event } from '../../live/kinds';
import type { Live } from '../../live/live';
import type { MemberState } from '../../live/patroni';
import { podName } from '../../manifests/names';
import type { Progress } from '../core/progress';
import { leaderOf } from './find';
import { observation, watchedBy, type Observed } from './observe';
import { restoreFailed, restoreFailure, restoreLine, restoreProgress } from './restoring';
import { isUp } from './up';

const defaultPatience = 600;
/** Longer than any wait: patience ends it, counted from the last progress. */
const foreverMs = 30 * 86_400_000;
/** What the agent can't carry out does not pass by itself, but it may be of the moment when a leader changes. */
const problemsMs = 30_000;

/** A repository host that is just starting is no trouble. */
const archiveMs = 120_000;

/** The cluster whose members an action works on. */
export interface ClusterOfMembers {
  readonly cluster: string;
  readonly namespace: string;
  /** Those that shall be there, in order. */
  readonly members: readonly { readonly name: string }[];
  readonly synchronous: { readonly mode: string };
  /** Numbers of the repositories in which WAL must arrive. */
  readonly repositories?: readonly number[];
  /** Seconds without any progress after which waiting is given up. Default: 600. */
  readonly patience?: number;
}

export interface MembersContext {
  readonly live: Live;
  readonly inputs: ClusterOfMembers;
  readonly observed: Observed;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Waits until `done` is true of what is there. Gives up when nothing has come nearer for the inputs' patience, with the reasons. */
export async function waitUntil(
  context: MembersContext,
  what: string,
  done: (observed: Observed) => boolean | Promise<boolean>,
): Promise<Observed> {
  const { live, inputs, progress, signal } = context;
  const patience = (inputs.patience ?? defaultPatience) * 1000;
  const best = new Map<string, number>();
  let since = Date.now();
  let problemsSince: number | undefined;
  let archiveSince: number | undefined;
  return await live.until(
    watchedBy(inputs.namespace, inputs.cluster),
    async (seen) => {
      const observed = observation(inputs.cluster, seen.of('Pod'), seen.of('Endpoints'));
      if (await done(observed)) return observed;
      progress.show(progressLine(observed, inputs, what));
      if (nearer(best, observed)) since = Date.now();
      const failed = observed.members.find(restoreFailed);
      if (failed) throw new LiveError('Other', await restoreFailure(live, inputs.namespace, failed));
      const problems = settingProblems(observed, inputs);
      problemsSince = problems.length > 0 ? (problemsSince ?? Date.now()) : undefined;
      if (problemsSince && Date.now() - problemsSince > problemsMs)
        throw new LiveError('Other', `the settings can't be taken up: ${problems.join('; ')}`);
      const archive = archiveProblems(observed, inputs);
      archiveSince = archive.length > 0 ? (archiveSince ?? Date.now()) : undefined;
      if (archiveSince && (hopeless(archive) || Date.now() - archiveSince > archiveMs))
        throw new LiveError(
          'Other',
          `the cluster runs, but it is not ready: WAL does not arrive.\n${archive.join('\n')}`,
        );
      if (Date.now() - since > patience)
        throw new LiveError(
          'DeadlineExceeded',
          `${what} did not happen, and for ${Math.round(patience / 1000)} s nothing has come nearer.\n${await reasons(live, observed, inputs)}`,
        );
      return undefined;
    },
    { deadline: foreverMs, what, signal },
  );
}

/** Waits until a primary leads and all others stream. */
export async function allUp(context: MembersContext): Promise<void> {
  const names = context.inputs.members.map(({ name }) => name);
  const pod = (observed: Observed, name: string) => observed.members.find(({ member }) => member === name);
  await waitUntil(
    context,
    `${names.join(', ')} up`,
    (observed) =>
      leaderOf(observed)?.role === 'primary' &&
      names.every((name) => isUp(pod(observed, name), observed.leader)),
  );
}

/** What keeps settings from being taken up: what is wrong for the leader's agent, and what PostgreSQL of the others refuses. */
function settingProblems(observed: Observed, inputs: ClusterOfMembers): string[] {
  return [...new Set([...(leaderOf(observed)?.agent.problems ?? []), ...refusedSettings(observed, inputs)])];
}

/** What PostgreSQL of members that are up does not take, in its words. Other problems, of backups say, are none of these. */
export function refusedSettings(observed: Observed, { members }: ClusterOfMembers): string[] {
  const wanted = new Set(members.map(({ name }) => name));
  const up = observed.members.filter((one) => wanted.has(one.member) && isUp(one, observed.leader));
  return [...new Set(up.flatMap(({ agent }) => agent.refused ?? []))];
}

/** What is wrong with the archive, once the leader has looked. */
export function archiveProblems(observed: Observed, { repositories = [] }: ClusterOfMembers): string[] {
  const found = leaderOf(observed)?.agent.archive ?? {};
  return repositories.flatMap((number) => {
    const state = found[number];
    return state === undefined || state === 'ok' ? [] : [`- repository ${number}: ${state}`];
  });
}

/** A repository that holds backups of other data does not become this cluster's by waiting (pgBackRest, command/check/common.c). */
function hopeless(problems: readonly string[]): boolean {
  return problems.some((text) => text.includes('do not match the database'));
}

/** How far a member has come; only a better stage than ever before is progress, so a pod that starts and crashes makes none. */
function stage(member: MemberState, leader: string | undefined): number {
  if (isUp(member, leader)) return 6;
  if (member.state === 'running') return 5;
  if (member.state !== '') return 4;
  if (member.trouble) return 1;
  return member.phase === 'Running' ? 3 : member.phase === 'Pending' ? 1 : 2;
}

function nearer(best: Map<string, number>, observed: Observed): boolean {
  let progress = false;
  const note = (key: string, value: number) => {
    if (value > (best.get(key) ?? -1)) {
      best.set(key, value);
      progress = true;
    }
  };
  for (const member of observed.members) {
    note(`${member.uid} stage`, stage(member, observed.leader));
    note(`${member.uid} restored`, restoreProgress(member));
    if (member.role !== 'primary') note(`${member.member} position`, member.position ?? -1);
    // Copying the data takes as long as it takes, and crash recovery too; nothing counts it, but Patroni is at it.
    if (!member.trouble && ['creating replica', 'starting', 'stopping'].includes(member.state))
      note(`${member.uid} at work`, Math.floor(Date.now() / 30_000));
  }
  if (observed.leader) note('leader', 1);
  return progress;
}

/** "2 of 3 members streaming; hippo-3: creating replica". */
export function progressLine(observed: Observed, inputs: ClusterOfMembers, what: string): string {
  const wanted = inputs.members.map(({ name }) => name);
  const pods = new Map(observed.members.map((one) => [one.member, one]));
  const up = wanted.filter((name) => isUp(pods.get(name), observed.leader));
  const rest = wanted
    .filter((name) => !up.includes(name))
    .map((name) => `${name}: ${situation(pods.get(name), observed.leader)}`);
  const head = observed.leader
    ? `primary ${observed.leader}; ${up.length} of ${wanted.length} members ready`
    : `no primary yet; ${up.length} of ${wanted.length} members ready`;
  const leader = leaderOf(observed);
  if (rest.length === 0 && leader)
    rest.push(
      settingProblems(observed, inputs)[0] ??
        archiveProblems(observed, inputs)[0]?.split('\n')[0] ??
        `waiting for ${what}`,
    );
  return [head, ...rest].join('; ');
}

function situation(member: MemberState | undefined, leader: string | undefined): string {
  if (!member) return 'no pod yet';
  if (member.deleting) return 'stopping';
  const restoring = restoreLine(member.agent.restore);
  if (restoring !== undefined) return restoring;
  if (member.trouble) return member.trouble;
  if (member.state === 'creating replica') return 'copying the data (base backup)';
  if (member.state === 'running')
    return member.member === leader
      ? 'leads, not ready yet'
      : member.streaming
        ? 'streams, not ready yet'
        : 'runs, does not stream yet';
  return member.state || (member.phase === 'Running' ? 'starting' : member.phase.toLowerCase() || 'starting');
}

/** For each member that is not up: what Kubernetes says, its last warning, and the end of its log. */
async function reasons(live: Live, observed: Observed, inputs: ClusterOfMembers): Promise<string> {
  const pods = new Map(observed.members.map((one) => [one.member, one]));
  const texts = await Promise.all(
    inputs.members
      .filter(({ name }) => !isUp(pods.get(name), observed.leader))
      .map(async ({ name }) => {
        const pod = podName(name);
        const warnings = await warningsOf(live, inputs.namespace, pod);
        const log =
          (await live.logs(inputs.namespace, pod, 'database', 5)) ||
          (await live.logs(inputs.namespace, pod, 'database', 5, true));
        return [
          `- pod ${pod}: ${situation(pods.get(name), observed.leader)}`,
          ...warnings.map((text) => `    ${text}`),
          ...withoutSecrets(log).map((text) => `    log: ${text}`),
        ].join('\n');
      }),
  );
  return texts.join('\n') || `- ${progressLine(observed, inputs, 'more')}`;
}

async function warningsOf(live: Live, namespace: string, pod: string): Promise<string[]> {
  try {
    const events: Event[] = await live.list('Event', namespace, {
      fields: `involvedObject.name=${pod},type=Warning`,
    });
    const time = (event: Event) => event.lastTimestamp ?? event.eventTime ?? '';
    return events
      .sort((a, b) => time(a).localeCompare(time(b)))
      .slice(-2)
      .map((event) => `${event.reason}: ${event.message}`);
  } catch (error) {
    if (hasReason(error, 'Forbidden')) return [];
    throw error;
  }
}

/** Our images log no secrets; a line of PostgreSQL may repeat a statement that holds one. */
function withoutSecrets(log: string): string[] {
  return log
    .split('\n')
    .filter(Boolean)
    .filter((text) => !/password|STATEMENT|SCRAM/i.test(text))
    .map((text) => text.slice(0, 300));
}

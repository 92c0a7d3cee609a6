/** `pgha status`: members in detail, from what Patroni and the agent publish. Pure; needs only `get` and `list`. */
import type { Endpoints } from '../../live/kinds';
import { stoppedMembers } from '../../actions/members/stopped';
import { dcs } from '../../live/patroni';
import { membersOf, type Answer, type Member, type Objects } from './observed';
import { restoreUnderWay, type Work } from './restore-report';

export interface StatusReport {
  readonly cluster: string;
  readonly namespace: string;
  /** The primary's pod, when there is one. */
  readonly primary?: string;
  readonly members: readonly MemberStatus[];
  readonly problems: readonly string[];
}

export interface MemberStatus {
  readonly member: string;
  readonly pod: string;
  /** Patroni's own words: `primary`, `replica`, `sync_standby`, `quorum_standby`. */
  readonly role: string;
  /** Patroni's own words: `running`, `streaming`, `starting`, `stopped`… */
  readonly state: string;
  readonly timeline?: number;
  /** Bytes of WAL that are not yet replayed, as of Patroni's last round. */
  readonly lagBytes?: number;
  readonly node?: string;
  /** `max_connections 100 → 200`. */
  readonly pendingRestart: readonly string[];
  readonly postgres?: string;
  readonly patroni?: string;
  /** When the server's certificate ends, ISO 8601. */
  readonly certificate?: string;
}

/** `now` is for the remaining days of certificates. */
export function statusReport(
  objects: Objects,
  answers: ReadonlyMap<string, Answer>,
  now: Date,
  work: Work = {},
): StatusReport {
  const members = membersOf(objects);
  const primaries = members.filter((member) => member.role === 'primary');
  const written = primaries[0]?.patroni.xlog_location;
  const sync = syncMembers(objects);
  return {
    cluster: objects.cluster,
    namespace: objects.namespace,
    ...(primaries[0] ? { primary: primaries[0].pod } : {}),
    members: members.map((member) => memberStatus(member, written, sync, answers.get(member.pod))),
    problems: problems(objects, members, answers, now, work),
  };
}

function problems(
  objects: Objects,
  members: readonly Member[],
  answers: ReadonlyMap<string, Answer>,
  now: Date,
  work: Work,
): string[] {
  const primaries = members.filter((member) => member.role === 'primary');
  const all = () => [
    ...(primaries.length === 1 ? standbyProblems(objects, primaries[0]!) : [primaryProblem(primaries)]),
    ...members.flatMap((member) => memberProblems(member, answers.get(member.pod), now)),
  ];
  const restored = restoreUnderWay(objects.cluster, work, members, now);
  // That its members stop is what it does.
  if (restored !== undefined) return primaries.length === 1 ? [restored, ...all()] : [restored];
  return asleep(objects, members) ?? all();
}

/** That it serves nobody is on purpose, and the one thing to know of it. */
function asleep({ cluster, statefulSets }: Objects, members: readonly Member[]): string[] | undefined {
  if (stoppedMembers(statefulSets).length === 0 || members.some(({ phase }) => phase !== undefined))
    return undefined;
  return [`${cluster} is hibernated; pgha start ${cluster} starts it`];
}

function primaryProblem(primaries: readonly Member[]): string {
  if (primaries.length === 0) return 'no member is primary: writes are refused';
  return `${primaries.map((member) => member.pod).join(' and ')} are both labelled primary`;
}

/**
 * Patroni promotes nobody but the leader and the synchronous standbys that its sync object names, and after a
 * failover it names none until a replica has caught up, some seconds later.
 */
function standbyProblems({ cluster, endpoints }: Objects, primary: Member): string[] {
  const settings = annotations(endpoints, `${cluster}-config`)['config'] ?? '';
  if (!/"synchronous_mode": *(true|"quorum")/.test(settings)) return [];
  const sync = annotations(endpoints, `${cluster}-sync`);
  if (sync['leader'] === primary.pod && sync['sync_standby']) return [];
  const commits = /"synchronous_mode_strict": *true/.test(settings)
    ? 'commits wait for a replica'
    : 'commits are on the primary alone';
  return [
    `no synchronous standby yet: ${commits}, and if ${primary.name} fails now, writes wait until it is back`,
  ];
}

function annotations(endpoints: readonly Endpoints[], name: string): Readonly<Record<string, string>> {
  return endpoints.find((candidate) => candidate.metadata.name === name)?.metadata.annotations ?? {};
}

/** Synchronous members, as Patroni keeps them in its sync object, and what it calls them in this mode. */
function syncMembers({ cluster, endpoints }: Objects): { names: readonly string[]; word: string } {
  const mode = annotations(endpoints, `${cluster}-config`)['config'] ?? '';
  const sync = endpoints.find((candidate) => candidate.metadata.name === `${cluster}-sync`);
  return {
    names: dcs(undefined, undefined, sync).synchronous,
    word: /"synchronous_mode": *"quorum"/.test(mode) ? 'quorum_standby' : 'sync_standby',
  };
}

function memberStatus(
  member: Member,
  written: number | undefined,
  sync: { names: readonly string[]; word: string },
  answer: Answer | undefined,
): MemberStatus {
  const { patroni, agent } = member;
  const replayed = patroni.replay_lsn ?? patroni.xlog_location;
  const lag = written === undefined || replayed === undefined ? undefined : Math.max(0, written - replayed);
  const gone = member.phase === undefined;
  const standby = member.role === 'replica' && sync.names.includes(member.name);
  return {
    member: member.name,
    pod: member.pod,
    role: standby ? sync.word : member.role,
    state: gone ? 'no pod' : (patroni.replication_state ?? patroni.state ?? member.phase ?? 'unknown'),
    ...(patroni.timeline === undefined ? {} : { timeline: patroni.timeline }),
    ...(member.role === 'primary' || lag === undefined ? {} : { lagBytes: lag }),
    ...(member.node === undefined ? {} : { node: member.node }),
    pendingRestart: pendingRestart(member),
    ...(answer && 'version' in answer ? { postgres: answer.version } : {}),
    ...(patroni.version === undefined ? {} : { patroni: patroni.version }),
    ...(agent.certificate === undefined ? {} : { certificate: agent.certificate }),
  };
}

function pendingRestart({ patroni, agent }: Member): string[] {
  const reasons = Object.entries(patroni.pending_restart_reason ?? {});
  if (reasons.length > 0)
    return reasons.map(([name, reason]) => `${name} ${reason.old_value ?? '?'} → ${reason.new_value ?? '?'}`);
  return [...(agent.pendingRestart ?? (patroni.pending_restart ? ['yes'] : []))];
}

/** A certificate is renewed after two thirds of its time: with less than this left, the renewal has failed. */
const shortDays = 10;

function memberProblems(member: Member, answer: Answer | undefined, now: Date): string[] {
  const { name, agent } = member;
  const problems = (agent.problems ?? []).map((problem) => `${name}: ${problem}`);
  if (member.phase === undefined) return [`${name}: its pod does not exist`, ...problems];
  if (!member.ready) problems.unshift(`${name}: its pod is ${member.phase}, not ready`);
  else if (answer && 'error' in answer) problems.unshift(`${name}: ${answer.error}`);
  if (agent.certificate) {
    const days = (Date.parse(agent.certificate) - now.getTime()) / 86_400_000;
    if (days <= 0) problems.push(`${name}: its certificate ended on ${agent.certificate}`);
    else if (days < shortDays) problems.push(`${name}: its certificate ends in ${Math.floor(days)} days`);
  }
  if (member.role === 'primary') problems.push(...archiveProblems(agent));
  return problems;
}

/** Only the primary archives; what an earlier one has published of itself is old. */
function archiveProblems({ archive = {}, gaps = [] }: Member['agent']): string[] {
  const failing = Object.entries(archive).filter(([, state]) => state !== 'ok');
  return [
    ...failing.map(([number, state]) => `repository ${number}: WAL does not arrive: ${state}`),
    ...gaps,
  ];
}

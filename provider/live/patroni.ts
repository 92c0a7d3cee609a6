/** What Patroni and the agent say in annotations, and what is asked of Patroni through its REST API. */
import { annotations, labels, memberOfPod } from '../manifests/names';
import { LiveError } from './errors';
import type { ContainerStatus, Endpoints, Pod } from './kinds';
import type { Live } from './live';

/** A pod of a member, as its annotations and conditions show it. */
export interface MemberState {
  readonly member: string;
  readonly pod: string;
  readonly uid: string;
  readonly deleting: boolean;
  readonly phase: string;
  readonly ready: boolean;
  /** Patroni's: `running`, `starting`, `creating replica`, … or empty. */
  readonly state: string;
  /** `primary`, `replica`, … or empty. */
  readonly role: string;
  readonly streaming: boolean;
  readonly timeline?: number;
  /** Position in WAL: written by a primary, received by a replica. */
  readonly position?: number;
  readonly fingerprint: Readonly<Record<string, string>>;
  readonly agent: AgentStatus;
  /** What keeps it from running, in Kubernetes' words. */
  readonly trouble?: string;
}

/** Annotation `postgres-ha.dev/status`, by config/scripts/agent.py. */
export interface AgentStatus {
  readonly config?: string;
  readonly databases?: string;
  readonly certificate?: string;
  readonly running?: Readonly<Record<string, string>>;
  readonly pendingRestart?: readonly string[];
  readonly systemIdentifier?: string;
  readonly problems?: readonly string[];
  /** Of the primary: whether WAL arrives, by number of the repository: `ok`, or what is wrong in pgBackRest's words. */
  readonly archive?: Readonly<Record<string, string>>;
}

interface PatroniStatus {
  readonly state?: string;
  readonly role?: string;
  readonly replication_state?: string;
  readonly timeline?: number;
  readonly xlog_location?: number;
  readonly receive_lsn?: number;
}

export function memberState(pod: Pod): MemberState {
  const { metadata, status } = pod;
  const patroni = parsed<PatroniStatus>(metadata.annotations?.['status']);
  return {
    member: metadata.labels?.[labels.member] ?? memberOfPod(metadata.name) ?? metadata.name,
    pod: metadata.name,
    uid: metadata.uid ?? '',
    deleting: metadata.deletionTimestamp !== undefined,
    phase: status?.phase ?? '',
    ready: status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') ?? false,
    state: patroni.state ?? '',
    role: patroni.role ?? '',
    streaming: patroni.state === 'running' && patroni.replication_state === 'streaming',
    timeline: patroni.timeline,
    position: patroni.receive_lsn ?? patroni.xlog_location,
    fingerprint: parsed<Record<string, string>>(metadata.annotations?.[annotations.fingerprint]) as Record<
      string,
      string
    >,
    agent: parsed<AgentStatus>(metadata.annotations?.[annotations.status]),
    trouble: troubleOf(pod),
  };
}

/** What is in Patroni's own objects. Names are pods' names without the ordinal: members. */
export interface Dcs {
  readonly leader?: string;
  readonly systemIdentifier?: string;
  /** Members that hold every acknowledged commit: the sync standbys. */
  readonly synchronous: readonly string[];
}

export function dcs(
  leader: Endpoints | undefined,
  config: Endpoints | undefined,
  sync: Endpoints | undefined,
): Dcs {
  const holder = leader?.metadata.annotations?.['leader'];
  const standbys = sync?.metadata.annotations?.['sync_standby'] ?? '';
  return {
    leader: holder ? memberOfPod(holder) : undefined,
    systemIdentifier: config?.metadata.annotations?.['initialize'] || undefined,
    synchronous: standbys.split(',').flatMap((pod) => memberOfPod(pod.trim()) ?? []),
  };
}

function parsed<T extends object>(text: string | undefined): Partial<T> {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null ? (value as T) : {};
  } catch {
    return {}; // somebody edited it; the next round of its owner writes it anew
  }
}

/** Reasons that pass by themselves and so are no trouble. */
const passing = ['ContainerCreating', 'PodInitializing'];

function troubleOf(pod: Pod): string | undefined {
  const { status } = pod;
  const unscheduled = status?.conditions?.find(
    (one) => one.type === 'PodScheduled' && one.status === 'False',
  );
  if (unscheduled) return `${unscheduled.reason ?? 'not scheduled'}: ${unscheduled.message ?? ''}`;
  for (const container of [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]) {
    const { waiting } = container.state ?? {};
    if (waiting?.reason && !passing.includes(waiting.reason))
      return `container ${container.name}: ${waitingText(container)}`;
  }
  return undefined;
}

function waitingText({ state, lastState }: ContainerStatus): string {
  const ended = lastState?.terminated;
  const before = ended
    ? `; it ended with ${ended.reason ?? 'an error'}, exit code ${ended.exitCode ?? '?'}`
    : '';
  return `${state?.waiting?.reason}${state?.waiting?.message ? `: ${state.waiting.message}` : ''}${before}`;
}

const tls = '/etc/postgres-ha/tls/replication';

/** Patroni's REST API, from inside the database container: writes need a certificate of the cluster's CA, which is there. */
export async function patroniPost(
  live: Live,
  namespace: string,
  pod: string,
  path: string,
  body: object,
  seconds: number,
): Promise<string> {
  const result = await live.exec(
    namespace,
    pod,
    'database',
    [
      'curl',
      '--silent',
      '--show-error',
      // The peer is this pod itself; a certificate that the user brings need not name localhost.
      '--insecure',
      ...['--cert', `${tls}/tls.crt`, '--key', `${tls}/tls.key`],
      ...['--max-time', String(seconds)],
      ...['--header', 'Content-Type: application/json', '--data', JSON.stringify(body)],
      ...['--write-out', '\n%{http_code}'],
      `https://localhost:8008${path}`,
    ],
    (seconds + 10) * 1000,
  );
  if (result.code !== 0)
    throw new LiveError(
      'Other',
      `Patroni of ${pod} does not answer: ${result.stderr.trim() || `curl ended with ${result.code}`}`,
    );
  const at = result.stdout.lastIndexOf('\n');
  const [answer, code] = [result.stdout.slice(0, at).trim(), Number(result.stdout.slice(at + 1))];
  if (code >= 300) throw new LiveError('Other', `Patroni of ${pod} refuses ${path}: ${answer} (${code})`);
  return answer;
}

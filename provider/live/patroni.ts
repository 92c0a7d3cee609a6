/** What Patroni and the agent say in annotations. */
import { annotations, labels, memberOfPod } from '../manifests/names';
import type { ContainerStatus, Endpoints, Pod } from './kinds';

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
  /** Parameters that wait for a restart, by Patroni. */
  readonly pending: Readonly<Record<string, { readonly from: string; readonly to: string }>>;
  /** Whether it has taken up that automatic failover is paused. */
  readonly paused: boolean;
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
  /** Settings and rules that PostgreSQL does not take, in its words; they are among `problems` too. */
  readonly refused?: readonly string[];
  /** Of the primary: whether WAL arrives, by number of the repository: `ok`, or what is wrong in pgBackRest's words. */
  readonly archive?: Readonly<Record<string, string>>;
  /** Of the primary: WAL that a repository has lost, as sentences, until a backup has begun after it (config/scripts/archive_gaps.py). */
  readonly gaps?: readonly string[];
  /** Of the member that makes a new cluster from a backup, as long as its pod lives. */
  readonly restore?: RestoreState;
  /** PostgreSQL and Patroni are kept stopped (config/scripts/fencing.py). */
  readonly fenced?: boolean;
  /** A restore in place keeps Patroni from running here, or has failed (config/scripts/in_place.py). */
  readonly inPlace?: InPlaceStatus;
  /** Bytes of the data volume, and the restores in place whose data of before it keeps (config/scripts/old_data.py). */
  readonly volume?: { readonly size: number; readonly free: number; readonly kept?: readonly string[] };
}

export interface InPlaceStatus {
  readonly id: string;
  readonly attempt: number;
  readonly state: 'waiting' | 'copying' | 'failed';
  readonly text?: string;
}

/** How far a restore has come (config/scripts/restore_state.py). */
export interface RestoreState {
  readonly phase?: 'files' | 'replay' | 'done' | 'failed';
  /** Of what is restored and how far: that of the Secret (config/restore-source.ts). */
  readonly digest?: string;
  /** Of a restore in place: its run and the attempt, such as "0123abcd 1". It is no new cluster then. */
  readonly inPlace?: string;
  /** Which try it is. */
  readonly tries?: number;
  /** Label of the backup. */
  readonly backup?: string;
  readonly bytes?: number;
  readonly total?: number;
  /** Last segment of WAL that the repository had when it began. */
  readonly end?: string;
  /** The segment that is replayed, and where it begins. */
  readonly segment?: string;
  readonly replayed?: string;
  /** Why WAL can't be read just now, in pgBackRest's words. */
  readonly waits?: string;
  /** Where recovery ended, on which timeline after that, and why. */
  readonly ended?: string;
  readonly timeline?: number;
  readonly reason?: string;
  /** It ended before WAL that was in the repository. */
  readonly short?: boolean;
  /** What it failed in, and how. */
  readonly during?: 'files' | 'replay';
  readonly problem?: string;
}

interface PatroniStatus {
  readonly state?: string;
  readonly role?: string;
  readonly replication_state?: string;
  readonly timeline?: number;
  readonly xlog_location?: number;
  readonly receive_lsn?: number;
  readonly pause?: boolean;
  readonly pending_restart_reason?: Readonly<
    Record<string, { readonly old_value?: string; readonly new_value?: string }>
  >;
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
    pending: Object.fromEntries(
      Object.entries(patroni.pending_restart_reason ?? {}).map(([name, { old_value, new_value }]) => [
        name,
        { from: old_value ?? 'default', to: new_value ?? 'default' },
      ]),
    ),
    paused: patroni.pause === true,
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

/** From Patroni's settings in the DCS, the annotation of NAME-config: how commits are synchronous, and whether it is paused. */
export function dcsSettings(config: Endpoints | undefined): { mode: string; paused: boolean } {
  const settings = parsed<{
    synchronous_mode?: boolean | string;
    synchronous_mode_strict?: boolean;
    pause?: boolean;
  }>(config?.metadata.annotations?.['config']);
  const { synchronous_mode: mode, synchronous_mode_strict: strict } = settings;
  const on = mode !== undefined && mode !== false && mode !== 'off';
  return {
    mode: !on ? 'async' : strict ? 'strict' : mode === 'quorum' ? 'quorum' : 'sync',
    paused: settings.pause === true,
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

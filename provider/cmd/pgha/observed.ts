/** What `pgha` knows of a cluster: the plain facts from which every report is made. */
import type { InPlaceStatus, RestoreState } from '../../live/patroni';
import type { Endpoints, Pod, StatefulSet } from '../../live/kinds';
import { annotations, labels, memberOfPod, podName } from '../../manifests/names';

/** A Service, with the fields we use. */
export interface Service {
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly clusterIP?: string; readonly ports?: readonly { readonly port: number }[] };
}

/** The Kubernetes objects of one cluster. */
export interface Objects {
  readonly cluster: string;
  readonly namespace: string;
  readonly statefulSets: readonly StatefulSet[];
  readonly pods: readonly Pod[];
  /** Of the pooler; absent without one. */
  readonly poolerPods?: readonly Pod[];
  readonly services: readonly Service[];
  readonly endpoints: readonly Endpoints[];
}

export type Role = 'primary' | 'replica' | 'unknown';

/** A member's answer to a real query. */
export type Answer = { readonly inRecovery: boolean; readonly version: string } | { readonly error: string };

/** What Patroni writes into the annotation `status` of its pod; only what we use. */
interface PatroniState {
  readonly state?: string;
  readonly role?: string;
  readonly version?: string;
  readonly timeline?: number;
  readonly xlog_location?: number;
  readonly receive_lsn?: number;
  readonly replay_lsn?: number;
  readonly replication_state?: string;
  readonly pending_restart?: boolean;
  readonly pending_restart_reason?: Readonly<Record<string, { old_value?: string; new_value?: string }>>;
}

/** What the agent publishes in its own annotation; only what we use. */
interface AgentState {
  readonly certificate?: string;
  readonly pendingRestart?: readonly string[];
  readonly problems?: readonly string[];
  /** By number of the repository: `ok`, or what is wrong. */
  readonly archive?: Readonly<Record<string, string>>;
  readonly gaps?: readonly string[];
  readonly inPlace?: InPlaceStatus;
  readonly restore?: RestoreState;
}

export interface Member {
  readonly name: string;
  readonly pod: string;
  readonly role: Role;
  /** Absent when there is no pod. */
  readonly phase?: string;
  readonly ready: boolean;
  readonly node?: string;
  readonly address?: string;
  readonly patroni: PatroniState;
  readonly agent: AgentState;
}

/** Members by name: those that a StatefulSet asks for, and those that have a pod all the same. */
export function membersOf(objects: Objects): Member[] {
  const pods = new Map(objects.pods.map((pod) => [pod.metadata.name, pod]));
  const names = new Set([
    ...objects.statefulSets.map((set) => set.metadata.name),
    ...objects.pods.flatMap((pod) => memberOfPod(pod.metadata.name) ?? []),
  ]);
  return [...names].sort(byNumber).map((name) => member(name, pods.get(podName(name))));
}

/** hippo-2 stands before hippo-10. */
function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

function member(name: string, pod: Pod | undefined): Member {
  const label = pod?.metadata.labels?.[labels.role];
  return {
    name,
    pod: podName(name),
    role: label === 'primary' || label === 'replica' ? label : 'unknown',
    phase: pod?.status?.phase,
    ready: pod?.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false,
    node: pod?.spec?.nodeName,
    address: pod?.status?.podIP,
    patroni: parsed<PatroniState>(pod?.metadata.annotations?.['status']),
    agent: parsed<AgentState>(pod?.metadata.annotations?.[annotations.status]),
  };
}

/** Others may write an annotation too: what is not JSON says nothing. */
function parsed<T extends object>(text: string | undefined): Partial<T> {
  try {
    return text === undefined ? {} : (JSON.parse(text) as T);
  } catch {
    return {};
  }
}

/** Addresses of an Endpoints object that are ready. */
export function readyAddresses(endpoints: Endpoints | undefined): string[] {
  const subsets = (endpoints?.subsets ?? []) as readonly { addresses?: readonly { ip?: string }[] }[];
  return subsets.flatMap((subset) => subset.addresses ?? []).flatMap(({ ip }) => ip ?? []);
}

/** What the Rollout is told by the component. Nothing in it is secret but the kubeconfig. */
import type { ConnectionInputs } from '../core/inputs';

export interface RolloutInputs extends ConnectionInputs {
  readonly cluster: string;
  readonly namespace: string;
  /** The members that shall exist, in order; all others of the cluster are leaving. */
  readonly members: readonly MemberInput[];
  readonly synchronous: { readonly mode: string; readonly number: number };
  /**
   * Wanted values of parameters that only a restart changes, as the configuration writes them
   * ("512MB", "100", "on"); the agent publishes the running ones.
   */
  readonly restartParameters: Readonly<Record<string, string>>;
  /** SHA-256 (hex) of the text of `dcs.yaml`: the leader's agent publishes what it has taken up. */
  readonly config: string;
  /** SHA-256 (hex) of the text of `databases.yaml`. */
  readonly databases: string;
  /** Numbers of the repositories: the cluster is ready when WAL arrives in each. Absent in state of a version without backups. */
  readonly repositories?: readonly number[];
  /** `rolling`, `inPlace` or `manual`. Absent in state of a version without it: rolling. */
  readonly restartPolicy?: string;
  /** `retain` or `delete`: the volumes of members that leave. Absent: retain. */
  readonly removedData?: string;
  /** Seconds without any progress after which waiting is given up. Default: 600. */
  readonly patience?: number;
  readonly deletionPolicy: string;
}

export interface MemberInput {
  readonly name: string;
  /** The annotation `postgres-ha.dev/fingerprint` of its pod template, as a map. */
  readonly fingerprint: Readonly<Record<string, string>>;
  /** Restart-only parameters of this member alone; they override `restartParameters`. */
  readonly restartParameters: Readonly<Record<string, string>>;
}

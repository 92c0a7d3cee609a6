/** A cluster of Patroni's whose StatefulSets are stopped and started: pods come and go with `replicas`. */
import assert from 'node:assert/strict';
import type { RolloutInputs } from '../../../../provider/actions/rollout/inputs';
import type { Kind, Kinds } from '../../../../provider/live/kinds';
import { labels } from '../../../../provider/manifests/names';
import { PatroniWorld } from './patroni-world';

export function rolloutOf(members: readonly string[]): RolloutInputs {
  return {
    cluster: 'hippo',
    namespace: 'ns',
    members: members.map((name) => ({ name, fingerprint: {}, restartParameters: {} })),
    restartParameters: {},
    synchronous: { mode: 'strict', number: 1 },
    config: '',
    databases: '',
    deletionPolicy: 'retain',
  };
}

export class SleepyWorld extends PatroniWorld {
  readonly order: string[] = [];
  /** Ends the process after so many changes of StatefulSets and CronJobs. */
  left = Infinity;

  constructor(
    private readonly names: readonly string[],
    leader: string,
  ) {
    const running = Object.fromEntries(names.map((name) => [name, { fingerprint: {}, running: {} }]));
    super(rolloutOf(names), running, leader);
    const own = { [labels.cluster]: 'hippo' };
    this.put('StatefulSet', { metadata: { name: 'hippo-repo', labels: own }, spec: {} });
    const job = { jobTemplate: {} };
    this.put('CronJob', { metadata: { name: 'hippo-full-repo1', labels: own }, spec: job });
    this.put('CronJob', { metadata: { name: 'hippo-renew-certificates', labels: own }, spec: job });
    this.put('CronJob', {
      metadata: { name: 'hippo-backup-repo1', labels: own },
      spec: { ...job, suspend: true },
    });
  }

  /** Whether this change is the one before which the process ends. */
  protected counts(kind: Kind): boolean {
    return kind === 'StatefulSet' || kind === 'CronJob';
  }

  protected counted(kind: Kind): void {
    if (this.counts(kind) && this.left-- <= 0) throw new Error('killed');
  }

  override async patch<K extends Kind>(kind: K, ns: string, name: string, patch: object): Promise<Kinds[K]> {
    this.counted(kind);
    const done = await super.patch(kind, ns, name, patch);
    const replicas = kind === 'StatefulSet' ? (done as Kinds['StatefulSet']).spec?.replicas : undefined;
    if (replicas === 0 && this.pods.has(name)) {
      this.order.push(`-${name}`);
      assert.ok(name !== this.leader || this.pods.size === 1, 'the primary is the last to go');
      this.pods.delete(name);
      this.drop('Pod', `${name}-0`);
      if (name === this.leader) this.leader = undefined;
    } else if (replicas === 1 && this.names.includes(name) && !this.pods.has(name)) {
      this.order.push(`+${name}`);
      this.pods.set(name, { uid: `new-${name}-${this.order.length}`, down: 2, fingerprint: {}, running: {} });
    }
    this.show();
    return done;
  }
}

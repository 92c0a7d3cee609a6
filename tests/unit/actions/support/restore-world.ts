/** A cluster with published backups, whose members do what a restore in place asks of them. It notes what must not happen. */
import { readIntent, type RestoreIntent } from '../../../../provider/config/restore-intent';
import type { Job, Kind, Kinds } from '../../../../provider/live/kinds';
import { annotations, labels } from '../../../../provider/manifests/names';
import { SleepyWorld } from './sleepy-world';

const at = (time: string) => Date.parse(`2026-11-24T${time}Z`) / 1000;
const backup = (label: string, time: string, wal: string) => ({
  label,
  type: 'full',
  stop: at(time),
  walStart: wal,
  walStop: wal,
  lsnStop: `0/${wal.slice(-1)}000100`,
  databaseBytes: 100 * 2 ** 20,
});

export class RestoreWorld extends SleepyWorld {
  free = 10 * 2 ** 30;
  timeline = 1;
  /** What the restored member says why it failed. */
  fails: string | undefined;
  /** What the members were asked, once for each change. */
  readonly intents: RestoreIntent[] = [];
  readonly errors: string[] = [];
  private initialized = true;
  private restoring = 0;

  constructor(members: readonly string[], leader: string) {
    super(members, leader);
    const backups = [
      backup('20261124-080000F', '08:00:00', '000000010000000000000002'),
      backup('20261124-090000F', '09:00:00', '000000010000000000000004'),
    ];
    this.put('ConfigMap', {
      metadata: { name: 'hippo-backups' },
      data: {
        'repo1.json': JSON.stringify({ status: 'ok', backups, walMax: '000000010000000000000004' }),
      },
    });
    const template = { spec: { args: ['backup', 'incr'] } };
    this.put('CronJob', {
      metadata: { name: 'hippo-backup-repo1', labels: { [labels.cluster]: 'hippo' } },
      spec: { suspend: true, jobTemplate: template },
    });
    this.show();
    this.changes = 0;
  }

  /** Any change may be the last. A lock that is left behind is the core's affair. */
  protected override counts(kind: Kind): boolean {
    return kind !== 'Lease';
  }

  override async create<K extends Kind>(kind: K, object: Kinds[K]): Promise<Kinds[K]> {
    this.counted(kind);
    return await super.create(kind, object);
  }

  override async replace<K extends Kind>(kind: K, object: Kinds[K]): Promise<Kinds[K]> {
    this.counted(kind);
    return await super.replace(kind, object);
  }

  override async patch<K extends Kind>(kind: K, ns: string, name: string, patch: object): Promise<Kinds[K]> {
    const clears = kind === 'Endpoints' && JSON.stringify(patch).includes(':null');
    if (clears && this.pods.size > 0)
      this.errors.push(`${name} is cleared while ${[...this.pods.keys()].join()} run`);
    const before = this.pods.size;
    const done = await super.patch(kind, ns, name, patch);
    if (clears && name === 'hippo-config') {
      if (!(done as Kinds['Endpoints']).metadata.annotations?.['config'])
        this.errors.push('settings are lost');
      this.initialized = false;
    }
    if (kind === 'ConfigMap' && name === 'hippo-config') {
      const asked = readIntent((done as Kinds['ConfigMap']).data);
      if (asked && JSON.stringify(asked) !== JSON.stringify(this.intents.at(-1))) this.intents.push(asked);
    }
    if (kind === 'StatefulSet' && this.pods.size > before) this.started(name);
    this.show();
    return done;
  }

  /** What the start of a member's container does. */
  private started(name: string): void {
    const asked = readIntent(this.peek('ConfigMap', 'hippo-config')?.data);
    if (!asked) return;
    if (asked.stage === 'leader') {
      if (name !== asked.leader) this.errors.push(`${name} starts while ${asked.leader} is restored`);
      if (this.initialized) this.errors.push('Patroni would not take the restored data');
      this.restoring = 3;
    } else if (this.leader === undefined) this.errors.push(`${name} is made anew before anybody leads`);
  }

  override tick(): void {
    for (const job of this.all('Job'))
      if (!job.status)
        this.put('Job', { ...job, status: { conditions: [{ type: 'Complete', status: 'True' }] } } as Job);
    if (this.restoring > 0 && this.fails === undefined && --this.restoring === 0) this.initialized = true;
    if (this.restoring > 0) return this.show();
    super.tick();
  }

  override show(): void {
    super.show();
    const asked = readIntent(this.peek('ConfigMap', 'hippo-config')?.data);
    for (const name of this.pods?.keys() ?? []) {
      const pod = this.peek('Pod', `${name}-0`)!;
      const { status, [annotations.status]: agent, ...rest } = pod.metadata.annotations ?? {};
      const inPlace =
        asked && this.restoring > 0 && name === asked.leader
          ? {
              id: asked.id,
              attempt: asked.attempt,
              state: this.fails === undefined ? 'copying' : 'failed',
              text: this.fails ?? `backup ${asked.backup}`,
            }
          : undefined;
      const kept = this.volume(name);
      this.put('Pod', {
        ...pod,
        metadata: {
          ...pod.metadata,
          annotations: {
            ...rest,
            status: inPlace
              ? '{}'
              : JSON.stringify({ ...(JSON.parse(status!) as object), timeline: this.timeline }),
            [annotations.status]: JSON.stringify({
              ...(JSON.parse(agent!) as object),
              volume: kept,
              ...(name === this.leader ? { archive: { 1: 'ok' } } : {}),
              ...(inPlace ? { inPlace } : {}),
            }),
          },
        },
      });
    }
    const config = this.peek('Endpoints', 'hippo-config');
    if (!this.initialized && config) {
      const { initialize: _gone, ...left } = config.metadata.annotations ?? {};
      this.put('Endpoints', { ...config, metadata: { ...config.metadata, annotations: left } });
    }
  }

  private volume(_member: string): object {
    const ids = [...new Set((this.intents ?? []).map(({ id }) => id))];
    return { size: 20 * 2 ** 30, free: this.free, kept: ids };
  }
}

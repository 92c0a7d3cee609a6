/** A world with a cluster of Patroni's: pods that start and stream, a leader, switchovers, restarts. It counts what must not happen. */
import { createHash } from 'node:crypto';
import type { Kind } from '../../../../provider/live/kinds';
import type { ExecResult } from '../../../../provider/live/live';
import { annotations, labels } from '../../../../provider/manifests/names';
import { listedMembers } from '../../../../provider/actions/members/listed';
import type { MemberInput, RolloutInputs } from '../../../../provider/actions/rollout/inputs';
import { World } from './world';

interface Member {
  uid: string;
  /** Ticks until it streams again; 0: it is up. */
  down: number;
  fingerprint: Record<string, string>;
  running: Record<string, string>;
  /** It has started, and its agent has not asked it yet: nothing of PostgreSQL is published. */
  unasked?: boolean;
  /** How often PostgreSQL was started: Patroni's postmaster_start_time. */
  starts?: number;
}

export class PatroniWorld extends World {
  readonly pods = new Map<string, Member>();
  leader: string | undefined;
  switchovers: string[] = [];
  /** Names of members that went down, in order. */
  downs: string[] = [];
  greatestDown = 0;
  paused = false;
  /** Times that the leader went down without a switchover before. */
  leaderLost = 0;
  settings: Record<string, string>;
  private nextUid = 0;

  constructor(
    readonly inputs: RolloutInputs,
    running: Record<string, { fingerprint: Record<string, string>; running: Record<string, string> }>,
    leader: string | undefined,
  ) {
    super();
    this.leader = leader;
    this.settings = { ...inputs.restartParameters };
    for (const [name, one] of Object.entries(running))
      this.pods.set(name, { uid: `pod-${this.nextUid++}`, down: 0, ...one });
    for (const wanted of inputs.members) this.statefulSet(wanted);
    this.put('ConfigMap', {
      metadata: { name: `${inputs.cluster}-config` },
      data: { 'dcs.yaml': 'dcs', 'databases.yaml': 'db' },
    });
    this.show();
    this.changes = 0;
  }

  private statefulSet(wanted: MemberInput): void {
    const template = {
      metadata: { annotations: { [annotations.fingerprint]: JSON.stringify(wanted.fingerprint) } },
    };
    const own = { [labels.cluster]: this.inputs.cluster, [labels.member]: wanted.name };
    this.put('StatefulSet', { metadata: { name: wanted.name, labels: own }, spec: { template } });
  }

  /** Writes what the members are into the objects that an observer reads. */
  show(): void {
    const { cluster } = this.inputs;
    const fenced = listedMembers(this.peek('ConfigMap', `${cluster}-config`), 'fenced.json');
    for (const [name, member] of this.pods) {
      const wasFenced = member.down === Infinity;
      if (fenced.includes(name)) member.down = Infinity;
      else if (wasFenced) this.start(member, 1);
      const leads = name === this.leader;
      const up = member.down === 0;
      const patroni = up
        ? {
            state: 'running',
            role: leads ? 'primary' : 'replica',
            ...(leads ? {} : { replication_state: 'streaming' }),
            ...(this.paused ? { pause: true } : {}),
          }
        : { state: 'starting' };
      const pendingRestart = Object.keys(this.settings).filter(
        (key) => member.running[key] !== this.settings[key],
      );
      const agent = {
        ...(member.unasked ? {} : { running: member.running, pendingRestart }),
        ...(leads ? { config: sha('dcs'), databases: sha('db') } : {}),
        ...(fenced.includes(name) ? { fenced: true } : {}),
      };
      this.put('Pod', {
        metadata: {
          name: `${name}-0`,
          uid: member.uid,
          labels: { [labels.cluster]: cluster, [labels.member]: name },
          annotations: {
            status: JSON.stringify(patroni),
            [annotations.status]: JSON.stringify(agent),
            [annotations.fingerprint]: JSON.stringify(member.fingerprint),
          },
        },
        status: { phase: 'Running', conditions: [{ type: 'Ready', status: up ? 'True' : 'False' }] },
      });
    }
    const common = { [labels.cluster]: cluster };
    const replicas = [...this.pods]
      .filter(([name, { down }]) => name !== this.leader && down === 0)
      .map(([name]) => `${name}-0`);
    this.put('Endpoints', {
      metadata: {
        name: cluster,
        labels: common,
        annotations: this.leader ? { leader: `${this.leader}-0` } : {},
      },
    });
    this.put('Endpoints', {
      metadata: {
        name: `${cluster}-config`,
        labels: common,
        annotations: {
          initialize: '7000',
          config: JSON.stringify({
            synchronous_mode: this.inputs.synchronous.mode === 'async' ? false : this.inputs.synchronous.mode,
            ...(this.paused ? { pause: true } : {}),
          }),
        },
      },
    });
    this.put('Endpoints', {
      metadata: {
        name: `${cluster}-sync`,
        labels: common,
        annotations: { sync_standby: replicas.join(',') },
      },
    });
    const down = this.inputs.members.filter(({ name }) => (this.pods.get(name)?.down ?? 1) > 0).length;
    this.greatestDown = Math.max(this.greatestDown, down);
  }

  override tick(): void {
    for (const member of this.pods.values())
      if (member.down > 0) member.down--;
      else member.unasked = false;
    if (this.leader === undefined) {
      const first = [...this.pods].find(([, { down }]) => down === 0);
      if (first) this.leader = first[0];
    }
    this.show();
  }

  /** Whether an old primary that starts anew as a replica counts among `downs`. */
  countsSwitchovers = false;

  private start(member: Member, ticks: number): void {
    member.starts = (member.starts ?? 0) + 1;
    member.running = { ...this.settings };
    member.unasked = true;
    member.down = ticks;
  }

  private now(name: string): object {
    const { down = 1, starts = 0 } = this.pods.get(name) ?? {};
    if (down > 0) return { state: 'starting' };
    const role =
      name === this.leader ? { role: 'primary' } : { role: 'replica', replication_state: 'streaming' };
    return { state: 'running', ...role, postmaster_start_time: `start ${starts}` };
  }

  private takeDown(name: string, ticks: number): void {
    this.downs.push(name);
    const member = this.pods.get(name)!;
    member.down = ticks;
    member.running = { ...this.settings };
    member.unasked = true;
    if (name === this.leader) {
      this.leaderLost++;
      // Patroni fails over when it can.
      this.leader = [...this.pods].find(([other, { down }]) => other !== name && down === 0)?.[0] ?? name;
    }
  }

  override deleted(kind: Kind, pod: string): void {
    if (kind !== 'Pod') return;
    const name = pod.slice(0, -2);
    const wanted = this.inputs.members.find((one) => one.name === name);
    if (!wanted) return void this.pods.delete(name);
    const member = this.pods.get(name)!;
    member.uid = `pod-${this.nextUid++}`;
    member.fingerprint = { ...wanted.fingerprint };
    this.takeDown(name, 3);
    this.show();
  }

  override run(pod: string, command: readonly string[]): ExecResult {
    const name = pod.slice(0, -2);
    const ok = (text: string): ExecResult => ({ stdout: `${text}\n200`, stderr: '', code: 0 });
    if (command[0] === 'psql') return ok('');
    if (command.includes('GET')) return ok(JSON.stringify(this.now(name)));
    const body = JSON.parse(command[command.indexOf('--data') + 1] ?? '{}') as {
      leader?: string;
      candidate?: string;
      pause?: boolean | null;
    };
    if (command.includes('PATCH')) {
      this.paused = body.pause === true;
      this.show();
      return ok('{}');
    }
    if (command.at(-1)?.endsWith('/reinitialize')) {
      this.downs.push(name);
      this.start(this.pods.get(name)!, 4);
      this.show();
      return ok('reinitialize started');
    }
    if (command.at(-1)?.endsWith('/restart')) {
      const leads = name === this.leader;
      this.downs.push(name);
      const member = this.pods.get(name)!;
      this.start(member, leads ? 0 : 1);
      this.show();
      return ok('restarted');
    }
    // Without a candidate Patroni takes any synchronous standby: here the last, which is not what the planner would name.
    const able = [...this.pods]
      .filter(([one, { down }]) => one !== this.leader && down === 0)
      .map(([one]) => one);
    const candidate = body.candidate?.slice(0, -2) ?? able.at(-1) ?? '';
    if (body.leader !== `${this.leader}-0` || this.pods.get(candidate)?.down !== 0)
      return { stdout: 'refused\n412', stderr: '', code: 0 };
    const old = this.leader!;
    this.switchovers.push(`${old} → ${candidate}`);
    this.leader = candidate;
    const member = this.pods.get(old)!;
    this.start(member, 1); // it starts anew as a replica
    this.downs.push(...(this.countsSwitchovers ? [old] : []));
    this.show();
    return ok('switched over');
  }
}

function sha(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * Which members answer a query, each asked on its own address. What kubelet calls ready is something else: a standby
 * whose primary hands over is not, while it serves its readers.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../local/until';
import type { DeployedCluster } from './cluster';
import { StatementError, type Connection } from './connection';
import type { Target } from './targets';

const interval = 100;
/** A busy machine is slow to connect; that is no answer in either way. */
const connectDeadline = 3000;
/** A member that says nothing for so long is down. */
const answerDeadline = 5000;

export class Answering {
  private readonly members = new Map<string, { answers: boolean; loop: Promise<void> }>();
  private following = true;
  private down = 0;

  private constructor(
    private readonly hippo: DeployedCluster,
    private readonly expected: number,
  ) {}

  /** Begins when `expected` members answer: how many of so many do not, is counted from then on. */
  static async of(hippo: DeployedCluster, expected: number): Promise<Answering> {
    const answering = new Answering(hippo, expected);
    await until(`${expected} members answer`, 60, () => {
      answering.look();
      return Promise.resolve(answering.missing <= 0);
    });
    answering.down = 0;
    return answering;
  }

  /** The most that did not answer at a time. */
  async stop(): Promise<number> {
    this.following = false;
    await Promise.all([...this.members.values()].map(({ loop }) => loop));
    return this.down;
  }

  /** Takes up members that came since. */
  private look(): void {
    for (const target of this.hippo.memberTargets())
      if (!this.members.has(target.name))
        this.members.set(target.name, { answers: false, loop: this.follow(target) });
  }

  private get missing(): number {
    return this.expected - [...this.members.values()].filter(({ answers }) => answers).length;
  }

  private async follow(target: Target): Promise<void> {
    let connection: Connection | undefined;
    while (this.following) {
      try {
        connection ??= await target.open(connectDeadline);
        await connection.query('select 1', [], answerDeadline);
        this.members.get(target.name)!.answers = true;
      } catch (error) {
        if (connection || refused(error)) this.members.get(target.name)!.answers = false;
        this.down = Math.max(this.down, this.missing);
        connection?.destroy();
        connection = undefined;
      }
      this.look();
      await pause(interval);
    }
    connection?.destroy();
  }
}

/** Not: too slow to connect. */
function refused(error: unknown): boolean {
  return error instanceof StatementError && !error.message.startsWith('no connection to');
}

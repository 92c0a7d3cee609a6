/**
 * Asks each member for a *write*, on its own address, ten times a second: what a member calls
 * itself proves nothing, what it accepts does. tests/support/acceptors.ts reads the answers.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Probe } from './acceptors';
import type { Connection } from './connection';
import type { Target } from './targets';

const interval = 100;
const connectDeadline = 500;
/** A commit that waits for its replica is not accepted yet; it is given up after this. */
const answerDeadline = 1500;

export class WriteProbes {
  private readonly answers: Probe[] = [];
  private readonly loops: Promise<void>[];
  private stopped = false;
  private nextId = 1;

  /** One target a member; each finds the member's present address by itself. */
  constructor(members: readonly Target[]) {
    this.loops = members.map((member) => this.loop(member));
  }

  get probes(): readonly Probe[] {
    return this.answers;
  }

  async stop(): Promise<readonly Probe[]> {
    this.stopped = true;
    await Promise.all(this.loops);
    return this.answers;
  }

  private async loop(member: Target): Promise<void> {
    let connection: Connection | undefined;
    while (!this.stopped) {
      const started = performance.now();
      connection = await this.ask(member, connection);
      await pause(Math.max(0, interval - (performance.now() - started)));
    }
    connection?.destroy();
  }

  /** Asks once; returns the connection if it can be used again. */
  private async ask(member: Target, open: Connection | undefined): Promise<Connection | undefined> {
    let connection = open?.usable ? open : undefined;
    try {
      connection ??= await member.open(connectDeadline);
    } catch {
      return undefined; // Not there: neither accepted nor refused.
    }
    const id = this.nextId++;
    const invoked = performance.now();
    const answer = (accepted: boolean): void => {
      this.answers.push({ member: member.name, id, invoked, completed: performance.now(), accepted });
    };
    try {
      const text = 'select workload_probe($1, $2) as accepted';
      const { rows } = await connection.query(text, [member.name, id], answerDeadline);
      answer(rows[0]?.accepted === true);
    } catch {
      answer(false);
    }
    return connection.usable ? connection : undefined;
  }
}

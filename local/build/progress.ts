// Progress of something long on stderr: what, how long so far, how long it took last time.
// On a terminal one line that rewrites itself; elsewhere (CI logs) a line now and then.

const terminalEvery = 500;
const logEvery = 20_000;

export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${seconds < 10 ? seconds.toFixed(1) : whole} s`;
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

export class Progress {
  private readonly began = Date.now();
  private readonly terminal = Boolean(process.stderr.isTTY);
  private readonly timer: NodeJS.Timeout;
  private latest = '';

  constructor(
    private readonly what: string,
    private readonly last?: number,
  ) {
    this.print();
    this.timer = setInterval(() => this.print(), this.terminal ? terminalEvery : logEvery);
    this.timer.unref();
  }

  seconds(): number {
    return (Date.now() - this.began) / 1000;
  }

  detail(line: string): void {
    this.latest = line.trim();
  }

  end(line: string): void {
    clearInterval(this.timer);
    process.stderr.write(this.terminal ? `\r\x1b[2K${line}\n` : `${line}\n`);
  }

  private print(): void {
    const before = this.last ? `, took ${duration(this.last)} last time` : '';
    const line = `${this.what}: ${duration(this.seconds())} so far${before}`;
    if (!this.terminal) {
      process.stderr.write(`${line}\n`);
      return;
    }
    const width = process.stderr.columns || 80;
    process.stderr.write(`\r\x1b[2K${`${line}  ${this.latest}`.slice(0, width - 1)}`);
  }
}

/**
 * For tests only: interrupts a run at a step boundary. The variable
 * PULUMI_POSTGRES_HA_TEST_FAULT holds `KIND STEP before|after WHAT`, say `Restart 2 before kill`;
 * STEP counts from 1 the steps that this process performs. WHAT is
 * `kill` (SIGKILL of this process), `stop` (as after a second Ctrl-C), `fail` (an error), or
 * `hold` (waits until the engine is gone or a signal came, so that a test can kill it meanwhile).
 */
export type FaultPlace = 'before' | 'after';

export async function fault(
  kind: string,
  step: number,
  place: FaultPlace,
  signal: AbortSignal,
  given = process.env['PULUMI_POSTGRES_HA_TEST_FAULT'],
): Promise<'stop' | undefined> {
  if (!given) return undefined;
  const [wantedKind, wantedStep, wantedPlace, what] = given.split(' ');
  if (kind !== wantedKind || step !== Number(wantedStep) || place !== wantedPlace) return undefined;
  switch (what) {
    case 'kill':
      process.kill(process.pid, 'SIGKILL');
      return undefined;
    case 'stop':
      return 'stop';
    case 'fail':
      throw new Error('PULUMI_POSTGRES_HA_TEST_FAULT says so');
    case 'hold':
      await new Promise<void>((resolve) => {
        if (signal.aborted) return resolve();
        // The timer keeps the process alive.
        const timer = setInterval(() => undefined, 1_000);
        signal.addEventListener('abort', () => {
          clearInterval(timer);
          resolve();
        });
      });
      return undefined;
    default:
      throw new Error(
        `PULUMI_POSTGRES_HA_TEST_FAULT: "${given}" is not KIND STEP before|after kill|stop|fail|hold`,
      );
  }
}

/** The parts of a test run: each is timed, and all are added up in one closing line. */

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Title and message of each that failed: among thousands of lines they must be found again at the end. */
  readonly failures: readonly string[];
  /** Files that were not begun, for lack of time. */
  readonly notRun: readonly string[];
}

export const noTests: Counts = { passed: 0, failed: 0, skipped: 0, failures: [], notRun: [] };

export function added(a: Counts, b: Counts): Counts {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
    failures: [...a.failures, ...b.failures],
    notRun: [...a.notRun, ...b.notRun],
  };
}

/** A check that is not a mocha run counts as one test. */
export function asOneTest(ok: boolean): Counts {
  return { ...noTests, ...(ok ? { passed: 1 } : { failed: 1 }) };
}

/** What failed, and last the line that CI reads: it must stand alone on its line, and only once. */
export function close(counts: Counts): void {
  for (const file of counts.notRun)
    console.log(`NOT RUN ${file}: the time was over; \`npm run test:all\` takes as long as it takes`);
  for (const failure of counts.failures) console.log(`FAILED ${failure}`);
  console.log(closingLine(counts));
}

function closingLine(counts: Counts): string {
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  return `${counts.passed} passed, ${counts.failed} failed${skipped}`;
}

/** Runs one part and says how long it took. A part that throws has failed as one test. */
export async function part(title: string, run: () => Promise<Counts>): Promise<Counts> {
  const started = performance.now();
  let counts: Counts;
  try {
    counts = await run();
  } catch (error) {
    console.error(`${title}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    counts = asOneTest(false);
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const verdict = counts.failed > 0 ? `FAILED (${counts.failed})` : 'ok';
  console.log(`== ${title}: ${verdict}, ${counts.passed + counts.failed} tests, ${seconds} s`);
  // What is no mocha run has no titles.
  return counts.failed > 0 && counts.failures.length === 0 ? { ...counts, failures: [title] } : counts;
}

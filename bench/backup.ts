/**
 * Backups of 1 GB to a local repository, as `pgha backup` takes them (pod start and publication included): time, what is
 * added to the repository, processor time. Bars: an incremental one of an unchanged cluster ≤ 5 s and ≤ 1 % of the data;
 * with 1 % of the pages touched, none beside another, ≤ 5 % of a full one.
 */
import { backUp, filledCluster, firstBackup, touch, type FilledCluster } from './filled-cluster';
import { numbers } from './options';
import { withProcessorTime, type ProcessorTime } from './processor-time';
import { keep, machine } from './results';
import { figures, seconds, table } from './statistics';

interface Taken {
  readonly milliseconds: number;
  /** By pgBackRest's own clock, which counts whole seconds. */
  readonly copySeconds: number;
  readonly databaseBytes: number;
  readonly addedBytes: number;
  readonly used: ProcessorTime;
}

const kinds = [
  { title: 'full', type: 'full', bar: '' },
  { title: 'incr, nothing changed', type: 'incr', bar: '≤ 5 s, ≤ 1 % of the data' },
  { title: 'incr, 1 % of pages touched', type: 'incr', bar: '≤ 5 % of a full one' },
  { title: 'diff, the same 1 %', type: 'diff', bar: '' },
] as const;

export async function backup(): Promise<void> {
  const { rounds, megabytes } = numbers({ rounds: 2, megabytes: 1024 });
  const on = machine();
  const filled = await filledCluster('bench-backup', megabytes);
  try {
    await firstBackup(filled.cluster);
    const found: Taken[][] = kinds.map(() => []);
    for (let round = 1; round <= rounds; round++)
      for (const [index, { title, type }] of kinds.entries()) {
        if (title.startsWith('incr, 1 %')) await changed(filled, round);
        const taken = await measured(filled, type);
        found[index]!.push(taken);
        console.log(
          `${round}/${rounds} ${title}: ${seconds(taken.milliseconds)} s, ${taken.addedBytes} bytes added`,
        );
      }
    const full = median(found[0]!.map(({ addedBytes }) => addedBytes));
    const results = kinds.map(({ title, bar }, index) => summary(title, bar, found[index]!, full));
    console.log(`\n${rendered(results)}\n`);
    keep('backup', on, { megabytes, kinds: results });
  } finally {
    await filled.close();
  }
}

async function changed(filled: FilledCluster, round: number): Promise<void> {
  await touch(filled, round);
  await filled.sql('checkpoint');
}

async function measured(filled: FilledCluster, type: string): Promise<Taken> {
  const started = performance.now();
  let milliseconds = 0;
  const { result, used } = await withProcessorTime(filled.cluster, async () => {
    const taken = await backUp(filled, type);
    milliseconds = performance.now() - started;
    return taken;
  });
  const { start, stop, databaseBytes, addedBytes } = result;
  return { milliseconds, copySeconds: stop - start, databaseBytes, addedBytes, used };
}

function summary(title: string, bar: string, taken: readonly Taken[], full: number) {
  const added = median(taken.map(({ addedBytes }) => addedBytes));
  return {
    title,
    bar,
    time: figures(taken.map(({ milliseconds }) => milliseconds)),
    addedBytes: added,
    percentOfData: (100 * added) / median(taken.map(({ databaseBytes }) => databaseBytes)),
    percentOfFull: (100 * added) / full,
    processorSeconds: median(taken.map(({ used }) => Object.values(used).reduce((sum, one) => sum + one, 0))),
    taken,
  };
}

function rendered(results: readonly ReturnType<typeof summary>[]): string {
  const head = ['backup', 's', 's at most', 'MiB added', '% of data', '% of full', 'CPU s', 'bar'];
  const rows = results.map((one) => [
    one.title,
    seconds(one.time.median),
    seconds(one.time.max),
    (one.addedBytes / 2 ** 20).toFixed(1),
    one.percentOfData.toFixed(2),
    one.percentOfFull.toFixed(2),
    one.processorSeconds.toFixed(1),
    one.bar,
  ]);
  return table(head, rows);
}

function median(values: readonly number[]): number {
  return figures(values).median;
}

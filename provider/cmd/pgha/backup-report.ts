/** `pgha show backup`: what the jobs have published of each repository (config/scripts/backup_report.py). Pure. */
import { sizeText } from '../../config/quantity';
import { columns } from './columns';

export interface PublishedBackup {
  readonly label: string;
  readonly type: string;
  /** Seconds since 1970. */
  readonly start: number;
  readonly stop: number;
  readonly databaseBytes: number;
  readonly addedBytes: number;
  readonly error: boolean;
}

export interface PublishedRepository {
  readonly repository: number;
  readonly status: string;
  readonly cipher: string;
  readonly backups: readonly PublishedBackup[];
  readonly walMin?: string | null;
  readonly walMax?: string | null;
  /** WAL that the repository will never get, as names of files (config/scripts/archive_gaps.py). */
  readonly gaps?: readonly { readonly from: string; readonly to: string }[];
  readonly verification?: PublishedVerification;
  readonly trial?: PublishedTrial;
}

/** What the last verification found (config/scripts/verify.py). */
export interface PublishedVerification {
  readonly ok: boolean;
  /** When it ended, seconds since 1970. */
  readonly at: number;
  readonly seconds: number;
  readonly backups: number;
  readonly files: number;
  readonly wal: number;
  readonly problems: readonly string[];
}

/** What the last test restore found (config/scripts/test_restore.py). */
export interface PublishedTrial {
  readonly ok: boolean;
  readonly at: number;
  readonly seconds: number;
  readonly problem?: string;
  readonly backup?: string;
  readonly restoreSeconds?: number;
  readonly replaySeconds?: number;
  /** Of the last transaction that was replayed, seconds since 1970. */
  readonly dataTime?: number;
  readonly answer?: string;
}

/** From the data of ConfigMap `NAME-backups`; a key that is not ours, or not readable, is left out. */
export function published(data: Readonly<Record<string, string>> | undefined): PublishedRepository[] {
  const read = (key: string): unknown => {
    try {
      return data?.[key] === undefined ? undefined : (JSON.parse(data[key]) as unknown);
    } catch {
      return undefined;
    }
  };
  const numbers = Object.keys(data ?? {}).map((key) => /^repo(\d+)\.json$/.exec(key)?.[1]);
  return numbers
    .filter((number) => number !== undefined)
    .flatMap((number): PublishedRepository[] => {
      const own = read(`repo${number}.json`) as Omit<PublishedRepository, 'repository'> | undefined;
      if (own === undefined) return [];
      const gaps = (read('gaps.json') as Record<string, PublishedRepository['gaps']> | undefined)?.[number];
      const verification = read(`verify-repo${number}.json`) as PublishedVerification | undefined;
      const trial = read(`test-restore-repo${number}.json`) as PublishedTrial | undefined;
      return [
        {
          ...own,
          repository: Number(number),
          ...(gaps === undefined ? {} : { gaps }),
          ...(verification === undefined ? {} : { verification }),
          ...(trial === undefined ? {} : { trial }),
        },
      ];
    })
    .sort((a, b) => a.repository - b.repository);
}

/** Whether the last verification and the last test restore of each went well, as far as there were any. */
export function proved(repositories: readonly PublishedRepository[]): boolean {
  return repositories.every(({ verification, trial }) => verification?.ok !== false && trial?.ok !== false);
}

export function backupText(cluster: string, repositories: readonly PublishedRepository[]): string {
  if (repositories.length === 0) return `cluster ${cluster}: no backup has been taken yet\n`;
  return repositories
    .map(({ repository, status, cipher, backups, walMin, walMax, gaps = [], ...proof }) => {
      const rows = backups.map(({ label, type, start, stop, databaseBytes, addedBytes, error }) => [
        `  ${label}`,
        type,
        time(stop),
        `${stop - start} s`,
        sizeText(databaseBytes),
        sizeText(addedBytes),
        error ? 'page checksum errors' : 'ok',
      ]);
      const head = ['  BACKUP', 'TYPE', 'END (UTC)', 'TOOK', 'DATABASE', 'IN REPOSITORY', 'STATE'];
      const range =
        backups.length === 0
          ? '  nothing can be restored yet'
          : `  can be restored: from ${time(backups[0]!.stop)} on; WAL ${walMin ?? '?'} to ${walMax ?? '?'} when the last backup ended`;
      return `cluster ${cluster}, repository ${repository}: ${status}, cipher ${cipher}\n${columns([head, ...rows])}\n${[range, ...gaps.map(missing), ...proofs(proof)].join('\n')}\n`;
    })
    .join('\n');
}

function missing({ from, to }: { from: string; to: string }): string {
  return `  missing: WAL ${from} to ${to}; no point in time in between can be restored, nor a later one from older backups`;
}

function proofs({ verification, trial }: Pick<PublishedRepository, 'verification' | 'trial'>): string[] {
  const lines: string[] = [];
  if (verification) {
    const { ok, at, backups, files, wal, problems } = verification;
    const found = ok
      ? `well; ${backups} backups, ${files} files, ${wal} WAL files`
      : `FAILED: ${problems.join('; ')}`;
    lines.push(`  verified ${time(at)}: ${found}`);
  }
  if (trial) {
    const { ok, at, problem, backup, restoreSeconds, replaySeconds, dataTime, answer } = trial;
    const found = ok
      ? `well; backup ${backup} restored in ${restoreSeconds} s, WAL replayed in ${replaySeconds} s, data of ${time(dataTime!)}${answer === undefined ? '' : `; the query gave ${answer}`}`
      : `FAILED: ${problem}`;
    lines.push(`  restored for trial ${time(at)}: ${found}`);
  }
  return lines;
}

function time(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

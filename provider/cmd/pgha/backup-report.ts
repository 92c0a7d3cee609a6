/** `pgha show backup`: what the jobs have published of each repository (config/scripts/backup_report.py). Pure. */
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
}

/** From the data of ConfigMap `NAME-backups`; a key that is not ours, or not readable, is left out. */
export function published(data: Readonly<Record<string, string>> | undefined): PublishedRepository[] {
  return Object.entries(data ?? {})
    .flatMap(([key, text]): PublishedRepository[] => {
      const number = /^repo(\d+)\.json$/.exec(key)?.[1];
      if (number === undefined) return [];
      try {
        return [
          { ...(JSON.parse(text) as Omit<PublishedRepository, 'repository'>), repository: Number(number) },
        ];
      } catch {
        return [];
      }
    })
    .sort((a, b) => a.repository - b.repository);
}

export function backupText(cluster: string, repositories: readonly PublishedRepository[]): string {
  if (repositories.length === 0) return `cluster ${cluster}: no backup has been taken yet\n`;
  return repositories
    .map(({ repository, status, cipher, backups, walMin, walMax }) => {
      const rows = backups.map(({ label, type, start, stop, databaseBytes, addedBytes, error }) => [
        `  ${label}`,
        type,
        time(stop),
        `${stop - start} s`,
        size(databaseBytes),
        size(addedBytes),
        error ? 'page checksum errors' : 'ok',
      ]);
      const head = ['  BACKUP', 'TYPE', 'END (UTC)', 'TOOK', 'DATABASE', 'IN REPOSITORY', 'STATE'];
      const range =
        backups.length === 0
          ? '  nothing can be restored yet'
          : `  can be restored: from ${time(backups[0]!.stop)} on; WAL ${walMin ?? '?'} to ${walMax ?? '?'} when the last backup ended`;
      return `cluster ${cluster}, repository ${repository}: ${status}, cipher ${cipher}\n${columns([head, ...rows])}\n${range}\n`;
    })
    .join('\n');
}

function time(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

function size(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes > 0 ? Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1) : 0;
  return `${(bytes / 2 ** (10 * power)).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}

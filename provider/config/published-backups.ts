/** What Jobs publish of a repository in ConfigMap `NAME-backups` (scripts/backup_report.py), as plans read it. Pure. */

export interface PublishedBackup {
  readonly label: string;
  readonly type: string;
  /** Seconds since 1970, as those of pgBackRest: the end is what a target is measured by. */
  readonly stop: number;
  readonly walStart: string | null;
  readonly walStop: string | null;
  readonly lsnStop?: string | null;
  readonly databaseBytes: number;
  /** It has pages whose checksum is wrong. */
  readonly error?: boolean;
}

/** As it was when the last backup ended: WAL that was archived since is not in it. */
export interface PublishedBackups {
  readonly status: string;
  readonly backups: readonly PublishedBackup[];
  readonly walMax?: string | null;
  /** WAL that the repository will never get: the first and the last name of files. */
  readonly gaps?: readonly WalGap[];
}

export interface WalGap {
  readonly from: string;
  readonly to: string;
}

/** Of one repository; undefined where nothing is published, or nothing readable. */
export function readPublished(
  data: Readonly<Record<string, string>> | undefined,
  repository: number,
): PublishedBackups | undefined {
  const read = (key: string): unknown => {
    try {
      return JSON.parse(data?.[key] ?? 'null') as unknown;
    } catch {
      return null;
    }
  };
  const own = read(`repo${repository}.json`) as PublishedBackups | null;
  if (!Array.isArray(own?.backups)) return undefined;
  const gaps = (read('gaps.json') as Record<string, readonly WalGap[]> | null)?.[repository];
  return gaps === undefined ? own : { ...own, gaps };
}

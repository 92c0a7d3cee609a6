/**
 * Where a new cluster is restored from: content of the Secret `NAME-restore`, made once, when the cluster is made.
 * Pure. It is mounted in every member, and only who bootstraps the cluster reads it.
 */
import { createHash } from 'node:crypto';
import type { RestoreSpec } from '../cluster/spec';
import { backupFiles, directories } from './files';

/** Mount of the Secret. */
export const restoreDirectory = '/etc/postgres-ha/restore';

export interface RestoreSource {
  /** A member's configuration for the one repository, of the cluster that the backups are of (config/pgbackrest.ts). */
  readonly configuration: string;
  /** Its secret part: options of section `global`. */
  readonly secret: string;
  /** The certificate by which that cluster's repository host lets in, where it has another CA than ours. */
  readonly certificate?: { readonly [key in 'tls.crt' | 'tls.key' | 'ca.crt']: string };
}

export function restoreSecret(spec: RestoreSpec, source: RestoreSource): Record<string, string> {
  const own = source.certificate !== undefined;
  const text = source.configuration
    .replace(/^lock-path=.*$/m, `lock-path=${directories.temporary}/pgbackrest-restore`)
    .replace(/^spool-path=.*$/m, `spool-path=${directories.spool}-restore`)
    // Whatever happens, nothing of the new cluster goes to the old archive.
    .replace(/^\[global:archive-push\]\n(.+\n)*/m, '')
    .replaceAll(backupFiles.certificate, own ? `${restoreDirectory}/tls.crt` : backupFiles.certificate)
    .replaceAll(backupFiles.key, own ? `${restoreDirectory}/tls.key` : backupFiles.key)
    .replaceAll(backupFiles.authority, own ? `${restoreDirectory}/ca.crt` : backupFiles.authority);
  const secret = source.secret.replace(/^\[global\]\n/, '');
  const { type, target, timeline, untilGap, backup, repository } = spec;
  return {
    'pgbackrest.conf': text.replace(/^\[global\]\n/, `[global]\n${secret}`),
    'options.json': JSON.stringify({ type, target, timeline, untilGap, backup, repository }),
    ...source.certificate,
  };
}

/** By this a member tells which restore it is at: another content of the Secret is another one (config/scripts/bootstrap_restore.py). */
export function restoreDigest(content: Record<string, string>): string {
  const text = `${content['options.json']}\n${content['pgbackrest.conf']}`;
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

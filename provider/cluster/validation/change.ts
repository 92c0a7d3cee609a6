/** What can't be done to a living cluster. Kubernetes would refuse it late, or do it by deleting data. */
import { parseQuantity } from '../../config/quantity';
import type { ClusterSpec, VolumeSpec } from '../spec';
import { isUnknown } from '../spec';
import type { Problem } from './problem';
import { shown } from './words';

/** `old` is what lives, `wanted` what the program says now. */
export function validateChange(old: ClusterSpec, wanted: ClusterSpec): Problem[] {
  return [
    ...identity('name', old.name, wanted.name),
    ...identity('namespace', old.namespace, wanted.namespace),
    ...version(old.postgresVersion, wanted.postgresVersion),
    ...volume('storage', old.storage, wanted.storage),
    ...walVolume(old.walStorage, wanted.walStorage),
    ...backups(old, wanted),
  ];
}

function* identity(path: string, old: string, wanted: string): Iterable<Problem> {
  if (isUnknown(old) || isUnknown(wanted) || old === wanted) return;
  yield {
    code: `${path}-changed`,
    path,
    found: change(old, wanted),
    allowed: `${shown(old)}: a living cluster does not move`,
    instead: 'Make a new cluster beside this one, move the data, and remove this one.',
  };
}

function* version(old: number, wanted: number): Iterable<Problem> {
  if (isUnknown(old) || isUnknown(wanted) || old === wanted) return;
  yield {
    code: 'postgres-version-changed',
    path: 'postgresVersion',
    found: change(old, wanted),
    allowed: `${old}: another major version can't read the data`,
    instead:
      wanted > old
        ? 'A major upgrade is an action of its own (Upgrade), not a change of this argument.'
        : 'There is no way back to an older major version but a dump.',
  };
}

function* volume(path: string, old: VolumeSpec, wanted: VolumeSpec): Iterable<Problem> {
  const [size, wantedSize] = [bytes(old.size), bytes(wanted.size)];
  if (size !== undefined && wantedSize !== undefined && wantedSize < size)
    yield {
      code: 'volume-shrinks',
      path: `${path}.size`,
      found: change(old.size, wanted.size),
      allowed: `${shown(old.size)} or more: a volume grows, and never shrinks`,
    };
  const [kind, wantedKind] = [old.storageClass, wanted.storageClass];
  // Without a class in the program the volume keeps the one it has.
  if (
    kind === undefined ||
    wantedKind === undefined ||
    isUnknown(kind) ||
    isUnknown(wantedKind) ||
    kind === wantedKind
  )
    return;
  yield {
    code: 'storage-class-changed',
    path: `${path}.storageClass`,
    found: change(kind, wantedKind),
    allowed: `${shown(kind)}: the class of a volume can't be changed`,
    instead: 'Make a new cluster with the other class, and move the data.',
  };
}

function* walVolume(old: VolumeSpec | undefined, wanted: VolumeSpec | undefined): Iterable<Problem> {
  if (old && wanted) yield* volume('walStorage', old, wanted);
  else if (old || wanted)
    yield {
      code: 'wal-volume-changed',
      path: 'walStorage',
      found: wanted ? 'a WAL volume for a cluster that has none' : 'no WAL volume for a cluster that has one',
      allowed: 'what the cluster was made with: WAL does not move',
      instead: wanted ? 'Leave walStorage out.' : `Write walStorage: { size: ${shown(old!.size)} }.`,
    };
}

/** State of a version without backups has no repositories. */
function* backups(old: ClusterSpec, wanted: ClusterSpec): Iterable<Problem> {
  if ((old.repositories ?? []).length === 0 || wanted.repositories.length === 0) return;
  const [before, after] = [old, wanted].map(({ repositories }) => repositories.find(({ local }) => local));
  if (before && after) yield* volume(`repositories[${after.number - 1}]`, before.local!, after.local!);
  const [was, is] = [old.backup.cipher, wanted.backup.cipher];
  if (isUnknown(was) || isUnknown(is) || was === is) return;
  yield {
    code: 'cipher-changed',
    path: 'backup.cipher',
    found: change(was, is),
    allowed: `${was}: a repository is encrypted from its first file on, or not at all`,
    instead: 'Make a new cluster with restoreFrom this one.',
  };
}

function bytes(size: string): number | undefined {
  return isUnknown(size) ? undefined : parseQuantity(size);
}

function change(old: unknown, wanted: unknown): string {
  return `${shown(old)} → ${shown(wanted)}`;
}

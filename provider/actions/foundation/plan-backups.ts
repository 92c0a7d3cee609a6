/** The part of the plan that is about backups. Pure. */
import { isUnknown } from '../../cluster/spec';
import { chooseTarget, type TargetChoice } from '../../config/restore-target';
import { stable } from '../../manifests/fingerprint';
import { names } from '../../manifests/names';
import type { Refusal } from '../core/action';
import type { FoundationInputs } from './inputs';
import type { Observed } from './observe';
import { find, hasData, type FoundationStep } from './plan';

/** Whether there is something to restore from that was not asked for before. */
export function isAsked({ spec }: FoundationInputs, previous: FoundationInputs | undefined): boolean {
  return spec.restoreFrom !== undefined && stable(spec.restoreFrom) !== stable(previous?.spec.restoreFrom);
}

/** A restore that failed leaves volumes without a cluster: as long as Patroni has initialised none, another may be asked for. */
function isOver(
  observed: Observed,
  inputs: FoundationInputs,
  previous: FoundationInputs | undefined,
): boolean {
  const begun = observed.systemIdentifier !== undefined || observed.snapshot !== undefined;
  return !isAsked(inputs, previous) || (previous !== undefined && begun);
}

/** Once, when the cluster is made, and only while there is no data. */
export function restoreSteps(
  observed: Observed,
  inputs: FoundationInputs,
  previous?: FoundationInputs,
): FoundationStep[] {
  const { restoreFrom } = inputs.spec;
  if (!restoreFrom || isOver(observed, inputs, previous)) return [];
  const { cluster, path, type, target, backup, repository } = restoreFrom;
  const of =
    cluster === undefined
      ? `${path} in repository ${repository}`
      : `cluster ${cluster}, repository ${repository}`;
  const kept = previous ? [] : dataVolumes(observed, inputs);
  if (kept.length > 0)
    return [
      {
        kind: 'note',
        text: `do not restore from ${of}`,
        reason: `there is data: ${kept.map(({ name }) => name).join(', ')}`,
      },
    ];
  const to =
    { default: 'the end of the archive', immediate: 'the first consistent point' }[type as 'default'] ??
    `${type} ${target}`;
  return [
    {
      kind: 'restore',
      object: names.restoreSecret(inputs.cluster),
      text: `restore from ${of}`,
      detail: `${backup === undefined ? '' : `backup ${backup}, `}up to ${to}`,
      ...(previous ? { reason: 'no restore has been successful yet' } : {}),
    },
    ...sourceNotes(observed, inputs),
  ];
}

/** What is published of the backups decides before anything is made. Not for data that is there: it is not restored. */
export function refuseTarget(
  observed: Observed,
  inputs: FoundationInputs,
  previous?: FoundationInputs,
): Refusal[] {
  if (isOver(observed, inputs, previous)) return [];
  if (!previous && dataVolumes(observed, inputs).length > 0) return [];
  const choice = choose(observed, inputs);
  if (choice === undefined || !('refused' in choice)) return [];
  const { cluster, repository } = inputs.spec.restoreFrom!;
  const where = `cluster ${cluster}, repository ${repository}`;
  return [{ property: 'restoreFrom', reason: `${where} can't be restored so: ${choice.refused}.` }];
}

function sourceNotes(observed: Observed, inputs: FoundationInputs): FoundationStep[] {
  const choice = choose(observed, inputs);
  const note = (text: string, reason?: string): FoundationStep => ({ kind: 'note', text, reason });
  if (choice === undefined)
    return [
      note('the target is not checked before the restore', "a preview can't read what backups there are"),
    ];
  if ('refused' in choice) return [];
  const { label, databaseBytes } = choice.backup;
  return [
    note(
      `take backup ${label}, ${Math.ceil(databaseBytes / 2 ** 20)} MiB of data`,
      `possible: ${choice.range}`,
    ),
    ...choice.doubts.map((doubt) => note('the target is not certain', doubt)),
  ];
}

function choose({ source }: Observed, { spec }: FoundationInputs): TargetChoice | undefined {
  const wanted = spec.restoreFrom;
  if (!source || !wanted || isUnknown(wanted.target) || isUnknown(wanted.backup)) return undefined;
  return chooseTarget(source.published, wanted, source.now);
}

function dataVolumes(observed: Observed, { volumes }: FoundationInputs) {
  return volumes.filter(({ name, purpose }) => purpose === 'data' && hasData(find(observed, name)));
}

/** State of a version without backups has none of these inputs. */
export function repositorySteps(
  observed: Pick<Observed, 'changedCredentials'>,
  inputs: FoundationInputs,
  previous: FoundationInputs | undefined,
): FoundationStep[] {
  const { repositoriesSecret: object, spec } = inputs;
  if (!object) return [];
  const about = (from: FoundationInputs) =>
    stable([
      from.spec.repositories,
      from.spec.backup.cipher,
      from.spec.backup.cipherSecret,
      from.repositoryKeys,
      from.labels,
    ]);
  if (!previous?.repositoriesSecret)
    return [
      {
        kind: 'repositories',
        object,
        text: `make Secret ${object}`,
        detail: `paths of ${spec.repositories.length === 1 ? 'the repository' : 'the repositories'} and what opens them; a generation and a passphrase that are there are kept`,
      },
    ];
  const rotated = observed.changedCredentials;
  const reason =
    about(inputs) !== about(previous)
      ? 'the repositories have changed'
      : rotated.length > 0
        ? `the keys in Secret ${rotated.join(' and ')} have changed`
        : undefined;
  return reason === undefined
    ? []
    : [{ kind: 'repositories', object, text: `renew Secret ${object}`, reason }];
}

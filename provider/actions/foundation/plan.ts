/** What is made, taken up, grown and changed. Pure. */
import { connection } from '../../config/connection';
import { parseQuantity } from '../../config/quantity';
import { stable } from '../../manifests/fingerprint';
import { memberOfPod, names } from '../../manifests/names';
import type { PersistentVolumeClaim } from '../../live/kinds';
import type { Refusal } from '../core/action';
import type { Step } from '../core/steps';
import type { FoundationInputs, VolumeInput } from './inputs';
import type { Observed } from './observe';
import { refuseTarget, repositorySteps, restoreSteps } from './plan-backups';
import { contentChanges } from './settings-diff';

/** What a step is about, besides its text. */
export interface FoundationStep extends Step {
  readonly kind:
    | 'volume'
    | 'note'
    | 'record'
    | 'authority'
    | 'certificate'
    | 'repositories'
    | 'restore'
    | 'user'
    | 'configMap';
  /** Name of the object, or of the user. */
  readonly object?: string;
}

export function plan(
  observed: Observed,
  inputs: FoundationInputs,
  previous: FoundationInputs | undefined,
): FoundationStep[] {
  return [
    ...volumeSteps(observed, inputs, previous),
    ...(previous ? [] : recordSteps(observed, inputs)),
    ...authoritySteps(inputs, previous),
    ...repositorySteps(observed, inputs, previous),
    ...restoreSteps(observed, inputs, previous),
    ...userSteps(inputs, previous),
    ...configMapSteps(observed, inputs, previous),
  ];
}

export function find(observed: Observed, name: string): PersistentVolumeClaim | undefined {
  return observed.volumes.find(({ metadata }) => metadata.name === name);
}

function sizeOf(claim: PersistentVolumeClaim): string {
  return claim.spec?.resources?.requests?.storage ?? '0';
}

/** Deleted, and there only until the pod that uses it has gone. */
function isGoing(claim: PersistentVolumeClaim | undefined): boolean {
  return claim?.metadata.deletionTimestamp !== undefined;
}

/** Without a volume there is no data; Kubernetes changes nothing in such a claim, but it can be made anew. */
export function isEmpty(claim: PersistentVolumeClaim): boolean {
  return claim.status?.phase === 'Pending' && !claim.spec?.volumeName;
}

export function hasData(claim: PersistentVolumeClaim | undefined): boolean {
  return claim !== undefined && !isEmpty(claim) && !isGoing(claim);
}

/** Whether another class is wanted than it has. */
export function differs(claim: PersistentVolumeClaim, volume: VolumeInput): boolean {
  const has = claim.spec?.storageClassName;
  return volume.storageClass !== undefined && has !== undefined && volume.storageClass !== has;
}

function bytes(quantity: string): number {
  return parseQuantity(quantity) ?? 0;
}

function volumeSteps(
  observed: Observed,
  inputs: FoundationInputs,
  previous: FoundationInputs | undefined,
): FoundationStep[] {
  const steps = inputs.volumes.flatMap((volume) =>
    volumeStep(volume, find(observed, volume.name), inputs, previous),
  );
  const wanted = inputs.volumes.map(({ name }) => name);
  const members = new Set(inputs.volumes.map(({ member }) => member));
  // What is deleted with a member that leaves is in the Rollout's plan.
  const goes = (member: string) => inputs.spec.removedData === 'delete' && !members.has(member);
  const orphans = (previous?.volumes ?? []).filter(
    ({ name, member }) => !wanted.includes(name) && find(observed, name) && !goes(member),
  );
  return [
    ...steps,
    ...orphans.map(({ name, member }): FoundationStep => ({
      kind: 'note',
      object: name,
      text: `keep PersistentVolumeClaim ${name}`,
      reason: members.has(member)
        ? 'it is no longer used'
        : `${member} is removed; its data stays until you delete it, and is taken up if the member comes back`,
    })),
  ];
}

function volumeStep(
  volume: VolumeInput,
  claim: PersistentVolumeClaim | undefined,
  inputs: FoundationInputs,
  previous: FoundationInputs | undefined,
): FoundationStep[] {
  const what = `PersistentVolumeClaim ${volume.name}`;
  const step = (text: string, detail?: string, reason?: string): FoundationStep[] => [
    { kind: 'volume', object: volume.name, member: volume.member, text, detail, reason },
  ];
  const before = previous?.volumes.find(({ name }) => name === volume.name);
  if (!claim || (isGoing(claim) && !before))
    return step(
      `create ${what}`,
      volume.storageClass ? `${volume.size}, class ${volume.storageClass}` : volume.size,
      claim && 'the one that is there goes with the pod that used it',
    );
  const has = sizeOf(claim);
  const grows = bytes(has) < bytes(volume.size);
  if (isEmpty(claim) && (bytes(has) !== bytes(volume.size) || differs(claim, volume)))
    return step(`make ${what} anew`, volume.size, 'it has no volume yet');
  if (!before)
    return step(
      `take up ${what}`,
      grows ? `${has} → ${volume.size}` : has,
      previous ? `kept when ${volume.member} left` : 'kept from an earlier cluster',
    );
  if (grows) return step(`grow ${what}`, `${has} → ${volume.size}, online`);
  const metadata = (from: FoundationInputs, one: VolumeInput) =>
    stable([from.labels, from.annotations, one.labels]);
  return metadata(inputs, volume) === metadata(previous!, before) ? [] : step(`label ${what}`);
}

/** Patroni's record goes with the data: see kept.ts for what would happen without it. */
function recordSteps(observed: Observed, inputs: FoundationInputs): FoundationStep[] {
  const kept = inputs.volumes.filter(
    ({ name, purpose }) => purpose === 'data' && hasData(find(observed, name)),
  );
  if (kept.length === 0 || observed.systemIdentifier) return [];
  const { snapshot } = observed;
  if (!snapshot)
    return kept.length > 1
      ? [
          {
            kind: 'note',
            text: 'go on without a record of the last primary',
            reason: `volumes of ${kept.map(({ member }) => member).join(', ')} are there, but not what Patroni knew of them; the first member that starts with data leads`,
          },
        ]
      : [];
  const [config = ''] = names.dcsServices(inputs.cluster);
  const leader = memberOfPod(snapshot[names.primaryService(inputs.cluster)]?.['leader'] ?? '');
  const system = snapshot[config]?.['initialize'];
  return [
    {
      kind: 'record',
      text: 'give back to Patroni what it knew',
      detail: [`system identifier ${system}`, ...(leader ? [`last primary ${leader}`] : [])].join(', '),
    },
  ];
}

function authoritySteps(inputs: FoundationInputs, previous: FoundationInputs | undefined): FoundationStep[] {
  const authority = names.caSecret(inputs.cluster);
  const steps: FoundationStep[] = [];
  if (!previous)
    steps.push({
      kind: 'authority',
      object: authority,
      text: `make the certificate authority in Secret ${authority}`,
      detail: 'one that is there is kept',
    });
  for (const profile of inputs.certificates) {
    const before = previous?.certificates.find(({ secret }) => secret === profile.secret);
    if (!before)
      steps.push({
        kind: 'certificate',
        object: profile.secret,
        text: `issue the certificate in Secret ${profile.secret}`,
        detail: 'one that is there, valid and has the names is kept',
      });
    else if (stable(before) !== stable(profile))
      steps.push({
        kind: 'certificate',
        object: profile.secret,
        text: `issue the certificate in Secret ${profile.secret}`,
        reason: profileChange(before, profile),
      });
  }
  return steps;
}

function profileChange(
  before: FoundationInputs['certificates'][number],
  after: FoundationInputs['certificates'][number],
): string {
  if (before.days !== after.days) return `valid for ${before.days} → ${after.days} days`;
  return 'its names have changed';
}

function userSteps(inputs: FoundationInputs, previous: FoundationInputs | undefined): FoundationStep[] {
  return inputs.users.flatMap((user): FoundationStep[] => {
    const step = (text: string, detail?: string, reason?: string): FoundationStep[] => [
      { kind: 'user', object: user.name, text, detail, reason },
    ];
    const given = inputs.passwords[user.name];
    const secret = `Secret ${user.secret} of user ${user.name}`;
    if (!previous?.users.some(({ name }) => name === user.name))
      return step(
        `make ${secret}`,
        given === undefined
          ? 'a password is generated; one that is there is kept'
          : 'with the given password',
      );
    if (given !== undefined && given !== previous.passwords[user.name])
      return step(`set the password in ${secret}`);
    const forms = (from: FoundationInputs) =>
      stable([
        connection(from.spec, user.name, ''),
        from.labels,
        from.annotations,
        from.spec.tls.serverSecret,
      ]);
    return forms(inputs) === forms(previous)
      ? []
      : step(`renew ${secret}`, undefined, 'forms of the connection, labels or CA have changed');
  });
}

function configMapSteps(
  observed: Observed,
  inputs: FoundationInputs,
  previous: FoundationInputs | undefined,
): FoundationStep[] {
  return inputs.configMaps.flatMap((wanted): FoundationStep[] => {
    const there = observed.configMaps.find(({ metadata }) => metadata.name === wanted.name);
    if (!there) return [{ kind: 'configMap', object: wanted.name, text: `create ConfigMap ${wanted.name}` }];
    const before = previous?.configMaps.find(({ name }) => name === wanted.name)?.data;
    const changes = contentChanges(there.data ?? {}, wanted.data, inputs.spec.postgresVersion, before);
    const labelled = Object.entries(inputs.labels).every(
      ([key, value]) => there.metadata.labels?.[key] === value,
    );
    if (changes.length === 0 && labelled) return [];
    return [
      {
        kind: 'configMap',
        object: wanted.name,
        text: `change ConfigMap ${wanted.name}`,
        reason: changes.join(', ') || 'labels',
      },
    ];
  });
}

/** What Kubernetes can't do in place. */
export function refuseObserved(
  observed: Observed,
  inputs: FoundationInputs,
  previous?: FoundationInputs,
): Refusal[] {
  const volumes = inputs.volumes.flatMap((volume): Refusal[] => {
    const claim = find(observed, volume.name);
    if (!claim || isEmpty(claim) || isGoing(claim)) return [];
    const path = { wal: 'walStorage', repository: 'repositories' }[volume.purpose] ?? 'storage';
    const has = sizeOf(claim);
    const storageClass = claim.spec?.storageClassName;
    const refusals: Refusal[] = [];
    if (bytes(volume.size) < bytes(has))
      refusals.push({
        property: `${path}.size`,
        reason: `PersistentVolumeClaim ${volume.name} has ${has}, and a volume never shrinks. Allowed: ${has} or more; write "${has}".`,
      });
    if (differs(claim, volume))
      refusals.push({
        property: `${path}.storageClass`,
        reason: `PersistentVolumeClaim ${volume.name} is of class "${storageClass}", which can't be changed to "${volume.storageClass}". Write "${storageClass}", or leave it out.`,
      });
    if (
      bytes(volume.size) > bytes(has) &&
      storageClass !== undefined &&
      observed.rigidClasses.includes(storageClass)
    )
      refusals.push({
        property: `${path}.size`,
        reason: `PersistentVolumeClaim ${volume.name} has ${has}, and storage class "${storageClass}" does not let volumes grow (allowVolumeExpansion). Write "${has}", or change the class.`,
      });
    return refusals;
  });
  return [...volumes, ...refuseTarget(observed, inputs, previous)];
}

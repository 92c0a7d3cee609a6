/** What a rollout looks at: the members, and the volumes that may go with those that leave. */
import type { Live } from '../../live/live';
import { labels, names } from '../../manifests/names';
import { observe as observeMembers, type Observed as Members } from '../members/observe';
import type { RolloutInputs } from './inputs';

export interface Observed extends Members {
  /** Volumes of members that leave in this update, if they are to be deleted with them. */
  readonly volumes?: readonly { readonly name: string; readonly member: string; readonly size: string }[];
}

export async function observe(
  live: Live,
  inputs: RolloutInputs,
  previous: RolloutInputs | undefined,
): Promise<Observed> {
  const gone = leavers(inputs, previous);
  const [members, volumes] = await Promise.all([
    observeMembers(live, inputs),
    inputs.removedData === 'delete' && gone.length > 0 ? volumesOf(live, inputs, gone) : [],
  ]);
  return { ...members, volumes };
}

/** Members that the program had the last time, and has no longer. */
export function leavers(inputs: RolloutInputs, previous: RolloutInputs | undefined): string[] {
  const stay = new Set(inputs.members.map(({ name }) => name));
  return (previous?.members ?? []).map(({ name }) => name).filter((name) => !stay.has(name));
}

/** By their exact names, so that no other volume with our labels can be meant. */
async function volumesOf(
  live: Live,
  { namespace, cluster }: RolloutInputs,
  members: readonly string[],
): Promise<Observed['volumes']> {
  const claims = await live.list('PersistentVolumeClaim', namespace, {
    labels: `${labels.cluster}=${cluster}`,
  });
  return members.flatMap((member) =>
    [names.dataVolume(member), names.walVolume(member)].flatMap((name) => {
      const claim = claims.find(({ metadata }) => metadata.name === name && !metadata.deletionTimestamp);
      return claim ? [{ name, member, size: claim.spec?.resources?.requests?.storage ?? '' }] : [];
    }),
  );
}

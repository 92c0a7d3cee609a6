/** What a restore in place would do to this cluster: chosen once, when its plan is made, and kept in the journal. Pure. */
import { parseDuration } from '../../config/duration';
import { recoveryTarget } from '../../config/recovery-target';
import { chooseTarget } from '../../config/restore-target';
import { usableBackups } from '../../config/timelines';
import { find } from '../members/find';
import { isSuspended, lastLeader } from '../members/stopped';
import { defaultKeep, type RestoreInputs } from './inputs';
import type { ObservedRestore } from './observe';
import type { RestoreRecord } from './record';

export interface Choice {
  /** The member that is restored: its data of now are the ones that are kept. */
  readonly leader: string;
  /** Whether it leads now. */
  readonly leads: boolean;
  readonly replicas: readonly string[];
  /** Names of the CronJobs that are suspended meanwhile. */
  readonly jobs: readonly string[];
  /** Numbers of the repositories that get a full backup afterwards. */
  readonly repositories: readonly number[];
  readonly repository: number;
  readonly backup?: string;
  /** Of the data that are copied to the restored member. */
  readonly bytes: number;
  readonly type: string;
  readonly target?: string;
  /** Of the data of now, along which the restore goes. */
  readonly timeline?: number;
  readonly history?: string;
  readonly keep: string;
  /** What is shown of the target. */
  readonly upTo: string;
  readonly lost: string;
  readonly range: string;
  readonly doubts: readonly string[];
  readonly undo?: { readonly id: string; readonly trigger: string; readonly led: boolean };
}

export type Chosen = Choice | { readonly refused: string; readonly property: string };

export function choose(observed: ObservedRestore, inputs: RestoreInputs): Chosen {
  const { undo = false, keepOldDataFor: keep = defaultKeep } = inputs;
  const leader = restoredMember(observed, undo);
  const unfinished = unfinishedOf(observed);
  const common = {
    leader,
    leads: observed.leader === leader,
    replicas: observed.declared.filter((name) => name !== leader),
    jobs: observed.cronJobs
      // Those that a restore which did not end has suspended are resumed at the end of this one.
      .filter((job) => job.spec?.suspend !== true || isSuspended(job))
      .map(({ metadata }) => metadata.name),
    repositories: observed.repositories,
    keep,
    // What a restore that did not end has made is nobody's data: those of before it count.
    timeline: unfinished?.timeline ?? find(observed, leader)?.timeline,
    history: unfinished?.history ?? observed.history,
  };
  return undo ? undone(observed, common) : restored(observed, inputs, common);
}

type Common = Omit<
  Choice,
  'repository' | 'backup' | 'bytes' | 'type' | 'upTo' | 'lost' | 'range' | 'doubts' | 'undo'
>;

function restored(observed: ObservedRestore, inputs: RestoreInputs, common: Common): Chosen {
  const { repository = 1, target: given = {}, cluster } = inputs;
  const published = observed.published[repository];
  if (!published)
    return {
      property: 'repository',
      refused: `nothing is published of the backups in repository ${repository} of ${cluster}. Take one first: pgha backup ${cluster} --repository ${repository}.`,
    };
  const backups = usableBackups(published.backups, common.timeline, common.history);
  if (backups.length === 0 && published.backups.length > 0)
    return {
      property: 'target',
      refused: `no backup in repository ${repository} is of the timeline that the cluster is on (${common.timeline}), or of one that it came from. Take one first: pgha backup ${cluster}.`,
    };
  const wanted = recoveryTarget(given);
  // A primary that runs gives all its WAL to the repositories before it stops.
  const found = chooseTarget({ ...published, backups }, wanted, observed.now, undefined, common.leads);
  if ('refused' in found)
    return { property: 'target', refused: `${cluster} can't be restored so: ${found.refused}.` };
  return {
    ...common,
    repository,
    backup: found.backup.label,
    bytes: found.bytes,
    type: wanted.type,
    ...(wanted.target === undefined ? {} : { target: wanted.target }),
    upTo: found.upTo,
    lost: wanted.type === 'default' ? archivedLoss(common) : found.lost,
    range: found.range,
    doubts: found.doubts,
  };
}

/** Before the members stop, the primary ends its WAL, and gives all of it to the repositories. */
function archivedLoss({ leads }: Common): string {
  return leads ? 'nothing that is committed when it stops' : 'what has not been archived';
}

function undone({ record, published }: ObservedRestore, common: Common): Chosen {
  if (!record) return { property: 'undo', refused: 'there is no restore that could be undone.' };
  const { id, trigger, led, repository, timeline, history } = record;
  // Replicas take what differs from a backup that leads to those data; without one they come by base backup.
  const backup = usableBackups(published[repository]?.backups ?? [], timeline, history).at(-1);
  return {
    ...common,
    timeline: common.timeline,
    repository,
    ...(backup ? { backup: backup.label } : {}),
    bytes: 0,
    type: 'default',
    upTo: `the data of before restore "${trigger}"`,
    lost:
      led === undefined && !common.leads
        ? `nothing: restore "${trigger}" has not ended`
        : `everything committed since restore "${trigger}"`,
    range: '',
    doubts: [],
    undo: { id, trigger, led: led !== undefined },
  };
}

/** A restore that has not led is in the way of nobody: the next one takes the data of before over from it. */
export function unfinishedOf({ record }: Pick<ObservedRestore, 'record'>): RestoreRecord | undefined {
  return record && record.led === undefined ? record : undefined;
}

/** Who has the data that count on its volume. */
function restoredMember(observed: ObservedRestore, undo: boolean): string {
  const { record, declared, leader, sets } = observed;
  const keeper = undo ? record?.leader : unfinishedOf(observed)?.leader;
  if (keeper !== undefined && declared.includes(keeper)) return keeper;
  const last = leader ?? lastLeader(sets) ?? promotedLast(observed.history);
  return last !== undefined && declared.includes(last) ? last : declared[0]!;
}

/** The last line of Patroni's history ends with who was promoted. */
function promotedLast(history: string | undefined): string | undefined {
  const name = /"([^"]+)-0"\]\]$/.exec(history ?? '')?.[1];
  return name;
}

export function keepSeconds({ keep }: Choice): number {
  return parseDuration(keep) ?? 0;
}

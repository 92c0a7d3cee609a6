/** A cluster that is restored in place: what is lost, who stops, what is copied, and the way back. Pure. */
import { parseDuration } from '../../config/duration';
import { recoveryTargetProblems } from '../../cluster/validation/recovery-target';
import { renderProblem } from '../../cluster/validation/problem';
import type { Refusal, SoFar } from '../core/action';
import type { Step } from '../core/steps';
import { choose, type Choice } from './choice';
import { defaultKeep, type RestoreInputs } from './inputs';
import type { ObservedRestore } from './observe';
import { keptUntil } from './record';

const mebibyte = 2 ** 20;
/** What copying takes at least, where nothing is known of disks and network. */
const bytesPerSecond = 50 * mebibyte;

export function plan(
  observed: ObservedRestore,
  inputs: RestoreInputs,
  _previous: RestoreInputs | undefined,
  { notes }: SoFar,
): Step[] {
  const chosen = notes['choice'] ? (JSON.parse(notes['choice']) as Choice) : choose(observed, inputs);
  return 'refused' in chosen ? [] : steps(chosen);
}

export function steps(choice: Choice): Step[] {
  const { leader, leads, replicas, jobs, repositories, keep, backup, undo } = choice;
  const all = [leader, ...replicas];
  const names = jobs.join(', ');
  return [
    { kind: 'note', text: `lose ${choice.lost}` },
    ...choice.doubts.map((reason) => ({ kind: 'note', text: 'the target is not certain', reason })),
    ...(jobs.length > 0 ? [{ kind: 'suspend', text: 'suspend scheduled jobs', detail: names }] : []),
    ...(leads
      ? [
          {
            kind: 'mark',
            member: leader,
            text: `end the WAL of ${leader}`,
            detail: 'so that everything up to now is in the repositories',
          },
        ]
      : []),
    ...replicas.map((member) => ({ kind: 'stop', member, text: `stop ${member}` })),
    {
      kind: 'stop',
      member: leader,
      text: `stop ${leader}`,
      detail: leads ? 'the primary, last: writes end here' : 'last',
    },
    undo
      ? {
          kind: 'restore',
          member: leader,
          text: `bring back on ${leader} the data of before restore "${undo.trigger}"`,
          detail: undo.led
            ? `the data of now are kept there for ${keep}`
            : 'what the restore has made is removed',
        }
      : {
          kind: 'restore',
          member: leader,
          text: `restore ${leader} from backup ${backup} of repository ${choice.repository}, up to ${choice.upTo}`,
          detail: `${size(choice.bytes)}, then WAL; the data of now are kept there, so that it can be undone`,
          reason: `possible: ${choice.range}`,
        },
    ...replicas.map((member) => ({
      kind: 'rebuild',
      member,
      text: `make ${member} anew`,
      detail: backup ? `from backup ${backup}, copying what differs` : `by base backup of ${leader}`,
    })),
    { kind: 'wait', text: `wait until ${all.join(', ')} ${all.length > 1 ? 'are' : 'is'} up` },
    ...repositories.map((number) => ({
      kind: 'backup',
      text: `full backup to repository ${number}`,
      detail: 'no backup is removed for it',
    })),
    ...(jobs.length > 0 ? [{ kind: 'resume', text: 'resume scheduled jobs', detail: names }] : []),
    undo && !undo.led
      ? { kind: 'keep', text: `forget restore "${undo.trigger}"` }
      : {
          kind: 'keep',
          text: `keep the data of before on ${leader} for ${keep}`,
          detail: 'until then, undo: true with another trigger brings them back',
        },
  ];
}

/** Of what is copied at least: the restored member's volume needs as much room beside the data of now. */
function size(bytes: number): string {
  const minutes = Math.max(1, Math.ceil(bytes / bytesPerSecond / 60));
  return `${Math.ceil(bytes / mebibyte)} MiB to copy, about ${minutes} min at 50 MiB/s`;
}

export function refuse({
  target,
  keepOldDataFor = defaultKeep,
  undo,
  repository = 1,
}: RestoreInputs): Refusal[] {
  const problems = [...recoveryTargetProblems(target ?? {}, 'target')];
  return [
    ...problems.map((one) => ({ property: 'target', reason: renderProblem(one) })),
    ...(undo && (target || repository !== 1)
      ? [
          {
            property: 'undo',
            reason:
              'goes back to the data of before the last restore: give no target and no repository with it.',
          },
        ]
      : []),
    ...(Number.isInteger(repository) && repository >= 1
      ? []
      : [{ property: 'repository', reason: `is ${repository}; give its number, from 1 on.` }]),
    ...(parseDuration(keepOldDataFor) === undefined
      ? [
          {
            property: 'keepOldDataFor',
            reason: `is "${keepOldDataFor}"; give a length of time, for example "90min", "36h" or "7d", or "0".`,
          },
        ]
      : []),
  ];
}

export function refuseObserved(observed: ObservedRestore, inputs: RestoreInputs): Refusal[] {
  const { cluster, trigger, repository = 1, undo = false } = inputs;
  const { record, repositories, fenced, paused, hibernated = [], now } = observed;
  const refusal = (property: string, reason: string): Refusal[] => [{ property, reason }];
  // It has begun: what was chosen then holds.
  if (record?.trigger === trigger && record.ended === undefined) return [];
  if (repositories.length === 0)
    return refusal('repository', `${cluster} has no repository, so there are no backups of it.`);
  if (!repositories.includes(repository))
    return refusal(
      'repository',
      `${cluster} has no repository ${repository}. It has ${repositories.join(', ')}.`,
    );
  if (paused)
    return refusal(
      'cluster',
      `${cluster} is paused: Patroni would not stop PostgreSQL in order. Resume it first: pgha resume ${cluster}.`,
    );
  if (fenced.length > 0)
    return refusal(
      'cluster',
      `${fenced.join(', ')} of ${cluster} ${fenced.length > 1 ? 'are' : 'is'} fenced. Unfence first: pgha unfence ${cluster} ${fenced.join(' ')}.`,
    );
  if (hibernated.length > 0 && (record === undefined || record.ended !== undefined))
    return refusal('cluster', `${cluster} is hibernated. Start it first: pgha start ${cluster}.`);
  const chosen = choose(observed, inputs);
  if ('refused' in chosen) return refusal(chosen.property, chosen.refused);
  return undo ? refuseUndo(observed, chosen, now) : refuseRoom(observed, chosen);
}

function refuseUndo({ record, members }: ObservedRestore, { leader, undo }: Choice, now: number): Refusal[] {
  const until = record && keptUntil(record);
  const kept = members.find(({ member }) => member === leader)?.agent.volume?.kept;
  const over = until !== undefined && now > until;
  const gone = undo!.led && kept !== undefined && !kept.includes(undo!.id);
  if (record?.leader !== leader)
    return [
      {
        property: 'undo',
        reason: `the data of before restore "${undo!.trigger}" were kept on ${record?.leader}, which is no member any more.`,
      },
    ];
  return over || gone
    ? [
        {
          property: 'undo',
          reason: `the data of before restore "${undo!.trigger}" were kept until ${new Date(until ?? now).toISOString().slice(0, 16).replace('T', ' ')} UTC and are gone. Restore to a target before it instead.`,
        },
      ]
    : [];
}

function refuseRoom(observed: ObservedRestore, { leader, bytes }: Choice): Refusal[] {
  const volume = observed.members.find(({ member }) => member === leader)?.agent.volume;
  const needed = bytes + 256 * mebibyte;
  // What a restore that did not end has made goes first.
  if (!volume || volume.free >= needed || (observed.record && observed.record.led === undefined)) return [];
  const kept = volume.kept?.length ?? 0;
  return [
    {
      property: 'cluster',
      reason:
        `the data volume of ${leader} has ${Math.floor(volume.free / mebibyte)} MiB free, and ${Math.ceil(needed / mebibyte)} MiB are needed beside the data of now. ` +
        `Make it larger (storage.size)${kept > 0 ? `, or wait until the data of before ${kept > 1 ? `${kept} earlier restores` : 'an earlier restore'}, which it keeps, are removed` : ''}.`,
    },
  ];
}

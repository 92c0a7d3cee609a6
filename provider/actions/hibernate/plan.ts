/** Stopping and starting a whole cluster, in an order in which nothing can be lost. Pure. */
import type { CronJob, StatefulSet } from '../../live/kinds';
import type { Refusal, SoFar } from '../core/action';
import type { Step } from '../core/steps';
import type { ActionInputs, ObservedCluster } from '../members/cluster';
import { withoutWal } from '../members/archiving';
import { whileRestoring } from '../members/refuse';
import { isStopped, isSuspended, lastLeader, stoppedMembers } from '../members/stopped';

export interface HibernateInputs extends ActionInputs {
  /** False: the cluster is started. Default: true. */
  readonly hibernated?: boolean;
}

export interface ObservedHibernation extends ObservedCluster {
  readonly sets: readonly StatefulSet[];
  /** Of the repository host, where there is one. */
  readonly repositoryHost?: StatefulSet;
  /** Those that make backups and look after them. */
  readonly cronJobs: readonly CronJob[];
}

export function plan(
  observed: ObservedHibernation,
  { hibernated = true, cluster }: HibernateInputs,
  _previous: HibernateInputs | undefined,
  { done }: SoFar,
): Step[] {
  return hibernated ? stop(observed) : start(observed, cluster, done.length > 0);
}

function stop(observed: ObservedHibernation): Step[] {
  const { declared, leader, sets, cronJobs, repositoryHost } = observed;
  const scheduled = cronJobs.filter((job) => job.spec?.suspend !== true);
  const stopped = stoppedMembers(sets);
  const running = declared.filter((name) => !stopped.includes(name));
  const replicas = running.filter((name) => name !== leader);
  const steps: Step[] = [];
  if (scheduled.length > 0)
    steps.push({ kind: 'suspend', text: 'suspend scheduled jobs', detail: namesOf(scheduled) });
  for (const member of replicas) steps.push({ kind: 'stop', member, text: `stop ${member}` });
  if (leader !== undefined && running.includes(leader))
    steps.push({
      kind: 'stop',
      member: leader,
      text: `stop ${leader}`,
      detail: `the primary, last, after a checkpoint${lastWal(observed)}`,
    });
  if (repositoryHost && !isStopped(repositoryHost))
    steps.push({ kind: 'stop-host', text: `stop the repository host ${repositoryHost.metadata.name}` });
  return steps;
}

/** Where what it wrote last is afterwards. Jobs, if suspended ones, are there for each repository and for nothing else. */
function lastWal(observed: ObservedHibernation): string {
  if (observed.cronJobs.length === 0) return '';
  const away = withoutWal(observed);
  return away === undefined
    ? '; its last WAL goes to the repositories'
    : `; ${away}: what it lacks stays on the volume until the start`;
}

function start(observed: ObservedHibernation, cluster: string, begun: boolean): Step[] {
  const { declared, sets, cronJobs, repositoryHost, leader } = observed;
  const stopped = stoppedMembers(sets);
  const last = lastLeader(sets);
  const steps: Step[] = [];
  if (repositoryHost && isStopped(repositoryHost))
    steps.push({ kind: 'start-host', text: `start the repository host ${repositoryHost.metadata.name}` });
  if (last !== undefined && stopped.includes(last))
    steps.push({
      kind: 'lead',
      member: last,
      text: `start ${last}`,
      detail: 'the last primary, first: it has everything that was written',
    });
  for (const member of stopped.filter((name) => name !== last))
    steps.push({ kind: 'start', member, text: `start ${member}` });
  const suspended = cronJobs.filter(isSuspended);
  if (begun || stopped.length > 0 || leader === undefined || suspended.length > 0)
    steps.push({ kind: 'wait', text: `wait until ${cluster} is ready`, detail: declared.join(', ') });
  if (suspended.length > 0)
    steps.push({ kind: 'resume', text: 'resume scheduled jobs', detail: namesOf(suspended) });
  return steps;
}

function namesOf(jobs: readonly CronJob[]): string {
  return jobs.map(({ metadata }) => metadata.name).join(', ');
}

export function refuseObserved(
  observed: ObservedHibernation,
  { hibernated = true, cluster }: HibernateInputs,
): Refusal[] {
  if (observed.restoring) return whileRestoring('hibernated', observed);
  if (!hibernated || stoppedMembers(observed.sets).length > 0) return [];
  if (observed.paused)
    return [
      {
        property: 'hibernated',
        reason: `${cluster} is paused: Patroni would leave PostgreSQL to be killed with its pod. Resume it first (Maintenance with paused: false, or pgha resume ${cluster}).`,
      },
    ];
  if (observed.leader === undefined)
    return [
      {
        property: 'hibernated',
        reason: `${cluster} has no primary now, so it is not known who has everything that was written. Look at it first: pgha status ${cluster}.`,
      },
    ];
  return [];
}

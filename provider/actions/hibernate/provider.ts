/** The dynamic provider of `Hibernate`. Its path is in the state of every stack: it must stay. */
import type { Live } from '../../live/live';
import { labels, names } from '../../manifests/names';
import type { Action } from '../core/action';
import { dynamicProvider } from '../core/provider';
import { observeCluster } from '../members/cluster';
import { execute } from './execute';
import { plan, refuseObserved, type HibernateInputs, type ObservedHibernation } from './plan';

export async function observeHibernation(live: Live, inputs: HibernateInputs): Promise<ObservedHibernation> {
  const { namespace, cluster } = inputs;
  const own = `${labels.cluster}=${cluster}`;
  const [members, sets, cronJobs] = await Promise.all([
    observeCluster(live, inputs),
    live.list('StatefulSet', namespace, { labels: own }),
    live.list('CronJob', namespace, { labels: own }),
  ]);
  return {
    ...members,
    sets: sets.filter(({ metadata }) => metadata.labels?.[labels.member] !== undefined),
    repositoryHost: sets.find(({ metadata }) => metadata.name === names.repositoryHost(cluster)),
    // Certificates are renewed all the time: a cluster that sleeps for a year must be able to start.
    cronJobs: cronJobs.filter(({ metadata }) => metadata.name !== names.renewal(cluster)),
  };
}

export const hibernate: Action<HibernateInputs, ObservedHibernation> = {
  kind: 'Hibernate',
  secret: ['kubeconfig'],
  runs: 'once',
  replans: true,
  trigger: ({ trigger }) => trigger,
  refuse: () => [],
  observe: observeHibernation,
  plan,
  refuseObserved,
  execute,
};

export const provider = dynamicProvider(hibernate);

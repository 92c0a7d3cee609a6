/** Everything that a preview must not touch, as versions; what Patroni and the agents write all the time is left out. */
import type { Kubectl } from '../../local/kubernetes/kubectl';
import { until } from '../../local/until';

export async function versions(kubectl: Kubectl, namespace: string): Promise<string> {
  const kinds = 'statefulsets,services,configmaps,secrets,pvc,roles,leases,cronjobs,jobs';
  const line = '{.kind}/{.metadata.name} {.metadata.resourceVersion}{"\\n"}';
  return await kubectl.run(['get', kinds, '-n', namespace, '-o', `jsonpath={range .items[*]}${line}{end}`]);
}

/**
 * Once nothing changes by itself: controllers write the status of what has become ready a moment later, and the end of a
 * Job seconds after its container has ended.
 */
export async function settledVersions(kubectl: Kubectl, namespace: string): Promise<string> {
  let before = '';
  return await until(
    'nothing changing by itself',
    60,
    async () => {
      const now = await versions(kubectl, namespace);
      const settled = now === before && (await jobsAtWork(kubectl, namespace)) === 0;
      before = now;
      return settled ? now : undefined;
    },
    1_000,
  );
}

async function jobsAtWork(kubectl: Kubectl, namespace: string): Promise<number> {
  const line = '{.metadata.name}: {.status.conditions[?(@.status=="True")].type}{"\\n"}';
  const jobs = await kubectl.run([
    'get',
    'jobs',
    '-n',
    namespace,
    '-o',
    `jsonpath={range .items[*]}${line}{end}`,
  ]);
  return jobs.split('\n').filter((job) => job !== '' && !/: .*(Complete|Failed)/.test(job)).length;
}

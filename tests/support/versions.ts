/** Everything that a preview must not touch, as versions; what Patroni and the agents write all the time is left out. */
import type { Kubectl } from '../../local/kubernetes/kubectl';
import { until } from '../../local/until';

export async function versions(kubectl: Kubectl, namespace: string): Promise<string> {
  const kinds = 'statefulsets,services,configmaps,secrets,pvc,roles,leases,cronjobs,jobs';
  const line = '{.kind}/{.metadata.name} {.metadata.resourceVersion}{"\\n"}';
  return await kubectl.run(['get', kinds, '-n', namespace, '-o', `jsonpath={range .items[*]}${line}{end}`]);
}

/** Once nothing changes by itself: controllers write the status of what has become ready a moment later. */
export async function settledVersions(kubectl: Kubectl, namespace: string): Promise<string> {
  let before = '';
  return await until(
    'nothing changing by itself',
    60,
    async () => {
      const now = await versions(kubectl, namespace);
      const settled = now === before;
      before = now;
      return settled ? now : undefined;
    },
    1_000,
  );
}

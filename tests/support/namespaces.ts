/** Namespaces of tests: made as strict as the product must bear it, and removed faster than Kubernetes would. */
import { until } from '../../local/until';
import { hasReason } from '../../provider/live/errors';
import type { Live } from '../../provider/live/live';
import { connect } from '../../provider/live/objects';

const longestRemoval = 120;

/** A namespace that enforces restricted Pod Security. */
export async function createNamespace(kubeconfig: string, name: string): Promise<void> {
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  await (await connect({ kubeconfig })).create('Namespace', { metadata: { name, labels } });
}

/**
 * Deletes a namespace with all that is in it, and waits until it is gone. Its pods get no time
 * to end: one that was already told to end would hold it up for its whole grace period.
 */
export async function removeNamespace(kubeconfig: string, name: string): Promise<void> {
  const live = await connect({ kubeconfig });
  if (!(await deleted(live, name))) return;
  await until(`removing namespace ${name}`, longestRemoval, async () => {
    for (const pod of await live.list('Pod', name))
      await live.delete('Pod', name, pod.metadata.name, { gracePeriodSeconds: 0 });
    const left = await live.get('Namespace', '', name);
    // Its conditions say what holds it up.
    if (left) throw new Error(JSON.stringify('status' in left ? left.status : left));
    return true;
  });
}

/** Whether there was one; one that is being deleted already is a conflict. */
async function deleted(live: Live, name: string): Promise<boolean> {
  try {
    return await live.delete('Namespace', '', name);
  } catch (error) {
    if (hasReason(error, 'Conflict')) return true;
    throw error;
  }
}

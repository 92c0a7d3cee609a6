/** Namespaces of tests: made as strict as the product must bear it, and removed faster than Kubernetes would. */
import { setTimeout as pause } from 'node:timers/promises';
import { Connection } from '../../provider/live/client';
import { LiveError, type LiveReason } from '../../provider/live/errors';

const longestRemoval = 120_000;
const collection = '/api/v1/namespaces';

/** A namespace that enforces restricted Pod Security. */
export async function createNamespace(kubeconfig: string, name: string): Promise<void> {
  const api = await Connection.open({ kubeconfig });
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  await api.request({
    method: 'POST',
    path: collection,
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } },
    attempt: { verb: 'create', plural: 'namespaces', name },
  });
}

/**
 * Deletes a namespace with all that is in it, and waits until it is gone. Its pods get no time
 * to end: one that was already told to end would hold it up for its whole grace period.
 */
export async function removeNamespace(kubeconfig: string, name: string): Promise<void> {
  const api = await Connection.open({ kubeconfig });
  const path = `${collection}/${name}`;
  const namespace = { plural: 'namespaces', name };
  const pods = { verb: 'delete', plural: 'pods', namespace: name } as const;
  const until = performance.now() + longestRemoval;
  if (!(await found(() => api.request({ method: 'GET', path, attempt: { verb: 'get', ...namespace } }))))
    return;
  // Conflict: it is being deleted already.
  await found(
    () => api.request({ method: 'DELETE', path, attempt: { verb: 'delete', ...namespace } }),
    'Conflict',
  );
  for (;;) {
    const query = { gracePeriodSeconds: '0' };
    await found(() => api.request({ method: 'DELETE', path: `${path}/pods`, query, attempt: pods }));
    const text = await found(() =>
      api.request({ method: 'GET', path, attempt: { verb: 'get', ...namespace } }),
    );
    if (text === undefined) return;
    if (performance.now() > until)
      throw new Error(`namespace ${name} is not gone after ${longestRemoval / 1000} s: ${holds(text)}`);
    await pause(300);
  }
}

/** What a request says, or nothing when there is nothing of that name (any more). */
async function found(request: () => Promise<string>, alsoFine?: LiveReason): Promise<string | undefined> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof LiveError && (error.reason === 'NotFound' || error.reason === alsoFine))
      return undefined;
    throw error;
  }
}

/** Why it is not gone, as its conditions say. */
function holds(text: string): string {
  const { conditions = [] } = (
    JSON.parse(text) as { status: { conditions?: { status: string; message: string }[] } }
  ).status;
  return conditions.flatMap(({ status, message }) => (status === 'True' ? [message] : [])).join(' ');
}

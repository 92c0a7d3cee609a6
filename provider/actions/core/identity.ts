/** Whether this is the cluster that we made. Its name alone does not say so: a kubeconfig may point elsewhere. */
import { hasReason } from '../../live/errors';
import type { Live } from '../../live/live';
import { names } from '../../manifests/names';

export interface Identity {
  /** UID of the namespace kube-system: the Kubernetes cluster. Absent where it may not be read. */
  readonly kubernetes?: string;
  /** PostgreSQL's system identifier, which Patroni keeps. Absent before the first start. */
  readonly system?: string;
}

export async function identify(live: Live, namespace: string, cluster: string): Promise<Identity> {
  const [system, config] = await Promise.all([
    live.get('Namespace', '', 'kube-system').catch((error: unknown) => {
      if (hasReason(error, 'Forbidden')) return undefined;
      throw error;
    }),
    live.get('Endpoints', namespace, names.dcsServices(cluster)[0]!),
  ]);
  const initialize = config?.metadata.annotations?.['initialize'];
  return {
    ...(system?.metadata.uid ? { kubernetes: system.metadata.uid } : {}),
    ...(initialize ? { system: initialize } : {}),
  };
}

/** A sentence when the two can't be one cluster. What is not known on either side says nothing. */
export function mismatch(
  expected: Identity | undefined,
  found: Identity,
  cluster: string,
  server: string,
): string | undefined {
  const differ = (key: keyof Identity) => expected?.[key] && found[key] && expected[key] !== found[key];
  if (differ('kubernetes'))
    return (
      `${cluster} was made in another Kubernetes cluster (kube-system ${expected?.kubernetes}) than ${server} (${found.kubernetes}). ` +
      'Nothing was done. Give the kubeconfig and context of the one it is in.'
    );
  if (differ('system'))
    return (
      `${cluster} at ${server} is another PostgreSQL cluster (system identifier ${found.system}) than the one that was made (${expected?.system}). ` +
      'Nothing was done. Find out who made it anew; to accept it, run `pulumi refresh`.'
    );
  return undefined;
}

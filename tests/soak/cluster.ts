/** The cluster of a soak of actions: whole, and with its first backup. */
import { up } from '../../local/kubernetes/cluster';
import { until } from '../../local/until';
import { published } from '../../provider/cmd/pgha/backup-report';
import { names, userSecret } from '../../provider/manifests/names';
import { DeployedCluster } from '../support/cluster';
import { TestStack } from '../support/stack';

export interface SoakCluster {
  readonly stack: TestStack;
  readonly hippo: DeployedCluster;
}

export async function soakCluster(
  namespace: string,
  config: Readonly<Record<string, string>>,
  { members, user }: { readonly members: number; readonly user: string },
): Promise<SoakCluster> {
  const { kubeconfig } = await up();
  const stack = await TestStack.open(namespace, kubeconfig);
  await stack.upWith(config);
  const hippo = await DeployedCluster.of('hippo', namespace, kubeconfig, userSecret('hippo', user));
  await hippo.whole(members);
  await until('the first backup', 180, async () => {
    const map = await hippo.live.get('ConfigMap', namespace, names.backups('hippo'));
    return published(map?.data).some(({ backups }) => backups.length > 0);
  });
  return { stack, hippo };
}

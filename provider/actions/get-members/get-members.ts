/** The members of a running cluster, for programs. Reads pods and Endpoints, and nothing else. */
import * as pulumi from '@pulumi/pulumi';
import { LiveError } from '../../live/errors';
import type { Endpoints, Pod } from '../../live/kinds';
import { connect } from '../../live/objects';
import type { Live } from '../../live/live';
import { labels } from '../../manifests/names';
import { actionInputs, type ClusterComponent, type ConnectionArgs } from '../core/arguments';
import { podSelector } from '../members/observe';
import { report, type Member } from './report';

/** Which cluster, for `getMembers`. */
export interface GetMembersArgs {
  /** Name of the cluster. */
  cluster: string;
  /** Its namespace. */
  namespace: string;
  /** Kubeconfig, path or content (secret). Default: the ambient one, as kubectl finds it. */
  kubeconfig?: string;
  /** Context of the kubeconfig. Default: its current one. */
  context?: string;
}

/** Which cluster, for `getMembersOutput`. */
export interface GetMembersOutputArgs extends ConnectionArgs {
  /** The cluster: the `PostgresCluster` itself, or, of another program, its name. */
  cluster: ClusterComponent | pulumi.Input<string>;
  /** Namespace of the cluster. Needed with a name; default: that of the component. */
  namespace?: pulumi.Input<string>;
}

/**
 * Members of a running cluster: role, status, node, lag, pending restart, and for each whether it may be removed and
 * why not. Fails when there is no such cluster, or the API server can't be reached.
 */
export async function getMembers(args: GetMembersArgs): Promise<Member[]> {
  return await membersOf(await connect(args), args.namespace, args.cluster);
}

/** As `getMembers`, with outputs. Of a cluster that the same program makes, it is known once that is ready. */
export function getMembersOutput(args: GetMembersOutputArgs): pulumi.Output<Member[]> {
  const { cluster, namespace, kubeconfig, context } = actionInputs('getMembersOutput', {
    ...args,
    trigger: '',
  });
  return pulumi.all([cluster, namespace, kubeconfig, context]).apply((given) => {
    const [name, space, config, chosen] = given as [string, string, string?, string?];
    return getMembers({ cluster: name, namespace: space, kubeconfig: config, context: chosen });
  });
}

/** As `getMembers`, of a cluster that is connected to. */
export async function membersOf(live: Live, namespace: string, cluster: string): Promise<Member[]> {
  const { pods, endpoints } = await readMembers(live, namespace, cluster);
  return report(cluster, pods, endpoints);
}

/** What a report is made of; it can be made again as if some were gone. */
export async function readMembers(
  live: Live,
  namespace: string,
  cluster: string,
): Promise<{ pods: readonly Pod[]; endpoints: readonly Endpoints[] }> {
  const [pods, endpoints] = await Promise.all([
    live.list('Pod', namespace, { labels: podSelector(cluster) }),
    live.list('Endpoints', namespace, { labels: `${labels.cluster}=${cluster}` }),
  ]);
  if (pods.length === 0)
    throw new LiveError(
      'NotFound',
      `there is no member of a cluster ${cluster} in namespace ${namespace} at ${live.server}`,
    );
  return { pods, endpoints };
}

/** What the program says to an action: which cluster, which run. */
import * as pulumi from '@pulumi/pulumi';

/** A cluster of this program: a `PostgresCluster`. The action then waits until it is ready. */
export interface ClusterComponent {
  /** Its name. */
  readonly clusterName: pulumi.Output<string>;
  /** Its namespace. */
  readonly namespace: pulumi.Output<string>;
  /** How it is reached. */
  readonly connection: ConnectionArgs;
}

/** How a cluster's API server is reached. */
export interface ConnectionArgs {
  /** Kubeconfig, path or content (secret). Default: that of the component, or the ambient one, as kubectl finds it. */
  kubeconfig?: pulumi.Input<string>;
  /** Context of the kubeconfig. Default: that of the component, or its current one. */
  context?: pulumi.Input<string>;
}

/** What every action takes. */
export interface ActionArgs extends ConnectionArgs {
  /** The cluster: the `PostgresCluster` itself, or, of another program, its name. */
  cluster: ClusterComponent | pulumi.Input<string>;
  /** Namespace of the cluster. Needed with a name; default: that of the component. */
  namespace?: pulumi.Input<string>;
  /**
   * Names this run, for example "2026-11-24 memory". A new text runs the action once; the same text never
   * again, even when the resource is renamed or the state is lost: the cluster's own record decides.
   */
  trigger: pulumi.Input<string>;
  /**
   * The digest of the plan that may be performed, as the preview prints it; or "any". With another plan,
   * nothing is done and both are shown. Default: the plan needs no approval, unless it destroys data.
   */
  approvedPlan?: pulumi.Input<string>;
}

/** The arguments with the cluster's name, namespace and connection in their places. */
export function actionInputs<A extends ActionArgs>(name: string, args: A): pulumi.Inputs {
  const { cluster, ...rest } = args;
  const given: Partial<ActionArgs> = rest;
  if (!isComponent(cluster)) {
    if (given.namespace === undefined)
      throw new Error(
        `${name}: a cluster given by its name needs its namespace: namespace: "postgres". Or give the component itself: cluster: hippo.`,
      );
    return { ...rest, cluster, kubeconfig: secret(given.kubeconfig) };
  }
  const { connection } = cluster;
  return {
    ...rest,
    cluster: cluster.clusterName,
    namespace: given.namespace ?? cluster.namespace,
    kubeconfig: secret(given.kubeconfig ?? connection.kubeconfig),
    context: given.context ?? connection.context,
  };
}

function secret(kubeconfig: pulumi.Input<string> | undefined): pulumi.Output<string> | undefined {
  return kubeconfig === undefined ? undefined : pulumi.secret(kubeconfig);
}

function isComponent(cluster: ActionArgs['cluster']): cluster is ClusterComponent {
  return typeof cluster === 'object' && 'clusterName' in cluster && 'connection' in cluster;
}

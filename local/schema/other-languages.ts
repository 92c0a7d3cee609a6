/** What is otherwise in the plugin than in TypeScript, where a component can be handed over as an object. */

/** Outputs that are no Outputs in TypeScript: objects with several, for the arguments of another resource. */
export const onlyInTypeScript: Readonly<Record<string, readonly string[]>> = {
  PostgresCluster: ['connection'],
  BackupBucket: ['repository'],
};

/** Arguments of every action. */
export const ofActions: Readonly<Record<string, { readonly description: string; readonly required: true }>> =
  {
    cluster: {
      description:
        'Name of the cluster: the output `clusterName` of a `PostgresCluster` of this program, which the action then waits for, or the name of another one.',
      required: true,
    },
    namespace: { description: 'Namespace of the cluster: the output `namespace`.', required: true },
  };

/** The same for how a cluster is reached. */
export const descriptionsOfActions: Readonly<Record<string, string>> = {
  kubeconfig:
    'Kubeconfig, path or content (secret): the one that the cluster was given. Default: the ambient one, as kubectl finds it.',
  context: 'Context of the kubeconfig. Default: its current one.',
};

/** There is nothing to plan for: the cluster does not exist (yet). */
export class ClusterAbsent extends Error {
  constructor(namespace: string, cluster: string) {
    super(
      `There is no cluster ${cluster} in namespace ${namespace}. If the same program makes it, give the component itself ` +
        '(`cluster: hippo`), so that it is made first; else check namespace, kubeconfig and context.',
    );
    this.name = 'ClusterAbsent';
  }
}

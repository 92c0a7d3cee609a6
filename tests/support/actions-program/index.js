// The program of the tests of actions: clusters and actions on them are the stack's configuration.
// JavaScript, so that no compiler runs, and since pulumi-postgres-ha is here the packed package.
'use strict';
const k8s = require('@pulumi/kubernetes');
const pulumi = require('@pulumi/pulumi');
const postgres = require('pulumi-postgres-ha');

const config = new pulumi.Config();
const namespace = new k8s.core.v1.Namespace('namespace', {
  metadata: {
    name: config.require('namespace'),
    labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
  },
});
const clusters = {};
for (const [name, args] of Object.entries(config.requireObject('clusters')))
  clusters[name] = new postgres.PostgresCluster(name, { namespace: namespace.metadata.name, ...args });
// [{ type: 'Restart', name: 'restart', args: { trigger: '1' } }, …]; `child`: the cluster is its parent
for (const { type, name, args, cluster = 'hippo', child } of config.getObject('actions') ?? [])
  new postgres[type](
    name,
    { cluster: clusters[cluster], ...args },
    child ? { parent: clusters[cluster] } : undefined,
  );

// The program of the tests on a real cluster (tests/support/stack.ts): which clusters there
// are comes from the stack's configuration. JavaScript, so that no compiler runs in the
// measured time, and since pulumi-postgres-ha is here the packed package, not the sources.
'use strict';
const k8s = require('@pulumi/kubernetes');
const pulumi = require('@pulumi/pulumi');
const postgres = require('pulumi-postgres-ha');

const config = new pulumi.Config();
// A namespace that is part of the stack would take the volumes that a cluster leaves with it.
const namespace = config.getBoolean('namespaceExists')
  ? { metadata: { name: config.require('namespace') } }
  : new k8s.core.v1.Namespace('namespace', {
      metadata: {
        name: config.require('namespace'),
        labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
      },
    });
const clusters = Object.fromEntries(
  Object.entries(config.requireObject('clusters')).map(([name, args]) => [
    name,
    new postgres.PostgresCluster(name, { namespace: namespace.metadata.name, ...args }),
  ]),
);
// Actions by name of the resource: { type: 'Restart', cluster: 'hippo', trigger: '1', … }.
for (const [name, { type, cluster, ...args }] of Object.entries(config.getObject('actions') ?? {}))
  new postgres[type](name, { cluster: clusters[cluster], ...args });

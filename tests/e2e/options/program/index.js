// A cluster under a component of the platform team, with everything that Pulumi lets a parent
// hand down: a provider, a transform, and, when the parent is renamed, an alias.
'use strict';
const k8s = require('@pulumi/kubernetes');
const pulumi = require('@pulumi/pulumi');
const postgres = require('pulumi-postgres-ha');

const config = new pulumi.Config();
const parentName = config.require('parent');
const seen = [];

class Platform extends pulumi.ComponentResource {
  constructor(name, opts) {
    super('test:index:Platform', name, {}, opts);
  }
}

const provider = new k8s.Provider('explicit', { kubeconfig: process.env.KUBECONFIG });
const platform = new Platform(parentName, {
  aliases: parentName === 'platform' ? [] : [{ name: 'platform' }],
  providers: { kubernetes: provider },
});

const cluster = new postgres.PostgresCluster(
  'hippo',
  {
    namespace: config.require('namespace'),
    replicas: 0,
    storage: { size: '1Gi' },
    resources: { memory: '384Mi' },
    repositories: [{ type: 'local', size: '1Gi' }],
    deletionPolicy: 'delete',
  },
  {
    parent: platform,
    transforms: [
      ({ type, props, opts }) => {
        seen.push(type);
        if (!type.startsWith('kubernetes:')) return undefined;
        const metadata = { ...props.metadata, labels: { ...props.metadata.labels, team: 'shop' } };
        return { props: { ...props, metadata }, opts };
      },
    ],
  },
);

module.exports.seen = cluster.primaryHost.apply(() => [...seen].sort());

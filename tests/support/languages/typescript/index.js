// The same resources as examples/python, for the tests of moving between the forms of a resource.
'use strict';
const pulumi = require('@pulumi/pulumi');
const postgres = require('pulumi-postgres-ha');

const config = new pulumi.Config();
const hippo = new postgres.PostgresCluster('hippo', {
  namespace: config.require('namespace'),
  replicas: 1,
  synchronous: 'quorum',
  users: [{ name: 'app' }],
  databases: [{ name: 'shop', owner: 'app' }],
  storage: { size: '1Gi' },
});
const trigger = config.get('restart');
if (trigger) new postgres.Restart('restart', { cluster: hippo, trigger });

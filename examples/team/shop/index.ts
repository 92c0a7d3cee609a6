// The stack of the shop's team. What a PostgreSQL of the company is made like, they need not know.
import * as pulumi from '@pulumi/pulumi';
import { teamPostgres } from './team-postgres';

const config = new pulumi.Config();
const platform = new pulumi.StackReference(config.require('platform'));

const shop = teamPostgres('shop', platform, {
  owner: 'shop-team',
  namespace: config.get('namespace') ?? 'databases',
  size: '1Gi',
  databases: ['shop', 'invoices'],
});

export const host = shop.primaryHost;
export const secrets = shop.userSecrets;

// As much of a kubeconfig as these tests need: the current context's server and credentials.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parse } from 'yaml';

interface Named {
  name: string;
}

interface ClusterEntry extends Named {
  cluster: {
    server: string;
    'certificate-authority'?: string;
    'certificate-authority-data'?: string;
    'insecure-skip-tls-verify'?: boolean;
  };
}

interface UserEntry extends Named {
  user: {
    token?: string;
    'client-certificate'?: string;
    'client-certificate-data'?: string;
    'client-key'?: string;
    'client-key-data'?: string;
  };
}

interface Kubeconfig {
  'current-context': string;
  contexts: (Named & { context: { cluster: string; user: string } })[];
  clusters: ClusterEntry[];
  users: UserEntry[];
}

export interface Cluster {
  server: string;
  tls: { ca?: Buffer; cert?: Buffer; key?: Buffer; rejectUnauthorized: boolean };
  headers: Record<string, string>;
}

export function load(text: string, directory: string): Cluster {
  const config = parse(text) as Kubeconfig;
  const find = <T extends Named>(entries: T[], name: string): T => {
    const found = entries.find((each) => each.name === name);
    if (!found) throw new Error(`the kubeconfig has no entry ${name}`);
    return found;
  };
  const { context } = find(config.contexts, config['current-context']);
  const { cluster } = find(config.clusters, context.cluster);
  const { user } = find(config.users, context.user);
  const content = (data: string | undefined, file: string | undefined): Buffer | undefined =>
    data ? Buffer.from(data, 'base64') : file ? fs.readFileSync(path.resolve(directory, file)) : undefined;
  return {
    server: cluster.server,
    tls: {
      ca: content(cluster['certificate-authority-data'], cluster['certificate-authority']),
      cert: content(user['client-certificate-data'], user['client-certificate']),
      key: content(user['client-key-data'], user['client-key']),
      rejectUnauthorized: !cluster['insecure-skip-tls-verify'],
    },
    headers: user.token ? { Authorization: `Bearer ${user.token}` } : {},
  };
}

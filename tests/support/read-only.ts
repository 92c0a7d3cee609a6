/** Credentials that can do what a preview needs and no more: get, list and watch in one namespace, no Secrets, no exec. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Kubectl } from '../../local/kubernetes/kubectl';

interface Config {
  users: { name: string; user: object }[];
}

/** Path of a kubeconfig of such a user. The rights are those that docs/change-safely.md names. */
export async function readOnlyKubeconfig(kubectl: Kubectl, namespace: string): Promise<string> {
  const name = 'reviewer';
  const metadata = { name, namespace };
  await kubectl.apply([
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata,
      rules: [
        {
          apiGroups: [
            '',
            'apps',
            'batch',
            'policy',
            'networking.k8s.io',
            'rbac.authorization.k8s.io',
            'coordination.k8s.io',
          ],
          resources: [
            'pods',
            'services',
            'endpoints',
            'configmaps',
            'persistentvolumeclaims',
            'serviceaccounts',
            'events',
            'statefulsets',
            'deployments',
            'cronjobs',
            'poddisruptionbudgets',
            'networkpolicies',
            'roles',
            'rolebindings',
            'leases',
          ],
          verbs: ['get', 'list', 'watch'],
        },
      ],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    },
  ]);
  const token = (await kubectl.run(['create', 'token', name, '-n', namespace, '--duration=1h'])).trim();
  const config = parse(await kubectl.run(['config', 'view', '--raw', '--minify', '--flatten'])) as Config;
  config.users = config.users.map((user) => ({ ...user, user: { token } }));
  const file = join(mkdtempSync(join(tmpdir(), 'read-only-')), 'kubeconfig');
  writeFileSync(file, stringify(config), { mode: 0o600 });
  return file;
}

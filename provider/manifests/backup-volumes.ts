/** Volumes of everything that runs pgBackRest: its configuration, its certificate, the repository. */
import type { ClusterSpec, RepositorySpec } from '../cluster/spec';
import { names } from './names';
import { mountedSecretMode } from './security';

/** Who reads the configuration: a member, the repository host, or a job for one repository, whose file is named `job`-N.conf. */
export type Reader = 'member' | 'host' | { readonly repository: RepositorySpec; readonly job: string };

/**
 * `/etc/pgbackrest`: files of the ConfigMap, and next to them, in the include path, those of the Secret. A member
 * also has a directory `repo1` a repository: the same for that repository alone (config/pgbackrest.ts).
 */
export function configurationVolume(spec: ClusterSpec, reader: Reader) {
  const config: [key: string, path: string][] = [];
  const secret: [key: string, path: string][] = [];
  const pair = (file: string, included: string, directory = '') => {
    config.push([file, `${directory}pgbackrest.conf`]);
    secret.push([included, `${directory}conf.d/repositories.conf`]);
  };
  const read = typeof reader === 'string' ? spec.repositories : [reader.repository];
  if (reader === 'member') {
    pair('member.conf', 'repositories.conf');
    for (const { number } of read)
      pair(`member-${number}.conf`, `repository-${number}.conf`, `repo${number}/`);
  } else if (reader === 'host') pair('host.conf', `repository-${localRepository(spec)!.number}.conf`);
  else {
    const { number } = reader.repository;
    pair(`${reader.job}-${number}.conf`, `repository-${number}.conf`);
  }
  const items = (of: readonly [key: string, path: string][]) => of.map(([key, path]) => ({ key, path }));
  return {
    name: 'pgbackrest',
    projected: {
      defaultMode: mountedSecretMode,
      sources: [
        { configMap: { name: names.backupConfigMap(spec.name), items: items(config) } },
        { secret: { name: names.repositoriesSecret(spec.name), items: items(secret) } },
        ...(reader === 'host' ? [] : read).flatMap(({ number, s3 }) =>
          s3?.caSecret === undefined
            ? []
            : [{ secret: { name: s3.caSecret, items: [{ key: 'ca.crt', path: `ca/${number}.crt` }] } }],
        ),
      ],
    },
  };
}

export function certificateVolume(spec: ClusterSpec) {
  return {
    name: 'backup-tls',
    secret: { secretName: names.backupCertificate(spec.name), defaultMode: mountedSecretMode },
  };
}

export function repositoryVolume(spec: ClusterSpec) {
  return {
    name: 'repository',
    persistentVolumeClaim: { claimName: names.repositoryHost(spec.name) },
  };
}

export function pgbackrestMounts() {
  return [
    { name: 'pgbackrest', mountPath: '/etc/pgbackrest', readOnly: true },
    { name: 'backup-tls', mountPath: '/etc/postgres-ha/tls/backup', readOnly: true },
  ];
}

export function localRepository(spec: ClusterSpec): RepositorySpec | undefined {
  return spec.repositories.find(({ local }) => local !== undefined);
}

/**
 * The URNs that programs get of this package: what stacks in use hold, and what a version number promises.
 * As a program, `child-urns.ts FOLDER`, it prints those of the package that is installed in a folder.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Pulumi from '@pulumi/pulumi';
import type * as Package from '../../provider/index';

type Program = (postgres: typeof Package) => void;

const connected = { cluster: 'hippo', namespace: 'databases', trigger: 'first' };

/** Between them they make every kind of child that there is. */
const programs: Readonly<Record<string, Program>> = {
  'a cluster with nothing but its name': ({ PostgresCluster }) => void new PostgresCluster('hippo', {}),
  'one member, no backups, no network policies': ({ PostgresCluster }) =>
    void new PostgresCluster('hippo', {
      replicas: 0,
      repositories: [],
      networkPolicy: { enabled: false },
    }),
  'a member removed, two repositories, schedules, verification and test restores': ({ PostgresCluster }) =>
    void new PostgresCluster('hippo', {
      replicas: 2,
      remove: ['hippo-2'],
      walStorage: { size: '1Gi' },
      pooler: {},
      repositories: [
        { type: 'local', size: '5Gi' },
        { type: 's3', bucket: 'backups', region: 'eu-central-1', keyType: 'auto' },
      ],
      schedules: [
        { repository: 1, type: 'full', cron: '0 1 * * 0' },
        { repository: 2, type: 'full', cron: '0 2 * * *' },
      ],
      backup: {
        verify: [{ repository: 1, cron: '0 3 * * *' }],
        testRestore: [{ repository: 2, cron: '0 4 * * 0' }],
      },
    }),
  'a bucket with a key and a role for ServiceAccounts': ({ BackupBucket }) =>
    void new BackupBucket('backups', {
      encryption: { type: 'kms' },
      objectLock: { mode: 'GOVERNANCE', days: 7 },
      accessLog: { bucket: 'logs' },
      access: {
        type: 'irsa',
        serviceAccounts: [{ namespace: 'databases', name: 'hippo' }],
        oidcProviderArn:
          'arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/0123ABCD',
      },
    }),
  'a bucket with Pod Identity': ({ BackupBucket }) =>
    void new BackupBucket('backups', {
      access: {
        type: 'podIdentity',
        serviceAccounts: [{ namespace: 'databases', name: 'hippo' }],
        eksCluster: { arn: 'arn:aws:eks:eu-central-1:123456789012:cluster/production' },
      },
    }),
  'the actions': (postgres) => {
    new postgres.Restart('restart', connected);
    new postgres.Switchover('switchover', connected);
    new postgres.Fence('fence', { ...connected, members: ['hippo-1'] });
    new postgres.Maintenance('maintenance', connected);
    new postgres.Backup('backup', { ...connected, repository: 1 });
    new postgres.Reinitialize('reinitialize', { ...connected, member: 'hippo-1' });
    new postgres.Hibernate('hibernate', connected);
    new postgres.Restore('restore', connected);
  },
};

/** Text with a section a program: each line the types from the outermost parent down, and the name. */
export async function childUrns(pulumi: typeof Pulumi, postgres: typeof Package): Promise<string> {
  const sections: string[] = [];
  for (const [title, program] of Object.entries(programs)) {
    await pulumi.runtime.setMocks({
      newResource: ({ name, inputs }) => ({ id: `${name}-id`, state: inputs as Record<string, unknown> }),
      call: ({ inputs }) => inputs as Record<string, unknown>,
    });
    const made: Pulumi.Resource[] = [];
    const urns: string[] = [];
    await pulumi.runtime.runInPulumiStack(() => {
      pulumi.runtime.registerStackTransformation(({ resource }) => void made.push(resource));
      program(postgres);
      return Promise.resolve({});
    });
    for (const { urn } of made) urn.apply((text) => urns.push(text));
    await pulumi.runtime.disconnect();
    if (urns.length < made.length || made.length === 1)
      throw new Error(`${title}: ${made.length - urns.length} of ${made.length} resources were not made`);
    const lines = urns.map((urn) => urn.split('::').slice(2).join(' ').replace('pulumi:pulumi:Stack$', ''));
    sections.push([`# ${title}`, ...lines.sort(), ''].join('\n'));
  }
  return sections.join('\n');
}

if (require.main === module) {
  const installed = createRequire(join(process.argv[2] ?? '.', 'package.json'));
  const modules = [installed('@pulumi/pulumi'), installed('pulumi-postgres-ha')] as const;
  void childUrns(modules[0] as typeof Pulumi, modules[1] as typeof Package).then((text) =>
    process.stdout.write(text),
  );
}

/** The company's PostgreSQL: what every team's cluster has, said once. Publish it as a package of yours. */
import type * as pulumi from '@pulumi/pulumi';
import * as postgres from 'pulumi-postgres-ha';

/** What a team decides itself. The rest is the company's. */
export interface TeamPostgresArgs {
  /** Who is asked when something is wrong with it. */
  readonly owner: string;
  readonly namespace: string;
  /** Size of the data, for example "20Gi". */
  readonly size: string;
  readonly databases: readonly string[];
}

/** A cluster by the rules of `platform`: one replica that no acknowledged commit is lost without, backups each night. */
export function teamPostgres(
  name: string,
  platform: pulumi.StackReference,
  { owner, namespace, size, databases }: TeamPostgresArgs,
  options?: pulumi.ComponentResourceOptions,
): postgres.PostgresCluster {
  const storageClass = platform.getOutput('storageClass');
  return new postgres.PostgresCluster(
    name,
    {
      namespace,
      image: platform.getOutput('image'),
      replicas: 1,
      synchronous: postgres.Synchronous.quorum,
      storage: { size, storageClass },
      users: databases.map((database) => ({ name: database })),
      databases: databases.map((database) => ({
        name: database,
        owner: database,
        extensions: ['pg_stat_statements'],
      })),
      repositories: [
        {
          type: postgres.RepositoryType.local,
          size,
          storageClass,
          retention: { full: platform.requireOutput('fullBackups') },
        },
      ],
      metadata: { labels: { owner } },
    },
    options,
  );
}

/** What the generated SDKs are called, and what they need. */

export function languages(version: string): Record<string, object> {
  return {
    nodejs: {
      packageName: 'pulumi-postgres-ha-sdk',
      packageDescription: 'Client of the Pulumi package postgres-ha: its resources by the plugin',
      dependencies: { '@pulumi/pulumi': '^3.250.0' },
      respectSchemaVersion: true,
    },
    python: {
      packageName: 'pulumi_postgres_ha',
      requires: { pulumi: '>=3.165.0,<4.0.0' },
      readme: `Client of the Pulumi package postgres-ha ${version}.`,
      respectSchemaVersion: true,
      pyproject: { enabled: true },
    },
    go: {
      // No place on the internet yet, and so none that somebody else could take: programs use a `replace`.
      importBasePath: 'pulumi-postgres-ha/sdk/go/postgresha',
      modulePath: 'pulumi-postgres-ha/sdk/go',
      rootPackageName: 'postgresha',
      respectSchemaVersion: true,
    },
  };
}

// A policy pack: what the clusters and buckets of a team must have, told in the preview.
//
//   pulumi preview --policy-pack ../policy
//
// A component's arguments are not part of its state (passwords may be among them). What is asked here
// is the `spec` that its child `Foundation` is given: every default filled in, nothing secret.
import { PolicyPack, type PolicyResource } from '@pulumi/policy';

/** What every repository keeps at least, whichever of the two it counts in. */
interface Retention {
  readonly days: number;
  readonly fullBackups: number;
}

interface Spec {
  readonly name: string;
  readonly members: readonly string[];
  readonly repositories: readonly {
    readonly number: number;
    readonly retention: { readonly by: 'time' | 'count'; readonly full: number };
  }[];
}

/** What the preview knows of a restore in place: the plan is made of the running cluster. */
interface Restore {
  readonly trigger: string;
  readonly approvedPlan?: string;
  /** Lines by trigger; unknown where the cluster does not exist yet. */
  readonly plan?: Readonly<Record<string, readonly string[]>>;
  readonly planDigest?: string;
}

/** Of the shell for TypeScript programs, or of the plugin for other languages. */
const isA = (resource: { type: string }, kind: string): boolean =>
  [`pulumi-nodejs:dynamic/postgres-ha:${kind}`, `postgres-ha:index:${kind}`].includes(resource.type);

function eachCluster(resources: readonly PolicyResource[], look: (spec: Spec, urn: string) => void): void {
  for (const resource of resources.filter((one) => isA(one, 'Foundation')))
    look((resource.props as { spec: Spec }).spec, resource.urn);
}

new PolicyPack('postgres-ha', {
  enforcementLevel: 'mandatory',
  policies: [
    {
      name: 'more-than-one-member',
      description: 'A cluster has a replica: a single member is not highly available.',
      validateStack: ({ resources }, report) => {
        eachCluster(resources, ({ name, members }, urn) => {
          if (members.length < 2)
            report(`cluster ${name} has one member: write \`replicas: 1\` or more`, urn);
        });
      },
    },
    {
      name: 'backups',
      description: 'A cluster has a repository, and keeps what is in it long enough.',
      configSchema: {
        properties: {
          days: { type: 'integer', minimum: 1, default: 14 },
          fullBackups: { type: 'integer', minimum: 1, default: 2 },
        },
      },
      validateStack: ({ resources, getConfig }, report) => {
        const least = getConfig<Retention>();
        eachCluster(resources, (spec, urn) => checkBackups(spec, least, (text) => report(text, urn)));
      },
    },
    {
      name: 'encrypted-bucket',
      description: 'A bucket is encrypted by its own configuration.',
      validateStack: ({ resources }, report) => {
        for (const bucket of resources.filter(({ type }) => /^aws:s3\/bucket(V2)?:Bucket(V2)?$/.test(type)))
          if (!isEncrypted(bucket, resources))
            report(
              `bucket ${bucket.name} has no server-side encryption configuration: use BackupBucket, or add one`,
              bucket.urn,
            );
      },
    },
    {
      name: 'restore-is-approved',
      description: 'A restore in place performs the plan that was reviewed, and no other.',
      validateResource: (resource, report) => {
        if (isA(resource, 'Restore')) checkRestore(resource.name, resource.props as Restore, report);
      },
    },
  ],
});

function checkBackups(spec: Spec, least: Retention, report: (text: string) => void): void {
  if (spec.repositories.length === 0) report(`cluster ${spec.name} has no backups: give it \`repositories\``);
  for (const { number, retention } of spec.repositories) {
    const [wanted, unit] =
      retention.by === 'time' ? [least.days, 'days'] : [least.fullBackups, 'full backups'];
    if (retention.full < wanted)
      report(`repository ${number} of ${spec.name} keeps ${retention.full} ${unit}: ${wanted} at least`);
  }
}

/** That the digest is that of the plan, and stays it, is what the action itself holds to. */
function checkRestore(name: string, restore: Restore, report: (text: string) => void): void {
  const { trigger, approvedPlan } = restore;
  if (approvedPlan !== undefined && approvedPlan !== 'any') return;
  const found = approvedPlan === 'any' ? 'approves any plan' : 'has no approved plan';
  const lines = known(() => restore.plan?.[trigger]);
  report(
    lines === undefined
      ? `${name} ${found}, and there is none to read yet: restore once the cluster exists`
      : `${name} ${found}: read this one, and write \`approvedPlan: "${restore.planDigest}"\`:\n${lines.join('\n')}`,
  );
}

/** What a preview does not know can't be read: without this the engine would only say that it can't run the policy. */
function known<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** The configuration is a resource of its own, which names the bucket by an output of it. (In a preview that output is not known.) */
function isEncrypted(bucket: PolicyResource, resources: readonly PolicyResource[]): boolean {
  return resources.some(
    ({ type, propertyDependencies }) =>
      type.includes('ucketServerSideEncryptionConfiguration') &&
      (propertyDependencies['bucket'] ?? []).some(({ urn }) => urn === bucket.urn),
  );
}

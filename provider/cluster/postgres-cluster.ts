/** The component: a highly available PostgreSQL cluster. */
import * as pulumi from '@pulumi/pulumi';
import type { ConnectionArgs } from '../actions/core/arguments';
import { makeFoundation } from '../actions/foundation/resource';
import type { FoundationArgs } from '../actions/foundation/resource';
import { makeRollout } from '../actions/rollout/resource';
import type { RolloutArgs } from '../actions/rollout/resource';
import { postgresPort } from '../config/connection';
import { memberNames, names, userSecret } from '../manifests/names';
import type { PostgresClusterArgs } from './args';
import * as add from './children';
import { superuser } from './defaults';
import { normalise } from './normalise';
import { backupsOf } from './normalise-backups';
import { foundationInputs, rolloutInputs } from './parts';
import { givenKeys, givenPasswords, passwordProblems, resolveArgs } from './resolve';
import type { ResolvedArgs } from './resolved';
import type { ClusterSpec } from './spec';
import { renderProblems, validate } from './validation';

/**
 * A highly available PostgreSQL cluster on Kubernetes: members kept by Patroni, their
 * Services, users, databases, certificates and volumes. Its name is the cluster's name on
 * Kubernetes and the prefix of every object in it.
 */
export class PostgresCluster extends pulumi.ComponentResource {
  /** Its name on Kubernetes, once it is ready: what an action of this or another program is told. */
  public readonly clusterName: pulumi.Output<string>;
  /** How it is reached, for actions of the same program; no output. */
  public readonly connection: ConnectionArgs;
  /** DNS name of the primary's Service, for reading and writing. */
  public readonly primaryHost: pulumi.Output<string>;
  /** DNS name of the replicas' Service, for reading; without replicas it has no endpoints. */
  public readonly replicaHost: pulumi.Output<string>;
  /** DNS name of the Service of every ready member, for reading. */
  public readonly anyHost: pulumi.Output<string>;
  /** DNS name of the pooler's Service, for reading and writing; empty without `pooler`. */
  public readonly poolerHost: pulumi.Output<string>;
  /** Port of all of them: 5432. */
  public readonly port: pulumi.Output<number>;
  /** The namespace. */
  public readonly namespace: pulumi.Output<string>;
  /** Names of the members: `hippo-1` and so on. */
  public readonly members: pulumi.Output<string[]>;
  /** Names of the Secrets with every form of the connection, by user; `postgres` is the superuser. */
  public readonly userSecrets: pulumi.Output<{ [user: string]: string }>;

  constructor(name: string, args: PostgresClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super('postgres-ha:index:PostgresCluster', name, {}, opts);
    const spec = validSpec(name, args, this);
    const children = new add.Children(this, name, spec);
    // Credentials, whether or not the program says so.
    const kubeconfig = args.kubeconfig === undefined ? undefined : pulumi.secret(args.kubeconfig);
    const connection = { kubeconfig, context: args.context };
    this.connection = connection;

    // Kubernetes deletes Patroni's Endpoints with the Services of the same names, so the Services go
    // last at destroy: the Foundation still reads from them what it keeps for the next time.
    const services = add.addServices(children);
    const foundation = makeFoundation(
      `${name}-foundation`,
      {
        ...(children.properties(foundationInputs, foundationKeys) as FoundationArgs),
        passwords: givenPasswords(args),
        repositoryKeys: givenKeys(args),
        ...connection,
      },
      { parent: this, dependsOn: services },
    );
    const before = [foundation, ...services, ...add.addIdentity(children)];
    if (args.networkPolicy?.enabled !== false) before.push(...add.addNetworkPolicies(children));
    const members = memberNames(name, args.replicas ?? 1, args.remove ?? []);
    if (members.length > 1) add.addDisruptionBudget(children);
    // Only what is plain in the arguments is read of this: how many there are, and of which types.
    const backups = { name, ...backupsOf(name, args as ResolvedArgs) };
    const local = backups.repositories.some((one) => one.local !== undefined);
    // Before the members, so that at destroy it goes after them: the last WAL still goes there.
    const repositoryHost = local ? add.addRepositoryHost(children, before) : [];
    const sets = members.map((member) => add.addMember(children, member, [...before, ...repositoryHost]));
    if (backups.repositories.length > 0 && args.networkPolicy?.enabled !== false)
      sets.push(...add.addBackupPolicies(children, local));
    add.addRenewal(children, [foundation]);
    const rollout = makeRollout(
      `${name}-rollout`,
      {
        ...(children.properties(rolloutInputs, rolloutKeys) as RolloutArgs),
        approvedPlan: args.approvedPlan,
        ...connection,
      },
      { parent: this, dependsOn: sets },
    );

    if (args.pooler) add.addPooler(children, args.networkPolicy?.enabled !== false, [rollout]);

    // They do not wait to be done: a first backup may take hours.
    if (backups.repositories.length > 0) add.addBackupJobs(children, backups, [rollout]);

    // Whoever uses an output gets a cluster that is ready: outputs wait for the rollout.
    const output = <T>(of: (s: ClusterSpec) => T): pulumi.Output<T> => {
      const made = pulumi.all([spec, rollout.plan]).apply(([plain]) => of(plain as ClusterSpec));
      return pulumi.output(add.orUnknown(made)) as pulumi.Output<T>;
    };
    const host = (service: string) => output((s) => `${service}.${s.namespace}.svc`);
    this.clusterName = output((s) => s.name);
    this.primaryHost = host(names.primaryService(name));
    this.replicaHost = host(names.replicaService(name));
    this.anyHost = host(names.anyService(name));
    this.poolerHost = args.pooler ? host(names.pooler(name)) : pulumi.output('');
    this.port = output(() => postgresPort);
    this.namespace = output((s) => s.namespace);
    this.members = output((s) => [...s.members]);
    this.userSecrets = output((s) => {
      const users = [superuser, ...s.users.map((user) => user.name)];
      return Object.fromEntries(users.map((user) => [user, userSecret(name, user)]));
    });
    this.registerOutputs({
      clusterName: this.clusterName,
      primaryHost: this.primaryHost,
      replicaHost: this.replicaHost,
      anyHost: this.anyHost,
      poolerHost: this.poolerHost,
      port: this.port,
      namespace: this.namespace,
      members: this.members,
      userSecrets: this.userSecrets,
    });
  }
}

/** The spec, or one error with every problem: in a preview, before anything is touched. */
function validSpec(
  name: string,
  args: PostgresClusterArgs,
  component: pulumi.Resource,
): pulumi.Output<ClusterSpec> {
  return pulumi.all([resolveArgs(args), passwordProblems(args)]).apply(([all, passwords]) => {
    // Pulumi's type of a list of Outputs has lost that these are plain already.
    const resolved = all as ResolvedArgs;
    const problems = [...validate(name, resolved), ...passwords];
    if (problems.length > 0) throw refused(renderProblems(name, problems), component);
    return normalise(name, resolved);
  });
}

/**
 * The error that every child of a refused cluster meets. Its message does not change: the SDK puts the
 * path of each property in front of the message of one and the same error (serializeProperties in
 * runtime/rpc.ts), a hundred times. And it has no stack, which would help nobody, and in which
 * util.inspect of Node 22.23 loops for ever (a source-mapped frame "node_modules/@pulumi/output.ts").
 */
function refused(text: string, component: pulumi.Resource): Error {
  return Object.defineProperties(new pulumi.ResourceError(text, component, true), {
    message: { get: () => text, set: () => undefined },
    stack: { value: undefined },
  });
}

const foundationKeys = [
  'cluster',
  'namespace',
  'spec',
  'volumes',
  'configMaps',
  'repositoriesSecret',
  'certificates',
  'users',
  'deletionPolicy',
  'labels',
  'annotations',
] as const;

const rolloutKeys = [
  'cluster',
  'namespace',
  'members',
  'synchronous',
  'restartParameters',
  'config',
  'databases',
  'repositories',
  'restartPolicy',
  'removedData',
  'deletionPolicy',
] as const;

/** What the cluster's own resources are told: the spec, cut to what each of them needs. Pure. */
import { createHash } from 'node:crypto';
import type { FoundationInputs, VolumeInput } from '../actions/foundation/inputs';
import type { RolloutInputs } from '../actions/rollout/inputs';
import { certificateProfiles, certificatesJson } from '../config/certificates';
import { ownedJson } from '../config/owned';
import { restartParameters } from '../config/parameters';
import { databasesYaml, dcsYaml, membersYaml, patroniYaml } from '../config/patroni';
import { pgbackrestFiles } from '../config/pgbackrest';
import { pgbouncerIni } from '../config/pgbouncer';
import { scripts } from '../config/scripts';
import { clusterLabels } from '../manifests/metadata';
import { annotations, labels, names, userSecret } from '../manifests/names';
import { podTemplate } from '../manifests/pod-template';
import { superuser } from './defaults';
import type { ClusterSpec, VolumeSpec } from './spec';
import { isUnknown, UNKNOWN } from './spec';

/** Everything but what is secret or says which cluster is meant. */
type Plain<T> = Omit<T, 'passwords' | 'repositoryKeys' | 'row' | 'kubeconfig' | 'context' | 'approvedPlan'>;

export function foundationInputs(spec: ClusterSpec): Plain<FoundationInputs> {
  const { name } = spec;
  return {
    cluster: name,
    namespace: spec.namespace,
    spec,
    volumes: spec.members
      .flatMap((member) => [
        volume(names.dataVolume(member), member, 'data', spec.storage),
        ...(spec.walStorage ? [volume(names.walVolume(member), member, 'wal', spec.walStorage)] : []),
      ])
      .concat(repositoryVolumes(spec)),
    configMaps: [
      {
        name: names.configMap(name),
        data: {
          'dcs.yaml': dcsYaml(spec),
          'members.yaml': membersYaml(spec),
          'databases.yaml': databasesYaml(spec),
          'owned.json': ownedJson(spec),
        },
      },
      {
        name: names.patroniConfigMap(name),
        data: { 'patroni.yml': patroniYaml(spec), 'certificates.json': certificatesJson(spec) },
      },
      { name: names.scriptsConfigMap(name), data: scripts() },
      ...(spec.repositories.length > 0
        ? [
            { name: names.backupConfigMap(name), data: pgbackrestFiles(spec) },
            // Its content is written by the jobs.
            { name: names.backups(name), data: {} },
          ]
        : []),
      ...(spec.pooler
        ? [{ name: names.pooler(name), data: { 'pgbouncer.ini': pgbouncerIni(spec, spec.pooler) } }]
        : []),
    ],
    repositoriesSecret: spec.repositories.length > 0 ? names.repositoriesSecret(name) : '',
    certificates: certificateProfiles(spec),
    users: [superuser, ...spec.users.map((user) => user.name)].map((user) => ({
      name: user,
      secret: userSecret(name, user),
    })),
    deletionPolicy: spec.deletionPolicy,
    labels: clusterLabels(spec),
    annotations: spec.metadata.annotations,
  };
}

/** Members of no volume: the repository host is none. */
function repositoryVolumes(spec: ClusterSpec): VolumeInput[] {
  const name = names.repositoryHost(spec.name);
  const labels_ = { [labels.component]: 'repository' };
  return spec.repositories.flatMap(({ local }) =>
    local ? [{ ...volume(name, name, 'repository', local), labels: labels_ }] : [],
  );
}

function volume(name: string, member: string, purpose: string, spec: VolumeSpec): VolumeInput {
  return {
    name,
    member,
    purpose,
    size: spec.size,
    ...(spec.storageClass !== undefined ? { storageClass: spec.storageClass } : {}),
    labels: { [labels.member]: member },
  };
}

export function rolloutInputs(spec: ClusterSpec): Plain<RolloutInputs> {
  return {
    cluster: spec.name,
    namespace: spec.namespace,
    members: spec.members.map((member) => ({
      name: member,
      fingerprint: fingerprintOf(spec, member),
      restartParameters: ownRestartParameters(spec, member),
    })),
    synchronous: spec.synchronous,
    restartParameters: restartParameters(spec),
    config: sha256(dcsYaml(spec)),
    databases: sha256(databasesYaml(spec)),
    repositories: spec.repositories.map(({ number }) => number),
    restartPolicy: spec.restartPolicy,
    removedData: spec.removedData,
    deletionPolicy: spec.deletionPolicy,
  };
}

/** What a member has otherwise than the cluster. */
function ownRestartParameters(spec: ClusterSpec, member: string): Record<string, string> {
  const own = Object.keys(spec.config.memberParameters[member] ?? {});
  const all = Object.entries(restartParameters(spec, member));
  return Object.fromEntries(all.filter(([name]) => own.includes(name)));
}

function fingerprintOf(spec: ClusterSpec, member: string): Record<string, string> {
  return JSON.parse(podTemplate(spec, member).metadata.annotations[annotations.fingerprint]!) as Record<
    string,
    string
  >;
}

function sha256(text: string): string {
  return isUnknown(text) ? UNKNOWN : createHash('sha256').update(text).digest('hex');
}

/** The pod of a member: PostgreSQL under Patroni, and its agent. */
import type { ClusterSpec } from '../cluster/spec';
import { fingerprint } from './fingerprint';
import { clusterLabels, memberSelector } from './metadata';
import { annotations, labels, names } from './names';
import { certificateVolume, configurationVolume } from './backup-volumes';
import { cloudIdentityVolumes } from './cloud-identity';
import { agentContainer, backupContainer, databaseContainer } from './containers';
import { exporterContainer } from './exporter';
import { containerUser, mountedSecretMode } from './security';

/**
 * Long enough for a shutdown checkpoint of a big cluster. It bounds an orderly stop only:
 * a hung member is killed by its liveness probe, which has a short grace of its own.
 */
const terminationGraceSeconds = 300;

/** The pod template of a member. Its fingerprint is an annotation of itself. */
export function podTemplate(spec: ClusterSpec, member: string) {
  const template = {
    metadata: {
      labels: { ...clusterLabels(spec, 'postgres'), [labels.member]: member },
      annotations: { ...spec.metadata.annotations },
    },
    spec: {
      serviceAccountName: names.serviceAccount(spec.name),
      automountServiceAccountToken: true,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: terminationGraceSeconds,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: containerUser,
        runAsGroup: containerUser,
        fsGroup: containerUser,
        fsGroupChangePolicy: 'OnRootMismatch',
        seccompProfile: { type: 'RuntimeDefault' },
      },
      ...(spec.image.pullSecrets.length > 0
        ? { imagePullSecrets: spec.image.pullSecrets.map((name) => ({ name })) }
        : {}),
      ...placement(spec),
      containers: [
        databaseContainer(spec, member),
        agentContainer(spec, member),
        ...(spec.repositories.length > 0 ? [backupContainer(spec)] : []),
        ...(spec.metrics ? [exporterContainer(spec, spec.metrics)] : []),
      ],
      volumes: volumes(spec, member),
    },
  };
  return {
    ...template,
    metadata: {
      ...template.metadata,
      annotations: {
        ...template.metadata.annotations,
        [annotations.fingerprint]: JSON.stringify(fingerprint(spec, template)),
      },
    },
  };
}

function volumes(spec: ClusterSpec, member: string) {
  const secret = (name: string, secretName: string) => ({
    name,
    secret: { secretName, defaultMode: mountedSecretMode },
  });
  return [
    { name: 'data', persistentVolumeClaim: { claimName: names.dataVolume(member) } },
    ...(spec.walStorage
      ? [{ name: 'wal', persistentVolumeClaim: { claimName: names.walVolume(member) } }]
      : []),
    { name: 'run', emptyDir: {} },
    { name: 'tmp', emptyDir: {} },
    // PostgreSQL's parallel queries share memory in /dev/shm, and a container's default of
    // 64 MB makes them fail; what is used counts against the memory limit.
    { name: 'shm', emptyDir: { medium: 'Memory' } },
    { name: 'patroni', configMap: { name: names.patroniConfigMap(spec.name) } },
    { name: 'config', configMap: { name: names.configMap(spec.name) } },
    { name: 'scripts', configMap: { name: names.scriptsConfigMap(spec.name), defaultMode: 0o555 } },
    secret('server-tls', spec.tls.serverSecret ?? names.serverSecret(spec.name)),
    secret('replication-tls', names.replicationSecret(spec.name)),
    ...(spec.repositories.length > 0 ? [configurationVolume(spec, 'member'), certificateVolume(spec)] : []),
    ...cloudIdentityVolumes(spec),
    ...(spec.metrics ? [{ name: 'no-token', emptyDir: {} }] : []),
    // Always there, so that what a new cluster is restored from changes no pod later (config/restore-source.ts).
    {
      name: 'restore',
      secret: { secretName: names.restoreSecret(spec.name), optional: true, defaultMode: mountedSecretMode },
    },
  ];
}

/** Where the pod may run. */
function placement(spec: ClusterSpec) {
  const { nodeSelector, tolerations, antiAffinity, topologyKey, priorityClass } = spec.scheduling;
  const apart = {
    labelSelector: { matchLabels: memberSelector(spec) },
    topologyKey: 'kubernetes.io/hostname',
  };
  return {
    ...(Object.keys(nodeSelector).length > 0 ? { nodeSelector: { ...nodeSelector } } : {}),
    ...(tolerations.length > 0 ? { tolerations: tolerations.map((toleration) => ({ ...toleration })) } : {}),
    ...(priorityClass ? { priorityClassName: priorityClass } : {}),
    affinity:
      antiAffinity === 'disabled'
        ? {}
        : {
            podAntiAffinity:
              antiAffinity === 'required'
                ? { requiredDuringSchedulingIgnoredDuringExecution: [apart] }
                : {
                    preferredDuringSchedulingIgnoredDuringExecution: [
                      { weight: 100, podAffinityTerm: apart },
                    ],
                  },
          },
    // Spread over zones where there are any; never a reason to stay Pending.
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey,
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: memberSelector(spec) },
      },
    ],
  };
}

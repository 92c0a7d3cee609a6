import { stringify } from 'yaml';
import { normalise } from '../../../provider/cluster/normalise';
import type { ClusterSpec } from '../../../provider/cluster/spec';
import { backupCronJob, firstBackup } from '../../../provider/manifests/backup-jobs';
import { networkPolicy, renewalNetworkPolicy } from '../../../provider/manifests/network-policies';
import { podDisruptionBudget } from '../../../provider/manifests/pod-disruption-budget';
import * as rbac from '../../../provider/manifests/rbac';
import * as pooler from '../../../provider/manifests/pooler';
import { renewalCronJob } from '../../../provider/manifests/renewal';
import { repositoryHost, repositoryService } from '../../../provider/manifests/repository-host';
import { dcsServices, services } from '../../../provider/manifests/services';
import { statefulSet } from '../../../provider/manifests/stateful-set';
import { testRestoreCronJob, verifyCronJob } from '../../../provider/manifests/verification-jobs';
import { golden } from '../../support/golden';

const specs: Readonly<Record<string, ClusterSpec>> = {
  default: normalise('hippo', { pooler: {} }),
  'with-everything': normalise('hippo', {
    namespace: 'shop',
    replicas: 1,
    remove: ['hippo-2'],
    synchronous: 'strict',
    postgresVersion: 17,
    image: 'registry.example/postgres:17',
    imagePullPolicy: 'Always',
    imagePullSecrets: ['pull'],
    users: [{ name: 'app' }, { name: 'Ünï "quoted"' }],
    walStorage: { size: '20Gi', storageClass: 'fast' },
    resources: { cpu: '2', cpuLimit: '4', memory: '8Gi' },
    scheduling: {
      nodeSelector: { disk: 'ssd' },
      tolerations: [{ key: 'database', operator: 'Exists', effect: 'NoSchedule' }],
      antiAffinity: 'required',
      topologyKey: 'example/rack',
      priorityClass: 'high',
    },
    service: { type: 'LoadBalancer', annotations: { 'example/internal': 'true' } },
    pooler: { replicas: 3, resources: { cpu: '1', memory: '256Mi' } },
    metrics: { resources: { memory: '96Mi' } },
    networkPolicy: { fromNamespaces: { team: 'shop' }, fromPods: { app: 'web' } },
    tls: { serverSecret: 'own-certificate' },
    metadata: { labels: { team: 'shop' }, annotations: { 'example/owner': 'shop' } },
    repositories: [
      { type: 'local', size: '50Gi' },
      {
        type: 's3',
        bucket: 'backups',
        region: 'eu-central-1',
        keyType: 'web-id',
        roleArn: 'arn:aws:iam::1:role/r',
      },
    ],
    schedules: [{ type: 'full', repository: 2, cron: '0 1 * * 0', timeZone: 'Europe/Berlin' }],
    backup: {
      verify: [{ repository: 2, cron: '0 3 * * 6' }],
      testRestore: [
        {
          cron: '0 4 * * 6',
          storageClass: 'fast',
          query: 'select count(*) > 0 from orders',
          database: 'shop',
        },
      ],
    },
  }),
};

const parts: Readonly<Record<string, (spec: ClusterSpec) => unknown[]>> = {
  'network-policies': (spec) => [networkPolicy(spec), renewalNetworkPolicy(spec)],
  'pod-disruption-budget': (spec) => [podDisruptionBudget(spec)],
  rbac: (spec) => [
    rbac.serviceAccount(spec),
    rbac.role(spec),
    rbac.roleBinding(spec),
    rbac.renewalRole(spec),
  ],
  renewal: (spec) => [renewalCronJob(spec)],
  services: (spec) => [...Object.values(services(spec)), ...dcsServices(spec)],
  backups: (spec) => [
    ...spec.schedules.map((_schedule, index) => backupCronJob(spec, index)),
    ...spec.repositories.map((repository) => firstBackup(spec, repository)),
    ...spec.backup.verify.map((verify) => verifyCronJob(spec, verify)),
    ...spec.backup.testRestore.map((trial) => testRestoreCronJob(spec, trial)),
    repositoryService(spec),
    repositoryHost(spec),
  ],
  pooler: (spec) => [
    pooler.poolerServiceAccount(spec),
    pooler.poolerService(spec),
    pooler.poolerDeployment(spec, spec.pooler!),
    pooler.poolerDisruptionBudget(spec),
    pooler.poolerNetworkPolicy(spec),
  ],
  'stateful-set': (spec) => [statefulSet(spec, spec.members.at(-1)!)],
};

describe('manifests', () => {
  for (const [name, spec] of Object.entries(specs))
    for (const [part, manifests] of Object.entries(parts))
      it(`${part} of a cluster "${name}"`, () =>
        golden(
          `manifests/${name}/${part}.yaml`,
          manifests(spec)
            .map((manifest) => stringify(manifest, { lineWidth: 0, aliasDuplicateObjects: false }))
            .join('---\n'),
        ));
});

import { stringify } from 'yaml';
import { normalise } from '../../../provider/cluster/normalise';
import type { ClusterSpec } from '../../../provider/cluster/spec';
import { networkPolicy, renewalNetworkPolicy } from '../../../provider/manifests/network-policies';
import { podDisruptionBudget } from '../../../provider/manifests/pod-disruption-budget';
import * as rbac from '../../../provider/manifests/rbac';
import { renewalCronJob } from '../../../provider/manifests/renewal';
import { dcsServices, services } from '../../../provider/manifests/services';
import { statefulSet } from '../../../provider/manifests/stateful-set';
import { golden } from '../../support/golden';

const specs: Readonly<Record<string, ClusterSpec>> = {
  default: normalise('hippo', {}),
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
    networkPolicy: { fromNamespaces: { team: 'shop' }, fromPods: { app: 'web' } },
    tls: { serverSecret: 'own-certificate' },
    metadata: { labels: { team: 'shop' }, annotations: { 'example/owner': 'shop' } },
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

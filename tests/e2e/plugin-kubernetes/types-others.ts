// Rows of types.ts: workloads, access, policies and classes.
import * as kubernetes from '@pulumi/kubernetes';
import { isReplaced, labelChange, pod, type Row, selector } from './types';

const rule = (verb: string): kubernetes.types.input.rbac.v1.PolicyRule[] => [
  { apiGroups: [''], resources: ['pods'], verbs: ['get', verb] },
];

export const otherRows: Row[] = [
  {
    name: 'stateful-set',
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    changed: { ...labelChange, 'spec.template.spec.containers[0].image': 'update' },
    replaced: { 'spec.serviceName': 'update-replace' },
    make: (metadata, variant, options) =>
      new kubernetes.apps.v1.StatefulSet(
        'stateful-set',
        {
          metadata,
          spec: {
            replicas: 0,
            selector,
            serviceName: isReplaced(variant) ? 'other' : 'one',
            updateStrategy: { type: 'OnDelete' },
            template: pod(variant === 'base' ? 'a' : 'b'),
          },
        },
        options,
      ),
  },
  {
    name: 'deployment',
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    changed: { ...labelChange, 'spec.template.spec.containers[0].image': 'update' },
    replaced: {
      'spec.selector.matchLabels.more': 'add-replace',
      'spec.template.metadata.labels.more': 'add',
    },
    make: (metadata, variant, options) => {
      const template = pod(variant === 'base' ? 'a' : 'b');
      const more: Record<string, string> = isReplaced(variant) ? { more: 'y' } : {};
      return new kubernetes.apps.v1.Deployment(
        'deployment',
        {
          metadata,
          spec: {
            replicas: 0,
            selector: { matchLabels: { app: 'x', ...more } },
            template: { ...template, metadata: { labels: { app: 'x', ...more } } },
          },
        },
        options,
      );
    },
  },
  {
    name: 'cron-job',
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    changed: { ...labelChange, 'spec.schedule': 'update' },
    replaced: {},
    make: (metadata, variant, options) =>
      new kubernetes.batch.v1.CronJob(
        'cron-job',
        {
          metadata,
          spec: {
            schedule: variant === 'base' ? '0 0 1 1 *' : '0 0 2 1 *',
            suspend: true,
            jobTemplate: {
              spec: {
                template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'a' }] } },
              },
            },
          },
        },
        options,
      ),
  },
  {
    name: 'job',
    apiVersion: 'batch/v1',
    kind: 'Job',
    changed: labelChange,
    replaced: { 'spec.template.spec.containers[0].image': 'update-replace' },
    make: (metadata, variant, options) =>
      new kubernetes.batch.v1.Job(
        'job',
        {
          metadata,
          // No completions are wanted, so that it is complete without a pod.
          spec: {
            completions: 0,
            parallelism: 0,
            template: {
              spec: {
                restartPolicy: 'Never',
                containers: [{ name: 'c', image: isReplaced(variant) ? 'b' : 'a' }],
              },
            },
          },
        },
        options,
      ),
  },
  {
    name: 'budget',
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    changed: { ...labelChange, 'spec.maxUnavailable': 'update' },
    replaced: {},
    make: (metadata, variant, options) =>
      new kubernetes.policy.v1.PodDisruptionBudget(
        'budget',
        { metadata, spec: { maxUnavailable: variant === 'base' ? 1 : 2, selector } },
        options,
      ),
  },
  {
    name: 'role',
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    changed: { ...labelChange, 'rules[0].verbs[1]': 'update' },
    replaced: {},
    make: (metadata, variant, options) =>
      new kubernetes.rbac.v1.Role(
        'role',
        { metadata, rules: rule(variant === 'base' ? 'list' : 'watch') },
        options,
      ),
  },
  {
    name: 'role-binding',
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    changed: { ...labelChange, 'subjects[0].name': 'update' },
    replaced: { 'roleRef.name': 'update-replace' },
    make: (metadata, variant, options) =>
      new kubernetes.rbac.v1.RoleBinding(
        'role-binding',
        {
          metadata,
          roleRef: {
            apiGroup: 'rbac.authorization.k8s.io',
            kind: 'Role',
            name: isReplaced(variant) ? 'other' : 'one',
          },
          subjects: [
            { kind: 'ServiceAccount', name: variant === 'base' ? 'a' : 'b', namespace: metadata.namespace },
          ],
        },
        options,
      ),
  },
  {
    name: 'network-policy',
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    changed: { ...labelChange, 'spec.ingress[0].ports[0].port': 'update' },
    replaced: {},
    make: (metadata, variant, options) =>
      new kubernetes.networking.v1.NetworkPolicy(
        'network-policy',
        {
          metadata,
          spec: { podSelector: selector, ingress: [{ ports: [{ port: variant === 'base' ? 1 : 2 }] }] },
        },
        options,
      ),
  },
  {
    name: 'priority-class',
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    clusterScoped: true,
    changed: { ...labelChange, description: 'update' },
    replaced: {},
    make: (metadata, variant, options) =>
      new kubernetes.scheduling.v1.PriorityClass(
        'priority-class',
        { metadata, value: 1, description: variant === 'base' ? 'a' : 'b' },
        options,
      ),
  },
  {
    name: 'storage-class',
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    clusterScoped: true,
    changed: { ...labelChange, allowVolumeExpansion: 'update' },
    replaced: { provisioner: 'update-replace' },
    make: (metadata, variant, options) =>
      new kubernetes.storage.v1.StorageClass(
        'storage-class',
        {
          metadata,
          allowVolumeExpansion: variant !== 'base',
          volumeBindingMode: 'WaitForFirstConsumer',
          provisioner: isReplaced(variant) ? 'example.com/other' : 'example.com/none',
        },
        options,
      ),
  },
];

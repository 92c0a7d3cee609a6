// Rows of types.ts: the core group.
import * as kubernetes from '@pulumi/kubernetes';
import { isReplaced, labelChange, pod, type Row } from './types';

export const coreRows: Row[] = [
  {
    name: 'service-account',
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    changed: labelChange,
    replaced: {},
    make: (metadata, _variant, options) =>
      new kubernetes.core.v1.ServiceAccount('service-account', { metadata }, options),
  },
  {
    name: 'config-map',
    apiVersion: 'v1',
    kind: 'ConfigMap',
    changed: labelChange,
    replaced: { 'data.a': 'update-replace' },
    make: (metadata, variant, options) =>
      new kubernetes.core.v1.ConfigMap(
        'config-map',
        { metadata, data: { a: isReplaced(variant) ? '2' : '1' } },
        options,
      ),
  },
  {
    name: 'secret',
    apiVersion: 'v1',
    kind: 'Secret',
    changed: labelChange,
    replaced: { 'data.a': 'update-replace' },
    make: (metadata, variant, options) =>
      new kubernetes.core.v1.Secret(
        'secret',
        { metadata, stringData: { a: isReplaced(variant) ? '2' : '1' } },
        options,
      ),
  },
  {
    name: 'service',
    apiVersion: 'v1',
    kind: 'Service',
    changed: { ...labelChange, 'spec.publishNotReadyAddresses': 'add' },
    replaced: { 'spec.clusterIP': 'delete-replace' },
    make: (metadata, variant, options) =>
      new kubernetes.core.v1.Service(
        'service',
        {
          metadata,
          spec: {
            clusterIP: isReplaced(variant) ? undefined : 'None',
            publishNotReadyAddresses: variant === 'base' ? undefined : true,
            ports: [{ name: 'pg', port: 5432 }],
          },
        },
        options,
      ),
  },
  {
    name: 'endpoints',
    apiVersion: 'v1',
    kind: 'Endpoints',
    changed: { ...labelChange, 'subsets[0].addresses[0].ip': 'update' },
    replaced: {},
    make: (metadata, variant, options) =>
      new kubernetes.core.v1.Endpoints(
        'endpoints',
        {
          metadata,
          subsets: [
            { addresses: [{ ip: variant === 'base' ? '10.1.1.1' : '10.1.1.2' }], ports: [{ port: 1 }] },
          ],
        },
        options,
      ),
  },
  {
    name: 'claim',
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    changed: labelChange,
    replaced: { 'spec.accessModes[0]': 'update-replace' },
    make: (metadata, variant, options) =>
      new kubernetes.core.v1.PersistentVolumeClaim(
        'claim',
        {
          metadata,
          spec: {
            storageClassName: `class-${String(metadata.namespace)}`,
            accessModes: [isReplaced(variant) ? 'ReadOnlyMany' : 'ReadWriteOnce'],
            resources: { requests: { storage: '1024Mi' } },
          },
        },
        options,
      ),
  },
  {
    name: 'pod',
    apiVersion: 'v1',
    kind: 'Pod',
    changed: { ...labelChange, 'metadata.annotations["pulumi.com/waitFor"]': 'update' },
    replaced: { 'spec.containers[0].image': 'update-replace' },
    make: (metadata, variant, options) =>
      new kubernetes.core.v1.Pod(
        'pod',
        {
          metadata: {
            ...metadata,
            // The condition holds for the new object alone: the real plugin may return one from its
            // watch cache that is older than the update.
            annotations: {
              'pulumi.com/waitFor': `jsonpath={.metadata.labels.step}=${variant === 'base' ? 'a' : 'b'}`,
            },
          },
          spec: pod(isReplaced(variant) ? 'b' : 'a').spec as kubernetes.types.input.core.v1.PodSpec,
        },
        options,
      ),
  },
];

// One row per type that the product uses: how it is made, what is changed in place, and what
// replaces it, with the property paths that the preview names.
import type * as kubernetes from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';

export type Variant = 'base' | 'changed' | 'replaced';

export interface Row {
  name: string;
  apiVersion: string;
  kind: string;
  clusterScoped?: true;
  /** Paths that differ between base and changed. */
  changed: Record<string, string>;
  /** Paths that differ between changed and replaced; none when nothing replaces the type. */
  replaced: Record<string, string>;
  make(metadata: Metadata, variant: Variant, options: pulumi.CustomResourceOptions): pulumi.CustomResource;
}

export type Metadata = kubernetes.types.input.meta.v1.ObjectMeta;

export const labelChange = { 'metadata.labels.step': 'update' };
export const pod = (image: string): kubernetes.types.input.core.v1.PodTemplateSpec => ({
  metadata: { labels: { app: 'x' } },
  // Nobody schedules it: the tests need no node.
  spec: { schedulerName: 'nobody', restartPolicy: 'Always', containers: [{ name: 'c', image }] },
});
export const selector = { matchLabels: { app: 'x' } };
export const isReplaced = (variant: Variant): boolean => variant === 'replaced';

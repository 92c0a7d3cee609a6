/**
 * What a restart of a member would change. Each pod carries this as an annotation, so that
 * a plan can say *why* a member restarts ("memory 512Mi → 1Gi") from the right to read
 * pods alone, and so that a pod which is as wanted is never restarted.
 */
import type { ClusterSpec } from '../cluster/spec';
import { containerNames, hash } from './names';

/** Sorted map of short texts; the key `pod` is a hash of everything that has no key of its own. */
export type Fingerprint = Readonly<Record<string, string>>;

/** A pod template as far as a fingerprint reads it. */
interface Template {
  metadata: { labels: Record<string, string>; annotations?: Record<string, string> };
  spec: { containers: readonly { name: string; image: string; env: readonly object[]; resources: object }[] };
}

/** The fingerprint of a member's pod template, which must not hold the fingerprint itself. */
export function fingerprint(spec: ClusterSpec, template: Template): Fingerprint {
  const named: Record<string, string | undefined> = {
    image: spec.image.name,
    memory: spec.resources.memory,
    cpu: spec.resources.cpu,
    'cpu limit': spec.resources.cpuLimit,
    PostgreSQL: String(spec.postgresVersion),
    'priority class': spec.scheduling.priorityClass,
    'node selector': text(spec.scheduling.nodeSelector),
    tolerations: text(spec.scheduling.tolerations),
    'anti-affinity': spec.scheduling.antiAffinity,
    metrics: spec.metrics && `of ${spec.metrics.database}`,
    pod: hash(withoutNamed(spec, template)),
  };
  const entries = Object.entries(named).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function text(value: object): string | undefined {
  return Object.keys(value).length === 0 ? undefined : stable(value);
}

/** The template as text, without what the named keys say already. */
function withoutNamed(spec: ClusterSpec, template: Template): string {
  const named = new Set(['priorityClassName', 'nodeSelector', 'tolerations', 'affinity']);
  const rest = Object.entries(template.spec).filter(([key]) => !named.has(key));
  const containers = template.spec.containers.map(({ image: _image, resources, ...container }) => ({
    ...container,
    ...(container.name === containerNames.database ? {} : { resources }),
  }));
  const text = stable({ metadata: template.metadata, spec: { ...Object.fromEntries(rest), containers } });
  return text.replaceAll(`"name":"PG_MAJOR","value":"${spec.postgresVersion}"`, '"name":"PG_MAJOR"');
}

/** JSON with sorted keys: the same object gives the same text, in whatever order it was built. */
export function stable(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (inner === null || typeof inner !== 'object' || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

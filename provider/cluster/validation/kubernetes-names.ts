/** What Kubernetes would refuse, or what would meet the package's own: labels, annotations, names of objects, tolerations. */
import { domain, names } from '../../manifests/names';
import type { Check } from './check';
import { entries, items, known } from './check';
import type { Problem } from './problem';
import { shown } from './words';

type Subject = Parameters<Check>[0];
type Map = Readonly<Record<string, string>> | undefined;

const part = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

const keyAllowed = 'a name of at most 63 letters, digits, "-", "_" and ".", after "domain/" if you like';
const valueAllowed =
  'at most 63 letters, digits, "-", "_" and ".", with a letter or digit first and last, or nothing';

export function* objectLabels({ args }: Subject): Iterable<Problem> {
  yield* labelMap('metadata.labels', args.metadata?.labels);
  yield* reserved('metadata.labels', args.metadata?.labels, [`${domain}/`, 'app.kubernetes.io/']);
  yield* labelMap('scheduling.nodeSelector', args.scheduling?.nodeSelector);
  yield* labelMap('networkPolicy.fromNamespaces', args.networkPolicy?.fromNamespaces);
  yield* labelMap('networkPolicy.fromPods', args.networkPolicy?.fromPods);
}

export function* objectAnnotations({ args }: Subject): Iterable<Problem> {
  yield* keys('metadata.annotations', args.metadata?.annotations);
  // Patroni keeps a member's state in the pod's annotation "status".
  yield* reserved('metadata.annotations', args.metadata?.annotations, [`${domain}/`, 'status']);
  yield* keys('service.annotations', args.service?.annotations);
  yield* reserved('service.annotations', args.service?.annotations, [`${domain}/`]);
}

function* labelMap(path: string, map: Map): Iterable<Problem> {
  yield* keys(path, map);
  for (const [key, value] of entries(map))
    if (value !== '' && (!part.test(value) || value.length > 63))
      yield { code: 'label-value', path: `${path}.${key}`, found: shown(value), allowed: valueAllowed };
}

function* keys(path: string, map: Map): Iterable<Problem> {
  for (const key of Object.keys(known(map) ?? {}))
    if (!isQualifiedName(key)) yield { code: 'label-key', path, found: shown(key), allowed: keyAllowed };
}

function isQualifiedName(key: string): boolean {
  const [name = '', prefix, ...more] = key.split('/').reverse();
  if (more.length > 0 || !part.test(name) || name.length > 63) return false;
  return prefix === undefined || (subdomain.test(prefix) && prefix.length <= 253);
}

function* reserved(path: string, map: Map, beginnings: readonly string[]): Iterable<Problem> {
  for (const key of Object.keys(known(map) ?? {})) {
    const taken = beginnings.find((own) => (own.endsWith('/') ? key.startsWith(own) : key === own));
    if (taken !== undefined)
      yield {
        code: 'reserved-key',
        path,
        found: shown(key),
        allowed: `keys other than ${taken}${taken.endsWith('/') ? '…' : ''}, which the cluster sets itself`,
      };
  }
}

export function* objectNames({ name, args }: Subject): Iterable<Problem> {
  yield* objectName('storage.storageClass', args.storage?.storageClass, 'a StorageClass');
  yield* objectName('walStorage.storageClass', args.walStorage?.storageClass, 'a StorageClass');
  yield* objectName('scheduling.priorityClass', args.scheduling?.priorityClass, 'a PriorityClass');
  yield* objectName('tls.serverSecret', args.tls?.serverSecret, 'a Secret');
  yield* objectName('backup.cipherSecret', args.backup?.cipherSecret, 'a Secret');
  for (const [n, repository] of items(args.repositories).entries()) {
    yield* objectName(`repositories[${n}].storageClass`, repository.storageClass, 'a StorageClass');
    yield* objectName(`repositories[${n}].caSecret`, repository.caSecret, 'a Secret');
    yield* objectName(`repositories[${n}].credentialsSecret`, repository.credentialsSecret, 'a Secret');
  }
  for (const [n, trial] of items(args.backup?.testRestore).entries())
    yield* objectName(`backup.testRestore[${n}].storageClass`, trial.storageClass, 'a StorageClass');
  for (const [n, secret] of items(args.imagePullSecrets).entries())
    yield* objectName(`imagePullSecrets[${n}]`, secret, 'a Secret');
  const serverSecret = known(args.tls?.serverSecret);
  const own = [names.caSecret(name), names.serverSecret(name), names.replicationSecret(name)];
  if (serverSecret !== undefined && own.includes(serverSecret))
    yield {
      code: 'own-secret',
      path: 'tls.serverSecret',
      found: shown(serverSecret),
      allowed: 'a Secret that the cluster does not write itself',
    };
  const topologyKey = known(args.scheduling?.topologyKey);
  if (topologyKey !== undefined && !isQualifiedName(topologyKey))
    yield {
      code: 'label-key',
      path: 'scheduling.topologyKey',
      found: shown(topologyKey),
      allowed: keyAllowed,
    };
}

function* objectName(path: string, given: string | undefined, what: string): Iterable<Problem> {
  if (known(given) === undefined || (subdomain.test(given!) && given!.length <= 253)) return;
  yield {
    code: 'object-name',
    path,
    found: shown(given),
    allowed: `the name of ${what}: small letters, digits, "-" and "."`,
  };
}

export function* imageReference({ args }: Subject): Iterable<Problem> {
  const image = known(args.image);
  // distribution/reference: a domain may have capitals, a path may not.
  const reference =
    /^([A-Za-z0-9.-]+(:\d+)?\/)?[a-z0-9]+([._/-]+[a-z0-9]+)*(:[\w][\w.-]{0,127})?(@[a-z0-9]+:[0-9a-f]{32,})?$/;
  if (image === undefined || reference.test(image)) return;
  yield {
    code: 'image-reference',
    path: 'image',
    found: shown(image),
    allowed: 'REGISTRY/NAME:TAG or REGISTRY/NAME@sha256:DIGEST',
  };
}

export function* tolerations({ args }: Subject): Iterable<Problem> {
  for (const [n, toleration] of items(args.scheduling?.tolerations).entries()) {
    if (known(toleration) === undefined) continue;
    const path = `scheduling.tolerations[${n}]`;
    const { key, operator = 'Equal', value, effect, tolerationSeconds } = toleration;
    if (key !== undefined && known(key) !== undefined && !isQualifiedName(key))
      yield { code: 'label-key', path: `${path}.key`, found: shown(key), allowed: keyAllowed };
    if ((key === undefined || key === '') && operator === 'Equal')
      yield {
        code: 'toleration',
        path,
        found: 'no key',
        allowed: 'a key, or operator: "Exists", which tolerates every taint',
      };
    if (operator === 'Exists' && value !== undefined && value !== '')
      yield {
        code: 'toleration',
        path: `${path}.value`,
        found: `${shown(value)} with operator: "Exists"`,
        allowed: 'a value with operator: "Equal" only',
      };
    if (tolerationSeconds !== undefined && effect !== 'NoExecute' && known(effect) !== undefined)
      yield {
        code: 'toleration',
        path: `${path}.tolerationSeconds`,
        found: `it with effect: "${effect}"`,
        allowed: 'it with effect: "NoExecute" only',
      };
  }
}

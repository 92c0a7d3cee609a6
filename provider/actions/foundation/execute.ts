/** One step of the Foundation. Each may be done again: what is there is kept or taken up, never replaced. */
import { authorityDays } from '../../config/certificates';
import { connection } from '../../config/connection';
import { parseQuantity } from '../../config/quantity';
import { restoreDigest } from '../../config/restore-source';
import { notAfter, unfit, type Issued } from '../../live/certificates';
import type * as Issuing from '../../live/issuing';
import { hasReason, LiveError } from '../../live/errors';
import type { Metadata, PersistentVolumeClaim, Secret } from '../../live/kinds';
import type { Live } from '../../live/live';
import { generatePassword } from '../../live/passwords';
import { names } from '../../manifests/names';
import type { Context } from '../core/action';
import { keep } from '../core/journal';
import { observe as observeMembers } from '../members/observe';
import { mustBeginAnew } from '../members/restoring';
import type { Step } from '../core/steps';
import type { FoundationInputs, VolumeInput } from './inputs';
import { restore, snapshotKey } from './kept';
import { repositoriesContent, restoreContent } from './repositories';
import type { Observed } from './observe';
import { differs, isEmpty, type FoundationStep } from './plan';

export type FoundationContext = Context<FoundationInputs, Observed>;

export async function execute(step: Step, context: FoundationContext): Promise<void> {
  const { kind, object = '' } = step as FoundationStep;
  switch (kind) {
    case 'volume':
      return await volume(object, context);
    case 'record':
      return await record(context);
    case 'authority':
      await authority(context);
      return;
    case 'certificate':
      return await certificate(object, context);
    case 'repositories':
      return await applySecret(
        context.live,
        metadata(object, context.inputs),
        await repositoriesContent(context),
      );
    case 'restore': {
      const content = await restoreContent(context);
      await applySecret(context.live, metadata(object, context.inputs), content);
      return await anew(restoreDigest(content), context);
    }
    case 'user':
      return await user(object, context);
    case 'configMap':
      return await configMap(object, context);
    case 'note':
      return;
  }
}

/** The restore that is wanted begins at once, and no other goes on. */
async function anew(
  digest: string,
  { live, inputs: { namespace, cluster } }: FoundationContext,
): Promise<void> {
  const { members, systemIdentifier } = await observeMembers(live, { namespace, cluster });
  // The restore of before has ended while the steps before this one were done.
  if (systemIdentifier !== undefined) return;
  const going = members.filter((member) => mustBeginAnew(member, digest));
  for (const { pod, uid } of going) await live.delete('Pod', namespace, pod, { uid });
}

function metadata(
  name: string,
  { namespace, labels, annotations }: FoundationInputs,
  own: Readonly<Record<string, string>> = {},
): Metadata {
  return { name, namespace, labels: { ...labels, ...own }, annotations };
}

async function volume(name: string, context: FoundationContext): Promise<void> {
  const { live, inputs, progress, signal } = context;
  const wanted = inputs.volumes.find((one) => one.name === name)!;
  const { namespace } = inputs;
  const there = await present(wanted, context);
  const has = there?.spec?.resources?.requests?.storage;
  const bytes = (quantity: string | undefined) => parseQuantity(quantity ?? '0') ?? 0;
  const grows = there !== undefined && bytes(wanted.size) > bytes(has);
  // Everything immutable is repeated as it is: the claim may be older than its class's being the default.
  const storageClassName = there ? there.spec?.storageClassName : wanted.storageClass;
  await live.apply('PersistentVolumeClaim', {
    metadata: metadata(name, inputs, wanted.labels),
    spec: {
      accessModes: there?.spec?.accessModes ?? ['ReadWriteOnce'],
      ...(storageClassName === undefined ? {} : { storageClassName }),
      resources: { requests: { storage: there && !grows ? has! : wanted.size } },
    },
  });
  if (!grows) return;
  const grown = (storage: string | undefined) => bytes(storage) >= bytes(wanted.size);
  await live
    .until(
      [{ kind: 'PersistentVolumeClaim', namespace, selector: { fields: `metadata.name=${name}` } }],
      (seen) => (grown(seen.of('PersistentVolumeClaim')[0]?.status?.capacity?.storage) ? true : undefined),
      { deadline: 60_000, what: `${name} has ${wanted.size}`, signal },
    )
    .catch((error: unknown) => {
      // Some drivers finish only when the pod starts anew, and a volume that no pod uses is not grown at all.
      if (!hasReason(error, 'DeadlineExceeded')) throw error;
      progress.warn(
        `PersistentVolumeClaim ${name} is asked to be ${wanted.size}; its driver has not finished yet.`,
      );
    });
}

/** The claim that is to be kept. One that has no volume yet and is not as wanted is deleted; one that is going is waited for. */
async function present(
  wanted: VolumeInput,
  { live, inputs, signal }: FoundationContext,
): Promise<PersistentVolumeClaim | undefined> {
  const { namespace } = inputs;
  const there = await live.get('PersistentVolumeClaim', namespace, wanted.name);
  const going = there?.metadata.deletionTimestamp !== undefined;
  const asWanted = there?.spec?.resources?.requests?.storage === wanted.size && !differs(there, wanted);
  if (!there || (!going && (asWanted || !isEmpty(there)))) return there;
  if (!going) await live.delete('PersistentVolumeClaim', namespace, wanted.name, { uid: there.metadata.uid });
  const isThere = ({ metadata: { uid } }: PersistentVolumeClaim) => uid === there.metadata.uid;
  await live
    .until(
      [{ kind: 'PersistentVolumeClaim', namespace, selector: { fields: `metadata.name=${wanted.name}` } }],
      (seen) => (seen.of('PersistentVolumeClaim').some(isThere) ? undefined : true),
      // The pod that uses it has its time to end.
      { deadline: 120_000, what: `${wanted.name} is gone`, signal },
    )
    .catch((error: unknown) => {
      if (!hasReason(error, 'DeadlineExceeded')) throw error;
      throw new LiveError(
        'DeadlineExceeded',
        `PersistentVolumeClaim ${wanted.name} is deleted, but a pod still uses it. Let ${wanted.member} leave first (name it in \`remove\`), and come back in a later \`pulumi up\`.`,
      );
    });
  return undefined;
}

async function record({ live, inputs, observed }: FoundationContext): Promise<void> {
  const { namespace, cluster, labels } = inputs;
  if (observed.snapshot) await restore(live, namespace, cluster, observed.snapshot, labels);
  await keep(live, namespace, cluster, labels, snapshotKey, undefined);
}

/** Loaded when something is to be issued: the preview of a cluster that has its certificates needs none of it. */
function issuing(): typeof Issuing {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require('../../live/issuing') as typeof Issuing;
}

async function authority({ live, inputs }: FoundationContext): Promise<Issued> {
  const name = names.caSecret(inputs.cluster);
  const there = await live.get('Secret', inputs.namespace, name);
  const kept = { certificate: decoded(there, 'ca.crt'), key: decoded(there, 'ca.key') };
  if (kept.certificate && kept.key && notAfter(kept.certificate) > new Date()) return kept as Issued;
  const made = issuing().createAuthority(
    `${inputs.namespace}/${inputs.cluster} CA`.slice(-64),
    authorityDays,
  );
  await applySecret(live, metadata(name, inputs), { 'ca.crt': made.certificate, 'ca.key': made.key });
  return made;
}

async function certificate(name: string, context: FoundationContext): Promise<void> {
  const { live, inputs } = context;
  const profile = inputs.certificates.find(({ secret }) => secret === name)!;
  const issuer = await authority(context);
  const there = await live.get('Secret', inputs.namespace, name);
  const present = decoded(there, 'tls.crt');
  if (
    present &&
    decoded(there, 'tls.key') &&
    decoded(there, 'ca.crt') === issuer.certificate &&
    !unfit(present, issuer.certificate, profile)
  )
    return;
  const leaf = issuing().issue(issuer, profile);
  await applySecret(live, metadata(name, inputs), {
    'tls.crt': leaf.certificate,
    'tls.key': leaf.key,
    'ca.crt': issuer.certificate,
  });
}

async function user(name: string, context: FoundationContext): Promise<void> {
  const { live, inputs } = context;
  const { secret } = inputs.users.find((one) => one.name === name)!;
  const there = await live.get('Secret', inputs.namespace, secret);
  const password = inputs.passwords[name] ?? decoded(there, 'password') ?? generatePassword();
  const content = { ...connection(inputs.spec, name, password), 'ca.crt': await clientAuthority(context) };
  await applySecret(live, metadata(secret, inputs), content);
}

/** The CA by which clients know the servers: the cluster's own, or that of the certificate that the user brings. */
async function clientAuthority(context: FoundationContext): Promise<string> {
  const { live, inputs } = context;
  const brought = inputs.spec.tls.serverSecret;
  if (brought === undefined) return (await authority(context)).certificate;
  const secret = await live.get('Secret', inputs.namespace, brought);
  const ca = decoded(secret, 'ca.crt');
  if (!ca || !decoded(secret, 'tls.crt') || !decoded(secret, 'tls.key'))
    throw new LiveError(
      'Other',
      `tls.serverSecret: the Secret ${inputs.namespace}/${brought} ${secret ? 'lacks one of' : 'does not exist; it needs'} the keys tls.crt, tls.key and ca.crt. Make it, as cert-manager does, and run this again.`,
    );
  return ca;
}

async function configMap(name: string, { live, inputs }: FoundationContext): Promise<void> {
  const { data } = inputs.configMaps.find((one) => one.name === name)!;
  await live.apply('ConfigMap', { metadata: metadata(name, inputs), data });
}

export function decoded(secret: Secret | undefined, key: string): string | undefined {
  const value = secret?.data?.[key];
  return value === undefined ? undefined : Buffer.from(value, 'base64').toString('utf8');
}

async function applySecret(live: Live, about: Metadata, content: object): Promise<void> {
  const data = Object.fromEntries(
    Object.entries(content).map(([key, value]) => [
      key,
      Buffer.from(String(value), 'utf8').toString('base64'),
    ]),
  );
  await live.apply('Secret', { metadata: about, type: 'Opaque', data });
}

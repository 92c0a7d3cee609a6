/** The Secret of the repositories: what is made once is kept, what is given is taken. */
import { randomBytes } from 'node:crypto';
import { repositoriesSecret } from '../../config/repository-secrets';
import { restoreSecret, type RestoreSource } from '../../config/restore-source';
import { hasReason, LiveError } from '../../live/errors';
import type { Live } from '../../live/live';
import { names } from '../../manifests/names';
import { decoded, type FoundationContext } from './execute';
import type { FoundationInputs } from './inputs';

export async function repositoriesContent(context: FoundationContext): Promise<Record<string, string>> {
  const { live, inputs } = context;
  const there = await live.get('Secret', inputs.namespace, inputs.repositoriesSecret);
  return repositoriesSecret(inputs.spec, {
    generation: decoded(there, 'generation') ?? newGeneration(),
    passphrase: await passphrase(decoded(there, 'passphrase'), context),
    keys: { ...(await fromSecrets(context)), ...inputs.repositoryKeys },
  });
}

/** The day for people, the rest so that it is never the same twice. */
function newGeneration(): string {
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  return `${day}-${randomBytes(4).toString('hex')}`;
}

/** A repository is opened by the passphrase that it was made with, and by no other. */
async function passphrase(kept: string | undefined, context: FoundationContext): Promise<string | undefined> {
  const { cipher, cipherSecret } = context.inputs.spec.backup;
  if (!cipher) return kept;
  if (cipherSecret === undefined) return kept ?? randomBytes(48).toString('base64');
  const given = (await values('backup.cipherSecret', cipherSecret, ['passphrase'], context))['passphrase']!;
  if (kept !== undefined && kept !== given)
    throw new LiveError(
      'Other',
      `backup.cipherSecret: the passphrase in Secret ${cipherSecret} is another than the repositories were made with; pgBackRest can't change it. Put the former one back, or begin a new repository (another bucket or prefix) in a new cluster.`,
    );
  return given;
}

/** Keys that are in a Secret of the user's. */
async function fromSecrets(context: FoundationContext): Promise<Record<string, string>> {
  const keys: Record<string, string> = {};
  for (const { number, s3 } of context.inputs.spec.repositories) {
    if (s3?.credentialsSecret === undefined) continue;
    const path = `repositories[${number - 1}].credentialsSecret`;
    const found = await values(path, s3.credentialsSecret, ['key', 'keySecret'], context);
    keys[`repo${number}-s3-key`] = found['key']!;
    keys[`repo${number}-s3-key-secret`] = found['keySecret']!;
  }
  return keys;
}

/** Which of the user's Secrets have other keys than pgBackRest was given. */
export async function changedCredentials(live: Live, inputs: FoundationInputs): Promise<string[]> {
  const of = inputs.spec.repositories.flatMap(({ number, s3 }) =>
    s3?.credentialsSecret === undefined ? [] : [{ number, name: s3.credentialsSecret }],
  );
  if (of.length === 0) return [];
  try {
    const own = await live.get('Secret', inputs.namespace, inputs.repositoriesSecret);
    const changed = await Promise.all(
      of.map(async ({ number, name }) => {
        const lines = (decoded(own, `repository-${number}.conf`) ?? '').split('\n');
        const given = await live.get('Secret', inputs.namespace, name);
        const [key, secret] = [decoded(given, 'key')?.trim(), decoded(given, 'keySecret')?.trim()];
        if (!own || !key || !secret) return [];
        const has = [`repo${number}-s3-key=${key}`, `repo${number}-s3-key-secret=${secret}`];
        return has.every((line) => lines.includes(line)) ? [] : [name];
      }),
    );
    return [...new Set(changed.flat())];
  } catch (error) {
    if (hasReason(error, 'Forbidden')) return [];
    throw error;
  }
}

async function values(
  path: string,
  name: string,
  wanted: readonly string[],
  { live, inputs }: FoundationContext,
): Promise<Record<string, string>> {
  const secret = await live.get('Secret', inputs.namespace, name);
  const found = wanted.map((key) => [key, decoded(secret, key)?.trim()] as const);
  const missing = found.filter(([, value]) => !value).map(([key]) => key);
  if (missing.length > 0)
    throw new LiveError(
      'Other',
      `${path}: the Secret ${inputs.namespace}/${name} ${secret ? `lacks ${missing.join(' and ')}` : `does not exist; it needs ${wanted.join(' and ')}`}. Make it, and run this again.`,
    );
  return Object.fromEntries(found) as Record<string, string>;
}

export async function restoreContent(context: FoundationContext): Promise<Record<string, string>> {
  const spec = context.inputs.spec.restoreFrom!;
  return restoreSecret(
    spec,
    spec.cluster === undefined ? await ofPath(context) : await ofCluster(spec.cluster, context),
  );
}

/** Another cluster's own configuration, and the certificate that its repository host lets in. */
async function ofCluster(cluster: string, context: FoundationContext): Promise<RestoreSource> {
  const { live, inputs } = context;
  const number = inputs.spec.restoreFrom!.repository;
  const path = 'restoreFrom.cluster';
  const map = await live.get('ConfigMap', inputs.namespace, names.backupConfigMap(cluster));
  // With one repository the file for it is the file for all.
  const configuration = map?.data?.[`member-${number}.conf`];
  if (configuration === undefined)
    throw new LiveError(
      'Other',
      `${path}: there is no cluster ${cluster} with a repository ${number} in namespace ${inputs.namespace}. If it is gone, write path instead: "PREFIX/${cluster}/GENERATION" in one of this cluster's repositories.`,
    );
  const key = `repository-${number}.conf`;
  const secret = await values(path, names.repositoriesSecret(cluster), [key], context);
  const certificate = await values(
    path,
    names.backupCertificate(cluster),
    ['tls.crt', 'tls.key', 'ca.crt'],
    context,
  );
  return {
    configuration,
    secret: `${secret[key]}\n`,
    certificate: certificate as RestoreSource['certificate'],
  };
}

/** A place in one of the cluster's own repositories: the same bucket and keys, another path. */
async function ofPath(context: FoundationContext): Promise<RestoreSource> {
  const { inputs } = context;
  const { repository: number, path, cipherSecret } = inputs.spec.restoreFrom!;
  const configuration = inputs.configMaps.find(({ name }) => name === names.backupConfigMap(inputs.cluster))!
    .data[`member-${number}.conf`]!;
  const own = (await repositoriesContent(context))[`repository-${number}.conf`]!;
  const passphrase =
    cipherSecret === undefined
      ? undefined
      : (await values('restoreFrom.cipherSecret', cipherSecret, ['passphrase'], context))['passphrase'];
  const local = inputs.spec.repositories[number - 1]!.local !== undefined;
  const full = `${local ? '/pgbackrest' : ''}/${path!.replace(/^\/+|\/+$/g, '')}`;
  const encrypted = passphrase === undefined ? '' : `repo${number}-cipher-pass=${passphrase}\n`;
  return {
    configuration: configuration
      .replace(/^repo\d+-cipher-type=.*\n/m, '')
      .replace(
        '[global]\n',
        passphrase === undefined ? '[global]\n' : `[global]\nrepo${number}-cipher-type=aes-256-cbc\n`,
      ),
    secret:
      own
        .replace(/^repo\d+-path=.*$/m, `repo${number}-path=${full}`)
        .replace(/^repo\d+-cipher-pass=.*\n/m, '') + encrypted,
  };
}

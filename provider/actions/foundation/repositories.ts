/** The Secret of the repositories: what is made once is kept, what is given is taken. */
import { randomBytes } from 'node:crypto';
import { repositoriesSecret } from '../../config/repository-secrets';
import { LiveError } from '../../live/errors';
import { decoded, type FoundationContext } from './execute';

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

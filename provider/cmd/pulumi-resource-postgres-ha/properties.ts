/** Properties as the engine's protocol writes them (secrets and Outputs as marked objects) and as plain data. Pure. */
import { UNKNOWN } from '../../cluster/spec';

export type Properties = Record<string, unknown>;

/** The protocol's marks (pulumi/pulumi sdk/go/common/resource/sig). */
const signature = '4dabf18193072939515e22adb298388d';
const secretMark = '1b47061264138c4ac30d75fd1eb44270';
const outputMark = 'd0e6a833031e9bbcd3f4e8bde6ca49a4';

/** With nothing marked: secrets are in plain, what is not known is `UNKNOWN`. */
export function plain(properties: Properties): Properties {
  return plainOf(properties) as Properties;
}

function plainOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainOf);
  if (!isObject(value)) return value;
  if (value[signature] === secretMark) return plainOf(value['value']);
  if (value[signature] === outputMark) return 'value' in value ? plainOf(value['value']) : UNKNOWN;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainOf(inner)]));
}

/** The same with every value marked that is a secret in `like`, at the same place. */
export function marked(properties: Properties, like: Properties): Properties {
  return markedOf(properties, like) as Properties;
}

function markedOf(value: unknown, like: unknown): unknown {
  if (value === undefined || value === null) return value;
  if (isSecret(like)) return { [signature]: secretMark, value };
  if (Array.isArray(value)) {
    const likes: readonly unknown[] = Array.isArray(like) ? like : [];
    return value.map((one, index) => markedOf(one, likes[index]));
  }
  if (!isObject(value)) return value;
  const likes = isObject(like) ? like : {};
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, markedOf(inner, likes[key])]));
}

/** Whether anything in it is a secret. */
export function holdsSecret(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsSecret);
  return isSecret(value) || (isObject(value) && Object.values(value).some(holdsSecret));
}

function isSecret(value: unknown): boolean {
  if (!isObject(value)) return false;
  return value[signature] === secretMark || (value[signature] === outputMark && value['secret'] === true);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

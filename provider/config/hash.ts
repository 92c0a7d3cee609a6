import { createHash } from 'node:crypto';
import { isUnknown, UNKNOWN } from '../cluster/spec';

/** Ten hexadecimal digits of SHA-256; unknown where the text is. The same as manifests' (a test holds them together). */
export function hash(content: string): string {
  if (isUnknown(content)) return UNKNOWN;
  return createHash('sha256').update(content).digest('hex').slice(0, 10);
}

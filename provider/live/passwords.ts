import { randomInt } from 'node:crypto';

/** Letters and digits that are not mistaken for each other when read out (no 0 O 1 l I). */
const alphabet = '23456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ';

/** 24 characters: 139 bits. */
export function generatePassword(): string {
  return Array.from({ length: 24 }, () => alphabet[randomInt(alphabet.length)]).join('');
}

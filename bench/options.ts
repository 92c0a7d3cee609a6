/** `--rounds 5` and the like: one number an option. */
import { parseArgs } from 'node:util';

export function numbers<K extends string>(defaults: Readonly<Record<K, number>>): Record<K, number> {
  const options = Object.fromEntries(Object.keys(defaults).map((key) => [key, { type: 'string' as const }]));
  const { values } = parseArgs({ options });
  const result: Record<K, number> = { ...defaults };
  for (const key of Object.keys(defaults) as K[]) {
    const given = values[key];
    if (given === undefined) continue;
    const value = Number(given);
    if (!Number.isInteger(value) || value < 1)
      throw new Error(`--${key} is ${String(given)}: give a whole number from 1`);
    result[key] = value;
  }
  return result;
}

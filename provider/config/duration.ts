/** Lengths of time as programs write them. Pure. */

const seconds = { s: 1, min: 60, h: 3600, d: 86_400 } as const;

/** Seconds of "90min", "36h", "7d"; "0" is none. Undefined when it is no length of time. */
export function parseDuration(text: string): number | undefined {
  const [, number, unit] = /^(\d{1,6})(s|min|h|d)?$/.exec(text) ?? [];
  if (number === undefined) return undefined;
  if (unit === undefined) return Number(number) === 0 ? 0 : undefined;
  return Number(number) * seconds[unit as keyof typeof seconds];
}

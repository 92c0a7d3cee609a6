/** Which faults a soak does, in which order: the same for the same seed. Pure. */

export interface Leg<F> {
  readonly mode: string;
  readonly faults: readonly F[];
}

/** Numbers from 0 to 1 (mulberry32): the same sequence for the same seed, on every machine. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * `count` faults in legs of at most `longest`, the modes in turn. The faults are dealt like cards:
 * all of them once, in a random order, before any comes again, so that a short soak has met as many
 * kinds as it can.
 */
export function legs<F>(
  seed: number,
  count: number,
  faults: readonly F[],
  modes: readonly string[],
  longest = 10,
): Leg<F>[] {
  const random = randomNumbers(seed);
  const decks = new Map(modes.map((mode) => [mode, [] as F[]]));
  const planned: Leg<F>[] = [];
  for (let left = count; left > 0; left -= longest) {
    const mode = modes[planned.length % modes.length]!;
    const deck = decks.get(mode)!;
    const own: F[] = [];
    while (own.length < Math.min(left, longest)) {
      if (deck.length === 0) deck.push(...faults);
      own.push(...deck.splice(Math.floor(random() * deck.length), 1));
    }
    planned.push({ mode, faults: own });
  }
  return planned;
}

/** Which lines of a list go and which come, by the longest common subsequence: order means something. Pure. */

export interface ChangedLine {
  readonly sign: '-' | '+';
  readonly line: string;
}

export function changedLines(has: readonly string[], wants: readonly string[]): ChangedLine[] {
  const common = lengths(has, wants);
  const changed: ChangedLine[] = [];
  let [i, j] = [0, 0];
  while (i < has.length || j < wants.length) {
    if (i < has.length && j < wants.length && has[i] === wants[j]) {
      i++;
      j++;
    } else if (j >= wants.length || (i < has.length && common[i + 1]![j]! >= common[i]![j + 1]!))
      changed.push({ sign: '-', line: has[i++]! });
    else changed.push({ sign: '+', line: wants[j++]! });
  }
  return changed;
}

/** At [i][j]: how many lines the rests from i and from j have in common. */
function lengths(a: readonly string[], b: readonly string[]): number[][] {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      table[i]![j] =
        a[i] === b[j] ? table[i + 1]![j + 1]! + 1 : Math.max(table[i + 1]![j]!, table[i]![j + 1]!);
  return table;
}

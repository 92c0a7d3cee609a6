/** A table of plain columns, as kubectl prints it: two spaces between, no line ends in a space. */
export function columns(rows: readonly (readonly string[])[], gap = 2): string {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, cell.length)));
  return rows
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index]! + gap))
        .join('')
        .trimEnd(),
    )
    .join('\n');
}

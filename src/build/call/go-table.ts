/**
 * Rows in columns as Go's tabwriter sets them: every cell but the last of a row filled up to the widest of its column
 * and `padding` blanks more. Ends with a line break.
 */
export function goTable(rows: readonly (readonly string[])[], padding: number): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => lengthOf(row[column] ?? ''))),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => {
          const isLast = column === row.length - 1;
          return isLast ? cell : cell + ' '.repeat((widths[column] ?? 0) + padding - lengthOf(cell));
        })
        .join(''),
    )
    .map((line) => `${line}\n`)
    .join('');
}

/** Go counts characters. */
function lengthOf(text: string): number {
  return [...text].length;
}

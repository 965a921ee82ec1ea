/** Tables as the benches print them on the screen and write them to a page; the first row is the head. */

export type Table = readonly (readonly string[])[];

export function printTable(table: Table): void {
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of table) console.log(`  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`);
}

/** The lines of it in Markdown. */
export function markdownTable([head = [], ...rows]: Table): readonly string[] {
  return [lineOf(head), `|${head.map(() => "---|").join("")}`, ...rows.map(lineOf)];
}

function lineOf(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

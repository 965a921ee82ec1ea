/** Words, numbers and tables as people read them. */

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

export function bytesText(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length - 1);
  const value = bytes / 1024 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[power]}`;
}

/** `1 move`, `2 moves`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
}

/** As `12`, `1.5 GiB`, `12 → 9`, or a dash for none. */
const NUMBER = /^(-|[0-9][0-9.,]*( [KMGTP]?i?B)?( → [0-9].*)?)$/;

/** Columns one below the other; those of which all but the first row are numbers to the right. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const columns = Math.max(0, ...rows.map(({ length }) => length));
  const cells = (at: number) => rows.map((row) => row[at] ?? "");
  const widths = Array.from({ length: columns }, (_, at) => Math.max(...cells(at).map(({ length }) => length)));
  const isNumeric = widths.map((_, at) =>
    cells(at)
      .slice(1)
      .every((cell) => NUMBER.test(cell)),
  );
  return rows.map((row) =>
    row
      .map((cell, at) => (isNumeric[at] ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}

/** The first of a long list, and how many more there are. */
export function firstOf(all: readonly string[], limit: number): readonly string[] {
  if (all.length <= limit) return all;
  return [...all.slice(0, limit), `… and ${(all.length - limit).toLocaleString("en-US")} more`];
}

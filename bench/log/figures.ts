/** What a part of the bench has found: figures, some of them with a limit that they must keep. */

export interface Figure {
  readonly what: string;
  readonly measured: string;
  /** What the figure must keep; null: it is told only. */
  readonly limit: string | null;
  readonly holds: boolean;
}

/** A figure that is told for comparison and cannot fail. */
export function told(what: string, measured: string): Figure {
  return { what, measured, limit: null, holds: true };
}

/** A figure that must not be larger than `max`. */
export function atMost(what: string, figure: number, max: number, text: (figure: number) => string): Figure {
  return { what, measured: text(figure), limit: `at most ${text(max)}`, holds: figure <= max };
}

/** A figure that must not be smaller than `min`. */
export function atLeast(what: string, figure: number, min: number, text: (figure: number) => string): Figure {
  return { what, measured: text(figure), limit: `at least ${text(min)}`, holds: figure >= min };
}

/** Its first row is the head. */
export function figureTable(figures: readonly Figure[]): readonly (readonly string[])[] {
  const rows = figures.map((figure) => [figure.what, figure.measured, figure.limit ?? "", verdictOf(figure)]);
  return [["figure", "measured", "limit", "verdict"], ...rows];
}

export function verdictOf({ limit, holds }: Figure): string {
  if (limit === null) return "";
  return holds ? "holds" : "MISSED";
}

export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}

/** The smallest figure that this share of all does not exceed. */
export function percentile(figures: readonly number[], share: number): number {
  const sorted = [...figures].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export const BYTES_PER_KB = 1_000;
export const BYTES_PER_MB = 1_000_000;
export const BYTES_PER_GB = 1_000_000_000;

export const inMs = (ms: number): string => `${ms.toFixed(ms < 10 ? 2 : 0)} ms`;
export const inUs = (ms: number): string => `${(ms * 1000).toFixed(0)} µs`;
export const inSeconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
export const inKb = (bytes: number): string => `${(bytes / BYTES_PER_KB).toFixed(1)} KB`;
export const inMb = (bytes: number): string => `${(bytes / BYTES_PER_MB).toFixed(0)} MB`;
export const inGb = (bytes: number): string => `${(bytes / BYTES_PER_GB).toFixed(0)} GB`;
export const asRatio = (ratio: number): string => `${ratio.toFixed(ratio < 0.1 ? 3 : 2)} ×`;
export const asCount = (count: number): string => count.toFixed(0);

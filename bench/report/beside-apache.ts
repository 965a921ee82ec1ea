/** A figure of Samsa's beside Apache Kafka's, over rounds in which the two were measured one right after the other. */
import { asRatio, median } from "../log/figures.js";

export interface Span {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export type Verdict = "" | "holds" | "MISSED";

/** What the ratio of Samsa's figure to Apache Kafka's must be. */
export interface Goal {
  readonly text: string;
  holds(ratio: number): boolean;
}

/** One figure as a line of a table. */
export interface Line {
  readonly what: string;
  readonly apache: string;
  readonly samsa: string;
  readonly ratio: string;
  readonly target: string;
  readonly verdict: Verdict;
}

export const lineHead = [
  "figure",
  "Apache Kafka: min, median, max",
  "Samsa: min, median, max",
  "Samsa to Apache: min, median, max",
  "target",
  "verdict",
] as const;

export function cellsOf({ what, apache, samsa, ratio, target, verdict }: Line): readonly string[] {
  return [what, apache, samsa, ratio, target, verdict];
}

/** The values of both by round. */
export interface Pair {
  readonly apache: readonly number[];
  readonly samsa: readonly number[];
}

/** `goal`: null where the figure is only told. */
export function lineOf(
  what: string,
  { apache, samsa }: Pair,
  text: (value: number) => string,
  goal: Goal | null,
): Line {
  const ratio = ratioOf({ apache, samsa });
  return {
    what,
    apache: spanText(spanOf(apache), text),
    samsa: spanText(spanOf(samsa), text),
    ratio: spanText(ratio, asRatio),
    target: goal?.text ?? "",
    verdict: verdictOf(ratio.median, goal),
  };
}

/** Of the rounds, each beside the one next to it. */
export function ratioOf({ apache, samsa }: Pair): Span {
  return spanOf(samsa.map((value, round) => value / (apache[round] ?? Number.NaN)));
}

export function spanOf(values: readonly number[]): Span {
  return { min: Math.min(...values), median: median(values), max: Math.max(...values) };
}

export function spanText({ min, median, max }: Span, text: (value: number) => string): string {
  return [min, median, max].map(text).join(", ");
}

export function verdictOf(ratio: number, goal: Goal | null): Verdict {
  if (goal === null) return "";
  return goal.holds(ratio) ? "holds" : "MISSED";
}

export function atLeast(ratio: number): Goal {
  return { text: `at least ${asRatio(ratio)}`, holds: (found) => found >= ratio };
}

export function atMost(ratio: number): Goal {
  return { text: `at most ${asRatio(ratio)}`, holds: (found) => found <= ratio };
}

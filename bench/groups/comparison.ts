/** What the rounds of both brokers say beside each other, and whether Samsa keeps its targets. */
import type { Target } from "../../tests/support/target-broker.js";
import { asRatio, median } from "../log/figures.js";
import type { Sample, SampleKind } from "./part.js";

/** A round of each broker, one right after the other: the two meet the same machine. */
export type RoundOfBoth = Readonly<Record<Target, readonly Sample[]>>;

export interface Comparison {
  readonly what: string;
  /** Smallest, median and largest. */
  readonly apache: string;
  readonly samsa: string;
  /** Samsa's figure to Apache Kafka's: the median of the rounds. */
  readonly ratio: string;
  readonly target: string;
  readonly verdict: "" | "holds" | "MISSED";
}

interface Kind {
  readonly text: (value: number) => string;
  readonly target: string;
  readonly holds: ((ratio: number) => boolean) | null;
}

const CPU_RATIO_MAX = 1 / 2;
const inSeconds = (seconds: number) => `${seconds.toFixed(2)} s`;
const inMs = (seconds: number) => `${(1000 * seconds).toFixed(0)} ms`;

const kinds: Readonly<Record<SampleKind, Kind>> = {
  time: { text: inSeconds, target: `at most ${asRatio(1)}`, holds: (ratio) => ratio <= 1 },
  rate: { text: (value) => value.toFixed(0), target: `at least ${asRatio(1)}`, holds: (ratio) => ratio >= 1 },
  "broker CPU": {
    text: inMs,
    target: `at most ${asRatio(CPU_RATIO_MAX)}`,
    holds: (ratio) => ratio <= CPU_RATIO_MAX,
  },
  "load CPU": { text: inMs, target: "", holds: null },
};

export function compare(rounds: readonly RoundOfBoth[]): readonly Comparison[] {
  const [first] = rounds;
  return (first?.samsa ?? []).map(({ what, kind }) => comparisonOf(what, kinds[kind], rounds));
}

function comparisonOf(what: string, { text, target, holds }: Kind, rounds: readonly RoundOfBoth[]): Comparison {
  const valuesOf = (broker: Target) => rounds.map((round) => valueIn(round[broker], what));
  const [samsa, apache] = [valuesOf("samsa"), valuesOf("apache")];
  const ratio = median(samsa.map((value, round) => value / (apache[round] ?? Number.NaN)));
  const summary = (values: readonly number[]) =>
    [Math.min(...values), median(values), Math.max(...values)].map(text).join(", ");
  return {
    what,
    apache: summary(apache),
    samsa: summary(samsa),
    ratio: asRatio(ratio),
    target,
    verdict: holds === null ? "" : holds(ratio) ? "holds" : "MISSED",
  };
}

function valueIn(samples: readonly Sample[], what: string): number {
  return samples.find((sample) => sample.what === what)?.value ?? Number.NaN;
}

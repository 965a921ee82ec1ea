/** What the rounds of both brokers say beside each other, and whether Samsa keeps its targets. */
import type { Target } from "../../tests/support/target-broker.js";
import { atLeast, atMost, type Goal, type Line, lineOf } from "../report/beside-apache.js";
import type { Sample, SampleKind } from "./part.js";

/** A round of each broker, one right after the other: the two meet the same machine. */
export type RoundOfBoth = Readonly<Record<Target, readonly Sample[]>>;

interface Kind {
  readonly text: (value: number) => string;
  readonly goal: Goal | null;
}

const inSeconds = (seconds: number) => `${seconds.toFixed(2)} s`;
const inMs = (seconds: number) => `${(1000 * seconds).toFixed(0)} ms`;

const kinds: Readonly<Record<SampleKind, Kind>> = {
  time: { text: inSeconds, goal: atMost(1) },
  rate: { text: (value) => value.toFixed(0), goal: atLeast(1) },
  "broker CPU": { text: inMs, goal: atMost(1 / 2) },
  "load CPU": { text: inMs, goal: null },
};

export function compare(rounds: readonly RoundOfBoth[]): readonly Line[] {
  const [first] = rounds;
  return (first?.samsa ?? []).map(({ what, kind }) => {
    const valuesOf = (broker: Target) => rounds.map((round) => valueIn(round[broker], what));
    const { text, goal } = kinds[kind];
    return lineOf(what, { apache: valuesOf("apache"), samsa: valuesOf("samsa") }, text, goal);
  });
}

function valueIn(samples: readonly Sample[], what: string): number {
  return samples.find((sample) => sample.what === what)?.value ?? Number.NaN;
}

/** What the rounds of one row say: the figures of each contender, and Samsa's beside Apache Kafka's. */
import { atLeast, atMost, type Goal, type Span, spanOf, type Verdict, verdictOf } from "../report/beside-apache.js";
import type { ContenderName } from "./contender.js";
import { type FigureName, figureKinds, type Samples } from "./figures.js";
import type { Row } from "./workload.js";

/** What one contender showed in one round, by row. */
type SamplesOfRound = ReadonlyMap<string, Samples>;

export type RoundOfAll = ReadonlyMap<ContenderName, SamplesOfRound>;

export interface Comparison {
  readonly row: Row;
  /** So many rounds have Samsa's figures. */
  readonly rounds: number;
  readonly figures: readonly FigureComparison[];
}

export interface FigureComparison {
  readonly name: FigureName;
  readonly spans: Readonly<Partial<Record<ContenderName, Span>>>;
  /** Samsa's to Apache Kafka's of the same round. Null: no round has both. */
  readonly ratio: Span | null;
  /** What the median of the ratios must be; empty where the figure is only told. */
  readonly target: string;
  readonly verdict: Verdict;
}

const contenders: readonly ContenderName[] = ["apache", "samsa", "kfake"];

export function compare(row: Row, rounds: readonly RoundOfAll[]): Comparison {
  const names = Object.keys(figureKinds).filter((name): name is FigureName => name in figureKinds);
  const seen = names.filter((name) => valuesOf("samsa", row, name, rounds).length > 0);
  return {
    row,
    rounds: rounds.filter((round) => round.get("samsa")?.has(row.name) === true).length,
    figures: seen.filter((name) => saysSomething(name, row)).map((name) => figureOf(row, name, rounds)),
  };
}

function saysSomething(name: FigureName, { isOfSmallRecords }: Row): boolean {
  return isOfSmallRecords !== true || !("isOfBytes" in figureKinds[name]);
}

function figureOf(row: Row, name: FigureName, rounds: readonly RoundOfAll[]): FigureComparison {
  const spans = contenders.flatMap((who) => {
    const values = valuesOf(who, row, name, rounds);
    return values.length === 0 ? [] : [[who, spanOf(values)] as const];
  });
  const ratios = rounds.flatMap((round) => {
    const [own, other] = [valueIn(round, "samsa", row, name), valueIn(round, "apache", row, name)];
    return own === undefined || other === undefined ? [] : [own / other];
  });
  const ratio = ratios.length === 0 ? null : spanOf(ratios);
  const goal = goalOf(row, name);
  return {
    name,
    spans: Object.fromEntries(spans),
    ratio,
    target: goal?.text ?? "",
    verdict: ratio === null ? "" : verdictOf(ratio.median, goal),
  };
}

function goalOf({ targets }: Row, name: FigureName): Goal | null {
  const target = targets[name];
  if (target === undefined) return null;
  return figureKinds[name].isBetter === "more" ? atLeast(target) : atMost(target);
}

function valuesOf(who: ContenderName, row: Row, name: FigureName, rounds: readonly RoundOfAll[]): number[] {
  return rounds.flatMap((round) => valueIn(round, who, row, name) ?? []);
}

function valueIn(round: RoundOfAll, who: ContenderName, row: Row, name: FigureName): number | undefined {
  return round.get(who)?.get(row.name)?.[name];
}

export function holds({ figures }: Comparison): boolean {
  return figures.every(({ verdict }) => verdict !== "MISSED");
}

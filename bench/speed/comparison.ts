/** What the rounds of one row say: the figures of each contender, and Samsa's beside Apache Kafka's. */
import { median } from "../log/figures.js";
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
  /** Samsa's to Apache Kafka's of the same round: the median of the rounds. Null: one of them has not got the figure. */
  readonly ratio: number | null;
  /** What the ratio may be at most, or must be at least. Null: the figure is only told. */
  readonly target: number | null;
}

export interface Span {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

const contenders: readonly ContenderName[] = ["apache", "samsa", "kfake"];

export function compare(row: Row, rounds: readonly RoundOfAll[]): Comparison {
  const names = Object.keys(figureKinds).filter((name): name is FigureName => name in figureKinds);
  const seen = names.filter((name) => valuesOf("samsa", row, name, rounds).length > 0);
  return {
    row,
    rounds: rounds.filter((round) => round.get("samsa")?.has(row.name) === true).length,
    figures: seen.map((name) => figureOf(row, name, rounds)),
  };
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
  return {
    name,
    spans: Object.fromEntries(spans),
    ratio: ratios.length === 0 ? null : median(ratios),
    target: row.targets[name] ?? null,
  };
}

function valuesOf(who: ContenderName, row: Row, name: FigureName, rounds: readonly RoundOfAll[]): number[] {
  return rounds.flatMap((round) => valueIn(round, who, row, name) ?? []);
}

function valueIn(round: RoundOfAll, who: ContenderName, row: Row, name: FigureName): number | undefined {
  return round.get(who)?.get(row.name)?.[name];
}

function spanOf(values: readonly number[]): Span {
  return { min: Math.min(...values), median: median(values), max: Math.max(...values) };
}

export function holds({ figures }: Comparison): boolean {
  return figures.every((figure) => verdictOf(figure) !== "MISSED");
}

export function verdictOf({ name, ratio, target }: FigureComparison): "" | "holds" | "MISSED" {
  if (target === null || ratio === null) return "";
  const isKept = figureKinds[name].isBetter === "more" ? ratio >= target : ratio <= target;
  return isKept ? "holds" : "MISSED";
}

export function targetText({ name, target }: FigureComparison): string {
  if (target === null) return "";
  return `${figureKinds[name].isBetter === "more" ? "at least" : "at most"} ${target.toFixed(2)} ×`;
}

export function spanText(name: FigureName, span: Span | undefined): string {
  if (span === undefined) return "";
  return [span.min, span.median, span.max].map((value) => value.toFixed(figureKinds[name].digits)).join(", ");
}

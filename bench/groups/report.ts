/** The tables, on the screen and as a page of the documentation. Of the machine they tell cores and memory, no name. */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { inRepository } from "../../tests/support/repository.js";
import { type Figure, inGb, verdictOf } from "../log/figures.js";
import type { Comparison } from "./comparison.js";

export interface PartResult {
  readonly title: string;
  readonly method: string;
  readonly rounds: number;
  readonly comparisons: readonly Comparison[];
  /** Of Samsa alone. */
  readonly figures: readonly Figure[];
  /** Processes that ran or wanted to, on average over a minute. */
  readonly loadBefore: number;
  readonly loadAfter: number;
}

export function print({ title, comparisons, figures }: PartResult): void {
  console.log(`\n${title}`);
  const rows = comparisons.map((row) => [row.what, row.apache, row.samsa, row.ratio, row.target, row.verdict]);
  if (rows.length > 0) printTable([comparedHead, ...rows]);
  printTable(figures.map((figure) => [figure.what, figure.measured, figure.limit ?? "", verdictOf(figure)]));
}

const comparedHead = [
  "figure",
  "Apache Kafka: min, median, max",
  "Samsa: min, median, max",
  "ratio",
  "target",
  "verdict",
];

function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) console.log(`  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`);
}

export function writeReport(results: readonly PartResult[], isQuick: boolean): void {
  mkdirSync(inRepository("docs", "generated"), { recursive: true });
  writeFileSync(inRepository("docs", "generated", "groups-bench.md"), pageOf(results, isQuick));
}

function pageOf(results: readonly PartResult[], isQuick: boolean): string {
  const head = [
    "# Groups and transactions beside Apache Kafka",
    "",
    "Written by `npm run bench:groups -- --report`. Both brokers run on this machine with the properties that they come " +
      "with, but for what is told below; each is under load alone, in turns, and its first rounds do not count. Ratios are Samsa's figure to that of " +
      "Apache Kafka 4.3.1 in the round beside it. CPU is the time of all threads of the broker. The load is one process " +
      "of our own, the same for both, on the same machine; what it costs is told, since it takes from both brokers " +
      "what it takes of the cores.",
    "",
    `- ${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, ${inGb(totalmem())} of memory, ` +
      `Node ${process.versions.node}, ${process.platform}`,
    ...(isQuick
      ? ["- with `--quick`: short rounds on brokers that are not warm, so the verdicts count for nothing"]
      : []),
  ];
  return `${[...head, ...results.flatMap(sectionOf)].join("\n")}\n`;
}

function sectionOf(result: PartResult): readonly string[] {
  const { title, method, rounds, comparisons, figures, loadBefore, loadAfter } = result;
  return [
    "",
    `## ${title}`,
    "",
    `${method}${rounds === 0 ? "" : ` Rounds: ${rounds}.`}`,
    "",
    ...comparedTable(comparisons),
    ...figureTable(figures),
    "",
    `Load of the machine: ${loadBefore.toFixed(1)} before, ${loadAfter.toFixed(1)} after.`,
  ];
}

function comparedTable(comparisons: readonly Comparison[]): readonly string[] {
  if (comparisons.length === 0) return [];
  return [
    rowOf(comparedHead),
    `|${comparedHead.map(() => "---|").join("")}`,
    ...comparisons.map(({ what, apache, samsa, ratio, target, verdict }) =>
      rowOf([what, apache, samsa, ratio, target, verdict]),
    ),
  ];
}

function figureTable(figures: readonly Figure[]): readonly string[] {
  if (figures.length === 0) return [];
  return [
    "| figure | measured | limit | verdict |",
    "|---|---|---|---|",
    ...figures.map((figure) => rowOf([figure.what, figure.measured, figure.limit ?? "", verdictOf(figure)])),
  ];
}

function rowOf(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

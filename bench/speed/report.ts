/** The tables on the screen, docs/generated/bench.md with its charts, and all figures as JSON. */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { inRepository } from "../../tests/support/repository.js";
import { inGb } from "../log/figures.js";
import { chartOf } from "./chart.js";
import { type Comparison, type FigureComparison, spanText, targetText, verdictOf } from "./comparison.js";
import { figureKinds } from "./figures.js";
import type { Failure } from "./findings.js";

const head = ["figure", "Apache Kafka: min, median, max", "Samsa", "kfake", "Samsa to Apache", "target", "verdict"];

export function print(comparisons: readonly Comparison[]): void {
  for (const { row, rounds, figures } of comparisons) {
    console.log(`\n${row.title}; ${rounds} rounds`);
    printTable([head, ...figures.map(rowOf)]);
  }
  console.log("\nIn short: the medians of what has a target");
  printTable([shortHead, ...comparisons.flatMap(shortRowsOf)]);
}

function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of rows) console.log(`  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`);
}

const shortHead = ["workload", "figure", "Apache Kafka", "Samsa", "Samsa to Apache", "target", "verdict"];

function shortRowsOf({ row, figures }: Comparison): readonly (readonly string[])[] {
  return figures
    .filter(({ target }) => target !== null)
    .map((figure) => {
      const { name, spans } = figure;
      const [apache, samsa] = [spans.apache, spans.samsa].map((span) => span?.median.toFixed(figureKinds[name].digits));
      return [row.title, name, apache ?? "", samsa ?? "", ratioText(figure), targetText(figure), verdictOf(figure)];
    });
}

function ratioText({ ratio }: FigureComparison): string {
  return ratio === null ? "" : `${ratio.toFixed(2)} ×`;
}

function rowOf(figure: FigureComparison): readonly string[] {
  const { name, spans } = figure;
  const [apache, samsa, kfake] = [spans.apache, spans.samsa, spans.kfake].map((span) => spanText(name, span));
  return [name, apache ?? "", samsa ?? "", kfake ?? "", ratioText(figure), targetText(figure), verdictOf(figure)];
}

export interface RunShape {
  readonly scale: number;
  readonly failures: readonly Failure[];
  /** Of the machine, in the minute before the run. */
  readonly loadBefore: number;
}

export function writeReport(comparisons: readonly Comparison[], shape: RunShape): void {
  const charts = inRepository("docs", "generated", "bench");
  mkdirSync(charts, { recursive: true });
  for (const comparison of comparisons) {
    const chart = chartOf(comparison);
    if (chart !== null) writeFileSync(join(charts, chartFile(comparison)), chart);
  }
  const figures = comparisons.map(({ row, rounds, figures: found }) => ({
    workload: row.name,
    rounds,
    figures: found,
  }));
  const json = JSON.stringify({ ...machine(), ...shape, figures }, null, 2);
  writeFileSync(join(charts, "figures.json"), `${json}\n`);
  writeFileSync(inRepository("docs", "generated", "bench.md"), pageOf(comparisons, shape));
}

function machine() {
  return {
    date: new Date().toISOString().slice(0, 10),
    cores: cpus().length,
    memory: inGb(totalmem()),
    node: process.versions.node,
  };
}

function chartFile({ row }: Comparison): string {
  return `${row.name}.svg`;
}

function pageOf(comparisons: readonly Comparison[], { scale, failures, loadBefore }: RunShape): string {
  const { date, cores, memory, node } = machine();
  const lines = [
    "# Samsa beside Apache Kafka",
    "",
    "Written by `npm run bench -- --report`. Each contender runs alone on this machine with the properties that it comes " +
      "with, warmed up, and rounds are interleaved; clients run on the same machine. Ratios are Samsa's figure to that of " +
      "Apache Kafka 4.3.1 (Java 17, heap of 1 GB) in the same round, and the median of those. CPU is the time of all threads " +
      "of the broker; memory is the most that its process held during the load. Latencies are those of the client's own " +
      "tool: of a record until it was acknowledged, of a fetch until its answer was read. kfake is franz-go's broker in " +
      "memory, which keeps nothing.",
    "",
    `- ${date}, ${cores} cores, ${memory} of memory, Node ${node}; load of the machine before: ${loadBefore.toFixed(1)}`,
    ...(scale === 1 ? [] : [`- loads of ${scale} of their length, so the verdicts count for nothing`]),
    ...failures.map(({ row, contender, round }) => `- FAILED: ${row} of ${contender} in round ${round}`),
    "- how it grows with partitions, connections, the log and the batch: [bench-growth.md](bench-growth.md)",
    "",
    line(shortHead),
    `|${shortHead.map(() => "---|").join("")}`,
    ...comparisons.flatMap(shortRowsOf).map(line),
  ];
  return `${[...lines, ...comparisons.flatMap(sectionOf)].join("\n")}\n`;
}

function sectionOf(comparison: Comparison): readonly string[] {
  const { row, rounds, figures } = comparison;
  const chart = chartOf(comparison) === null ? [] : ["", `![${row.title}](bench/${chartFile(comparison)})`];
  return [
    "",
    `## ${row.title}`,
    "",
    `${row.method} Rounds: ${rounds}.`,
    "",
    line(head),
    `|${head.map(() => "---|").join("")}`,
    ...figures.map((figure) => line(rowOf(figure))),
    ...chart,
  ];
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

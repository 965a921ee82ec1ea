/** The tables on the screen, docs/generated/bench.md with its charts, and all figures as JSON. */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { inRepository } from "../../tests/support/repository.js";
import { inGb } from "../log/figures.js";
import { chartOf } from "./chart.js";
import { type Comparison, type FigureComparison, spanText, targetText, verdictOf } from "./comparison.js";

const head = ["figure", "Apache Kafka: min, median, max", "Samsa", "kfake", "Samsa to Apache", "target", "verdict"];

export function print(comparisons: readonly Comparison[]): void {
  for (const { workload, figures } of comparisons) {
    console.log(`\n${workload.title}`);
    const rows = [head, ...figures.map(rowOf)];
    const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
    for (const row of rows) console.log(`  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`);
  }
}

function rowOf(figure: FigureComparison): readonly string[] {
  const { name, spans, ratio } = figure;
  const [apache, samsa, kfake] = [spans.apache, spans.samsa, spans.kfake].map((span) => spanText(name, span));
  const ratioText = ratio === null ? "" : `${ratio.toFixed(2)} ×`;
  return [name, apache ?? "", samsa ?? "", kfake ?? "", ratioText, targetText(figure), verdictOf(figure)];
}

export interface RunShape {
  readonly rounds: number;
  readonly scale: number;
}

export function writeReport(comparisons: readonly Comparison[], shape: RunShape): void {
  const charts = inRepository("docs", "generated", "bench");
  mkdirSync(charts, { recursive: true });
  for (const comparison of comparisons) {
    const chart = chartOf(comparison);
    if (chart !== null) writeFileSync(inRepository("docs", "generated", "bench", chartFile(comparison)), chart);
  }
  const figures = comparisons.map(({ workload, figures: found }) => ({ workload: workload.name, figures: found }));
  const json = JSON.stringify({ ...shape, figures }, null, 2);
  writeFileSync(inRepository("docs", "generated", "bench", "figures.json"), `${json}\n`);
  writeFileSync(inRepository("docs", "generated", "bench.md"), pageOf(comparisons, shape));
}

function chartFile({ workload }: Comparison): string {
  return `${workload.name}.svg`;
}

function pageOf(comparisons: readonly Comparison[], { rounds, scale }: RunShape): string {
  const lines = [
    "# Samsa beside Apache Kafka",
    "",
    "Written by `npm run bench -- --report`. Each contender runs alone on this machine with the properties that it comes " +
      "with, warmed up, and rounds are interleaved; clients run on the same machine. Ratios are Samsa's figure to that of " +
      "Apache Kafka 4.3.1 (Java 17, heap of 1 GB) in the same round, and the median of those. CPU is the time of all threads " +
      "of the broker. kfake is franz-go's broker in memory, which keeps nothing.",
    "",
    `- ${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, ${inGb(totalmem())} of memory, Node ${process.versions.node}`,
    `- rounds: ${rounds}${scale === 1 ? "" : `, with loads of ${scale} of their length, so the verdicts count for nothing`}`,
  ];
  return `${[...lines, ...comparisons.flatMap(sectionOf)].join("\n")}\n`;
}

function sectionOf(comparison: Comparison): readonly string[] {
  const { workload, figures } = comparison;
  const chart = chartOf(comparison) === null ? [] : ["", `![${workload.title}](bench/${chartFile(comparison)})`];
  return [
    "",
    `## ${workload.title}`,
    "",
    workload.method,
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

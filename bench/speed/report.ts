/** The tables on the screen, docs/generated/bench.md with its charts, and all figures as JSON. */
import { join } from "node:path";
import { apacheKafkaVersion } from "../../tests/support/java.js";
import { asRatio } from "../log/figures.js";
import { type Span, spanText } from "../report/beside-apache.js";
import { machineText, writePage } from "../report/page.js";
import { markdownTable, printTable } from "../report/tables.js";
import { chartOf } from "./chart.js";
import type { Comparison, FigureComparison, RoundOfAll } from "./comparison.js";
import { type FigureName, figureKinds } from "./figures.js";
import type { Failure } from "./findings.js";
import { versions } from "./versions.js";

const head = [
  "figure",
  "Apache Kafka: min, median, max",
  "Samsa: min, median, max",
  "kfake: min, median, max",
  "Samsa to Apache Kafka: min, median, max",
  "target for the median",
  "verdict",
];
const shortHead = ["workload", "row", "figure", "Apache Kafka", "Samsa", "Samsa to Apache Kafka", "target", "verdict"];

export function print(comparisons: readonly Comparison[]): void {
  for (const { row, rounds, figures } of comparisons) {
    console.log(`\n${row.title}; ${rounds} rounds`);
    printTable([head, ...figures.map(cellsOf)]);
  }
  console.log("\nIn short: the medians of what has a target");
  printTable([shortHead, ...comparisons.flatMap(shortRowsOf)]);
}

function shortRowsOf({ row, figures }: Comparison): readonly (readonly string[])[] {
  return figures
    .filter(({ target }) => target !== "")
    .map(({ name, spans, ratio, target, verdict }) => {
      const [apache, samsa] = [spans.apache, spans.samsa].map((span) => span?.median.toFixed(figureKinds[name].digits));
      const short = ratio === null ? "" : asRatio(ratio.median);
      return [row.title, row.name, name, apache ?? "", samsa ?? "", short, target, verdict];
    });
}

function cellsOf({ name, spans, ratio, target, verdict }: FigureComparison): readonly string[] {
  const [apache, samsa, kfake] = [spans.apache, spans.samsa, spans.kfake].map((span) => figureText(name, span));
  const ratioText = ratio === null ? "" : spanText(ratio, asRatio);
  return [name, apache ?? "", samsa ?? "", kfake ?? "", ratioText, target, verdict];
}

function figureText(name: FigureName, span: Span | undefined): string {
  return span === undefined ? "" : spanText(span, (value) => value.toFixed(figureKinds[name].digits));
}

export interface RunShape {
  readonly rounds: readonly RoundOfAll[];
  readonly scale: number;
  readonly failures: readonly Failure[];
  /** Of the machine, in the minute before the run. */
  readonly loadBefore: number;
}

export function writeReport(comparisons: readonly Comparison[], shape: RunShape): void {
  for (const comparison of comparisons) {
    const chart = chartOf(comparison);
    if (chart !== null) writePage(chartFile(comparison), [chart]);
  }
  writePage(join("bench", "figures.json"), [JSON.stringify(allFigures(comparisons, shape), null, 2)]);
  writePage("bench.md", pageOf(comparisons, shape));
}

function allFigures(comparisons: readonly Comparison[], { rounds, ...shape }: RunShape) {
  const figures = comparisons.map(({ row, figures: found }) => ({ row: row.name, figures: found }));
  const inRounds = rounds.map((round) =>
    Object.fromEntries([...round].map(([who, rows]) => [who, Object.fromEntries(rows)])),
  );
  return { machine: machineText(), versions: versions(), ...shape, figures, rounds: inRounds };
}

function chartFile({ row }: Comparison): string {
  return join("bench", `${row.name}.svg`);
}

function pageOf(comparisons: readonly Comparison[], { scale, failures, loadBefore }: RunShape): readonly string[] {
  const { samsa, java, go, franzGo } = versions();
  return [
    "# Samsa beside Apache Kafka",
    "",
    "Written by `npm run bench -- --report`; `npm run bench -- ROW` measures one row. All figures of all rounds are in " +
      "[figures.json](bench/figures.json).",
    "",
    `- Machine: ${machineText()}; its load before the run: ${loadBefore.toFixed(1)}`,
    `- Samsa ${samsa}; Apache Kafka ${apacheKafkaVersion} on Java ${java}, with a heap of 1 GB and G1, as its own script starts it; ` +
      "kfake is franz-go's broker in memory, which keeps nothing on a disk and shows where the client is the limit",
    `- Clients: Apache Kafka's own tools (“Java client”); franz-go ${franzGo} with Go ${go} as it comes (“light client”); and ` +
      "one on its encoder that sends the same batch again and again (“simplest client”): both in bench/speed/native",
    ...(scale === 1 ? [] : [`- Loads of ${scale} of their length, so the verdicts count for nothing`]),
    ...failures.map(({ row, contender, round }) => `- FAILED: ${row} of ${contender} in round ${round}`),
    "",
    "How to read it: each broker runs alone, with the properties that it comes with, in a new folder, warmed up; clients " +
      "run on the same machine. Rounds are interleaved, and a ratio is Samsa's figure to Apache Kafka's of the same " +
      "round. CPU is the time of all threads of the broker: it hardly depends on what else the machine does. Memory is " +
      "what its process held, or the most that it held during the load. Latencies are those of the client: of a record " +
      "until it was acknowledged, of a fetch until its answer was read. GB are 10⁹ bytes, of records before compression; with the simplest client, of batches.",
    "",
    "Why a target is missed, and what the limit is: [ADR 25](../adr/0025-what-limits-the-bench.md). How both grow with " +
      "partitions, connections, the log and the batch: `npm run bench:growth`.",
    "",
    "## In short",
    "",
    "The medians of what has a target.",
    "",
    ...markdownTable([shortHead, ...comparisons.flatMap(shortRowsOf)]),
    ...comparisons.flatMap(sectionOf),
  ];
}

function sectionOf(comparison: Comparison): readonly string[] {
  const { row, rounds, figures } = comparison;
  const chart = chartOf(comparison) === null ? [] : ["", `![${row.title}](${chartFile(comparison)})`];
  return [
    "",
    `## ${row.title}`,
    "",
    `${row.method} ${rounds} rounds; alone: \`npm run bench -- ${row.name}\`.`,
    "",
    ...markdownTable([head, ...figures.map(cellsOf)]),
    ...chart,
  ];
}

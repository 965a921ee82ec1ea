/** The tables, on the screen and as a page of the documentation. Of the machine they tell cores and memory, no name. */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { inRepository } from "../../tests/support/repository.js";
import { inGb } from "../log/figures.js";
import { PARTITIONS, REPLICAS } from "./bench-topic.js";
import { type ClusterName, titles } from "./clusters.js";
import type { Compared, Row } from "./comparison.js";
import { BATCH_BYTES, IN_FLIGHT, PRODUCERS } from "./producers.js";
import { type Round, STEADY_INTERVAL_MS } from "./round.js";

export interface BenchResult {
  readonly isQuick: boolean;
  readonly rounds: Readonly<Partial<Record<ClusterName, readonly Round[]>>>;
  readonly compared: readonly Compared[];
  /** Processes that ran or wanted to, on average over a minute. */
  readonly loadBefore: number;
  readonly loadAfter: number;
}

const head = ["figure", "Apache Kafka: min, median, max", "Samsa: min, median, max", "ratio", "target", "verdict"];

export function print({ compared }: BenchResult): void {
  for (const { name, rows } of compared) {
    console.log(`\n${titles[name]}`);
    const table = [head, ...rows.map(cellsOf)];
    const widths = head.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
    for (const row of table) console.log(`  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`);
  }
}

export function writeReport(result: BenchResult): void {
  mkdirSync(inRepository("docs", "generated"), { recursive: true });
  writeFileSync(inRepository("docs", "generated", "cluster-bench.md"), pageOf(result));
}

function pageOf({ isQuick, rounds, compared, loadBefore, loadAfter }: BenchResult): string {
  const kib = BATCH_BYTES / 1024;
  const lines = [
    "# Three replicas beside Apache Kafka",
    "",
    `Written by \`npm run bench:cluster -- --report\`. ${PRODUCERS} producers with a connection to each of three brokers send ` +
      `batches of ${kib} KiB with acks=all to a topic of ${PARTITIONS} partitions with ${REPLICAS} replicas, ` +
      "`min.insync.replicas` 2. First as much as the cluster takes: each connection has " +
      `${IN_FLIGHT} requests under way, each with a batch for every partition of that leader. Then a steady load that all ` +
      `take: a batch every ${STEADY_INTERVAL_MS} ms, whose latency counts from when it was due. All brokers run on this ` +
      "machine with the properties that they come with; each cluster is under load alone, in turns, and its first rounds do not count. Ratios " +
      "are Samsa's figure to that of Apache Kafka 4.3.1 in the round beside it. CPU is that of all processes of the " +
      "cluster, etcd's too. The load is one process of our own on the same machine, the same for all.",
    "",
    `- ${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, ${inGb(totalmem())} of memory, ` +
      `Node ${process.versions.node}, ${process.platform}, ${rounds.apache?.length ?? 0} rounds`,
    `- load of the machine: ${loadBefore.toFixed(1)} before, ${loadAfter.toFixed(1)} after`,
    ...(isQuick
      ? ["- with `--quick`: short rounds on brokers that are not warm, so the verdicts count for nothing"]
      : []),
    ...compared.flatMap(({ name, rows }) => [
      "",
      `## ${titles[name]}`,
      "",
      rowOf(head),
      `|${head.map(() => "---|").join("")}`,
      ...rows.map((row) => rowOf(cellsOf(row))),
    ]),
  ];
  return `${lines.join("\n")}\n`;
}

function cellsOf({ what, apache, samsa, ratio, target, verdict }: Row): readonly string[] {
  return [what, apache, samsa, ratio, target, verdict];
}

function rowOf(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

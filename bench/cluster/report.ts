/** The tables, on the screen and as a page of the documentation. */
import { cellsOf, lineHead } from "../report/beside-apache.js";
import { machineText, writePage } from "../report/page.js";
import { markdownTable, printTable } from "../report/tables.js";
import { PARTITIONS, REPLICAS } from "./bench-topic.js";
import { type ClusterName, titles } from "./clusters.js";
import type { Compared } from "./comparison.js";
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

export function print({ compared }: BenchResult): void {
  for (const { name, lines } of compared) {
    console.log(`\n${titles[name]}`);
    printTable([lineHead, ...lines.map(cellsOf)]);
  }
}

export function writeReport(result: BenchResult): void {
  writePage("cluster-bench.md", pageOf(result));
}

function pageOf({ isQuick, rounds, compared, loadBefore, loadAfter }: BenchResult): readonly string[] {
  const kib = BATCH_BYTES / 1024;
  return [
    "# Three replicas beside Apache Kafka",
    "",
    `Written by \`npm run bench:cluster -- --report\`. ${PRODUCERS} producers with a connection to each of three brokers send ` +
      `batches of ${kib} KiB with acks=all to a topic of ${PARTITIONS} partitions with ${REPLICAS} replicas, ` +
      "`min.insync.replicas` 2. First as much as the cluster takes: each connection has " +
      `${IN_FLIGHT} requests under way, each with a batch for every partition of that leader. Then a steady load that all ` +
      `take: a batch every ${STEADY_INTERVAL_MS} ms, whose latency counts from when it was due. All brokers run on this ` +
      "machine with the properties that they come with; each cluster is under load alone, in turns, and its first rounds do not count. " +
      "All memory that a round fills was touched before: the first touch may cost a virtual machine three seconds per GB of each " +
      "replica (ADR 27). Ratios are Samsa's figure to that of Apache Kafka 4.3.1 in the round beside it. CPU is that of all processes of the " +
      "cluster, etcd's too. The load is one process of our own on the same machine, the same for all.",
    "",
    `- ${machineText()}, ${rounds.apache?.length ?? 0} rounds`,
    `- load of the machine: ${loadBefore.toFixed(1)} before, ${loadAfter.toFixed(1)} after`,
    ...(isQuick
      ? ["- with `--quick`: short rounds on brokers that are not warm, so the verdicts count for nothing"]
      : []),
    ...compared.flatMap(({ name, lines }) => [
      "",
      `## ${titles[name]}`,
      "",
      ...markdownTable([lineHead, ...lines.map(cellsOf)]),
    ]),
  ];
}

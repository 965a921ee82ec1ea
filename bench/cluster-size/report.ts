/** The figures, on the screen and as a page of the documentation. */
import { loadOfLastMinute, machineText, writePage } from "../report/page.js";
import { markdownTable } from "../report/tables.js";

export interface Measured {
  readonly partitions: number;
  readonly sessionTimeoutMs: number;
  /** Of each topic. */
  readonly createMs: readonly number[];
  readonly createHeldMs: readonly number[];
  readonly failoverMs: readonly number[];
  readonly moveMs: readonly number[];
  readonly moveHeldMs: readonly number[];
  /** Of all three brokers together. */
  readonly processBytes: number;
  readonly imageBytes: number;
}

const PARTITION_REPLICAS = 3;
const LEADERS_MOVED_MS_MAX = 3_000;
const FAILOVER_MS_MAX = 5_000;

function rowsOf(measured: Measured): readonly (readonly string[])[] {
  const { partitions, createMs, createHeldMs, failoverMs, moveMs, moveHeldMs, processBytes, imageBytes } = measured;
  return [
    ["creating a topic with 2,000 partitions", spread(createMs), ""],
    ["CPU between two turns of the loop meanwhile, at most", spread(createHeldMs), ""],
    ["another controller after a kill of the first", spread(failoverMs), limit(failoverMs, FAILOVER_MS_MAX)],
    ["all partitions served after a broker was given up", spread(moveMs), limit(moveMs, LEADERS_MOVED_MS_MAX)],
    ["CPU between two turns of the loop meanwhile, at most", spread(moveHeldMs), ""],
    ["one image of the metadata", inMb(imageBytes), `${Math.round(imageBytes / partitions)} bytes a partition`],
    ["the process with three brokers grew by", inMb(processBytes), ""],
  ];
}

function spread(all: readonly number[]): string {
  const rising = [...all].sort((one, other) => one - other);
  const at = (share: number) => Math.round(rising[Math.floor((rising.length - 1) * share)] ?? 0);
  return `${at(0)}, ${at(0.5)}, ${at(1)} ms`;
}

function limit(all: readonly number[], maxMs: number): string {
  return `≤ ${maxMs} ms: ${Math.max(...all) <= maxMs ? "holds" : "MISSED"}`;
}

function inMb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

export function print(measured: Measured): void {
  console.log(
    `\n${measured.partitions} partitions of ${PARTITION_REPLICAS} replicas on three brokers (min, median, max)`,
  );
  for (const row of rowsOf(measured))
    console.log(`  ${(row[0] ?? "").padEnd(56)} ${(row[1] ?? "").padEnd(24)} ${row[2]}`);
}

export function writeReport(measured: Measured, isQuick: boolean): void {
  const { partitions, sessionTimeoutMs } = measured;
  const lines = [
    "# A large cluster",
    "",
    `Written by \`npm run bench:cluster-size -- --report\`: ${partitions.toLocaleString("en-US")} partitions of ` +
      `${PARTITION_REPLICAS} replicas on three brokers, which share one process and so one loop: of what holds it, each has ` +
      "about a third. They are asked from another " +
      "process over the real protocol. A partition counts as served when its new leader answers ListOffsets. A broker is " +
      `given up after \`broker.session.timeout.ms\`, here ${sessionTimeoutMs} ms; the time until then is not in the figures. ` +
      "The local engine knows at once that a controller is gone; over etcd the rest of its lease comes on top.",
    "",
    `- ${machineText()}`,
    `- load of the machine at the end: ${loadOfLastMinute().toFixed(1)}`,
    ...(isQuick ? ["- with `--quick`: fewer partitions"] : []),
    "",
    ...markdownTable([["figure", "min, median, max", ""], ...rowsOf(measured)]),
  ];
  writePage("cluster-size-bench.md", lines);
}

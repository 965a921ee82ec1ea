/**
 * The row of a producer beside a consumer of a cold log. It has rounds of its own: each broker writes its log once, the
 * system forgets what it holds of both, and then they take turns in being read, a share of the log in each round.
 */
import { join } from "node:path";
import { startTarget, targets } from "../../tests/support/start-target.js";
import type { Target, TargetBroker } from "../../tests/support/target-broker.js";
import { createTopic } from "../groups/broker.js";
import { makeCold, whyNoRoom } from "../log/disk.js";
import { BYTES_PER_GB } from "../log/figures.js";
import { measured } from "./figures.js";
import type { Findings } from "./findings.js";
import { type LoadOutcome, runNative } from "./native-load.js";
import type { Row } from "./workload.js";

const LOG_BYTES = 20 * BYTES_PER_GB;
const ROUNDS = 5;
const RECORD_BYTES = 1024;
/** As large as a batch may be. */
const FILL_BATCH_BYTES = 1_000_000;
const PROBE_BYTES = 16 * 1024;
/** The load counts its topics. */
const READ = "bench-read";
const READ_TOPIC = `${READ}-0`;
const PROBED = "bench-probed";

export const coldLog: Row = {
  name: "cold-log",
  title: "Produce while a consumer reads a cold log of 20 GB",
  method:
    `Latency of a franz-go client that sends one record of 16 KB with acks=all every 2 ms, from the moment it is due, while ` +
    `another one reads as fast as it can. Both brokers live, the one that is not measured has nothing to do. Each has ` +
    `written its log and was restarted; then the system forgot the files (posix_fadvise), and a sixth of them, never read ` +
    `before, is read in each round; the first only warms up. Throughput and CPU per GB are those of the reading.`,
  targets: { "latency p99, ms": 1 },
  seconds: 65,
};

export async function runColdLog(findings: Findings): Promise<void> {
  const bytes = LOG_BYTES * findings.scale;
  const brokers: TargetBroker[] = [];
  try {
    const noRoom = whyNoRoom(targets.length * bytes);
    if (noRoom !== null) throw new Error(noRoom);
    const shares = new Map<Target, number>();
    for (const target of targets) {
      const broker = await startTarget(target);
      brokers.push(broker);
      shares.set(target, Math.floor((await fill(broker, bytes)) / (ROUNDS + 1)));
    }
    for (const broker of brokers) forget(broker);
    for (let number = 0; number <= ROUNDS; number++) {
      for (const broker of number % 2 === 0 ? brokers : brokers.toReversed()) {
        const samples = await measured(broker, () => readShare(broker, number, shares.get(broker.target) ?? 0));
        // The first share is read by a broker that has just started.
        if (number > 0) findings.add(number - 1, broker.target, coldLog.name, samples);
      }
    }
  } catch (error) {
    findings.addFailure(0, "samsa", coldLog.name, error);
  } finally {
    for (const broker of brokers) await broker.dispose();
  }
}

/** Gives the number of records. After the restart the broker, too, holds nothing of the log in memory. */
async function fill(broker: TargetBroker, bytes: number): Promise<number> {
  await createTopic(broker.port, PROBED, 1);
  await createTopic(broker.port, READ_TOPIC, 1);
  const requests = Math.ceil(bytes / FILL_BATCH_BYTES);
  const load = { topic: READ, size: RECORD_BYTES, batch: FILL_BATCH_BYTES, clients: 2, inflight: 2, requests };
  const { records, seconds } = await runNative("raw", broker, load);
  console.log(`${broker.target} has written ${records} records in ${seconds.toFixed(0)} s`);
  // Else the stop might wait for the disk longer than it is given.
  forget(broker);
  await broker.stop();
  await broker.start();
  return records;
}

function forget({ dataFolder }: TargetBroker): void {
  if (!makeCold(join(dataFolder, `${READ_TOPIC}-0`))) throw new Error("this system cannot be told to forget a file");
}

function readShare(broker: TargetBroker, number: number, share: number): Promise<LoadOutcome> {
  const load = { topic: PROBED, size: PROBE_BYTES, read: READ_TOPIC, offset: number * share, records: share };
  return runNative("beside", broker, load);
}

/** What thousands of partitions cost one node: to start, to hold in memory, in open files. */
import { readdirSync } from "node:fs";
import { BenchBroker, produce } from "./broker.js";
import { asCount, atMost, BYTES_PER_GB, BYTES_PER_KB, type Figure, inKb, inMb, inSeconds, told } from "./figures.js";
import { batchOfBytes } from "./open-logs.js";
import type { Part } from "./part.js";

const PARTITIONS = 10_000;
const PARTITIONS_OF_START = 2_000;
const QUICK_SHARE = 0.1;
const PARTITIONS_PER_TOPIC = 100;
const BATCH_BYTES = 1_000;
const START_MS_MAX = 2_000;
const BYTES_PER_PARTITION_MAX = 8 * BYTES_PER_KB;
/** The default of `samsa.log.open.files.max`, and some for all else that a process has open. */
const DESCRIPTORS_MAX = 2_000 + 100;

export const partitions: Part = {
  name: "partitions",
  title: "Thousands of partitions on one node, each with records",
  diskBytes: () => BYTES_PER_GB,
  run: async (isQuick) => {
    const [few, many] = [PARTITIONS_OF_START, PARTITIONS].map((count) => count * (isQuick ? QUICK_SHARE : 1));
    return BenchBroker.use({}, (broker) => measure(broker, few ?? 0, many ?? 0));
  },
};

async function measure(broker: BenchBroker, few: number, many: number): Promise<readonly Figure[]> {
  const batch = batchOfBytes(BATCH_BYTES);
  await restart(broker);
  const [emptyReadyMs, empty] = [broker.readyMs, await broker.readProbe()];
  await fill(broker, 0, few, batch);
  await restart(broker);
  const fewReadyMs = broker.readyMs;
  await fill(broker, few, many, batch);
  const written = await broker.readProbe();
  const descriptors = descriptorsOf(broker.pid);
  await restart(broker);
  const [manyReadyMs, started] = [broker.readyMs, await broker.readProbe()];
  await append(broker, 0, many, batch);
  const active = await broker.readProbe();
  const live = (liveBytes: number) => (liveBytes - empty.liveBytes) / many;
  return [
    told("start of an empty broker", inSeconds(emptyReadyMs)),
    atMost(`start with ${few} partitions after a clean stop`, fewReadyMs, START_MS_MAX, inSeconds),
    told(`start with ${many} partitions after a clean stop`, inSeconds(manyReadyMs)),
    atMost("memory per partition after the start", live(started.liveBytes), BYTES_PER_PARTITION_MAX, inKb),
    atMost("memory per partition, all written to since", live(active.liveBytes), BYTES_PER_PARTITION_MAX, inKb),
    told("the same, all created and written to", inKb(live(written.liveBytes))),
    told(`resident memory, empty and with ${many}`, `${inMb(empty.residentBytes)}, ${inMb(active.residentBytes)}`),
    descriptors === null
      ? told("open descriptors", "not measured")
      : atMost(`open descriptors with ${many} partitions written to`, descriptors, DESCRIPTORS_MAX, asCount),
  ];
}

async function restart(broker: BenchBroker): Promise<void> {
  await broker.stop();
  await broker.start();
}

/** Creates the partitions of these numbers, topic by topic, and writes to each. */
async function fill(broker: BenchBroker, from: number, to: number, batch: Uint8Array): Promise<void> {
  for (const { topic, count } of topicsOf(from, to)) await broker.createTopic(topic, count);
  await append(broker, from, to, batch);
}

async function append(broker: BenchBroker, from: number, to: number, batch: Uint8Array): Promise<void> {
  for (const { topic, count } of topicsOf(from, to)) {
    await produce(broker.client, topic, [...Array(count).keys()], batch);
  }
}

function* topicsOf(from: number, to: number): Iterable<{ readonly topic: string; readonly count: number }> {
  for (let first = from; first < to; first += PARTITIONS_PER_TOPIC) {
    yield { topic: `bench-${first}`, count: Math.min(PARTITIONS_PER_TOPIC, to - first) };
  }
}

/** Null where the system does not tell. */
function descriptorsOf(pid: number): number | null {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return null;
  }
}

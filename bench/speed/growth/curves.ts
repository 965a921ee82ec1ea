/** The curves of growth: what is made larger, and what is measured at each size. */
import { join } from "node:path";
import type { TargetBroker } from "../../../tests/support/target-broker.js";
import { createTopic } from "../../groups/broker.js";
import { makeCold } from "../../log/disk.js";
import { BYTES_PER_GB } from "../../log/figures.js";
import { residentMb } from "../contender.js";
import { type FigureName, measured, type Samples } from "../figures.js";
import { runNative } from "../native-load.js";

export interface Curve {
  readonly name: string;
  readonly title: string;
  /** What grows, as the axis says it. */
  readonly axis: string;
  readonly method: string;
  /** Where the curves of the last full run bend, and why. */
  readonly bends: string;
  readonly sizes: readonly number[];
  /** Those that are shown; the first ones are drawn. */
  readonly figures: readonly FigureName[];
  measure(broker: TargetBroker, point: Point): Promise<Samples>;
}

/** What both brokers showed, at one size after the other. */
export interface Grown {
  readonly curve: Curve;
  readonly apache: readonly Samples[];
  readonly samsa: readonly Samples[];
}

interface Point {
  readonly size: number;
  /** 0 for the first. */
  readonly sizeBefore: number;
  /** How long a load lasts. */
  readonly seconds: number;
  /** 1 for the full size of what cannot be measured in less time. */
  readonly scale: number;
}

/** More in one request is more than Apache Kafka's controller writes at once. */
const PARTITIONS_PER_TOPIC_MAX = 1_000;
const RECORD_BYTES = 1_000;
const BATCH_BYTES = 10_000;
const LARGE_BATCH_BYTES = 1_000_000;
const PARTITIONS = 4;
const CLIENTS = { clients: 4, inflight: 4 };
/** What a batch of one record has beside its value, about. */
const OVERHEAD_BYTES = 72;

const partitions: Curve = {
  name: "partitions",
  title: "Partitions",
  axis: "partitions",
  method:
    `Batches of ${BATCH_BYTES / 1000} KB to one partition after the other, 4 connections with 4 requests in flight each. ` +
    `Topics have at most ${PARTITIONS_PER_TOPIC_MAX} partitions. Each partition has taken two batches before the load begins, the first ` +
    "as a part of its creation.",
  bends:
    "Each batch goes to another partition than the one before. Up to some hundred, what a turn of the loop brings for one " +
    "partition is still written at once; from there on nearly every batch is a write of its own, to a file that the " +
    "processor's cache has forgotten. From `samsa.log.open.files.max` files on, some are closed and opened again. Each " +
    "partition costs memory for its log and its newest index entries, on either broker.",
  sizes: [1, 10, 100, 1_000, 10_000],
  figures: [
    "MB per second",
    "broker CPU-seconds per GB",
    "latency p99, ms",
    "created, ms per partition",
    "peak of resident memory, MB",
  ],
  measure: async ({ port, pid }, { size, seconds }) => {
    const topic = `partitions-${size}`;
    const topics = Math.ceil(size / PARTITIONS_PER_TOPIC_MAX);
    const load = { topic, topics, partitions: size / topics, size: RECORD_BYTES, batch: BATCH_BYTES, ...CLIENTS };
    const startedMs = performance.now();
    for (let index = 0; index < topics; index++) await createTopic(port, `${topic}-${index}`, size / topics);
    for (let taken = 0; taken < size; taken = await batchForEach(port, load, size));
    const createdMs = (performance.now() - startedMs) / size;
    // With its second batch a partition begins its index.
    await batchForEach(port, load, size);
    const samples = await measured({ pid }, () => runNative("raw", { port }, { ...load, seconds }));
    return { ...samples, "created, ms per partition": createdMs };
  },
};

/** Gives how many have taken it: Apache Kafka tells of new partitions before it takes records for them. */
async function batchForEach(port: number, load: Readonly<Record<string, string | number>>, partitions: number) {
  const { requests = 0 } = await runNative("raw", { port }, { ...load, requests: partitions });
  return requests;
}

const connections: Curve = {
  name: "connections",
  title: "Connections",
  axis: "connections",
  method: "Each connection has one request in flight, with one record of 1 KB, over 16 partitions.",
  bends:
    "With one connection and one request in flight both sides wait for each other: the round trip is the limit. From ten " +
    "connections on the broker is busy all the time, and what comes in together is answered together. From then on the " +
    "rate stays, and the latency grows in step with the connections, since each has a request waiting. From 1,000 on " +
    "the client's own bookkeeping and the kernel's socket buffers take their share of the same cores.",
  sizes: [1, 10, 100, 1_000, 5_000],
  figures: [
    "records per second",
    "broker CPU-seconds per million requests",
    "latency p50, ms",
    "latency p99, ms",
    "peak of resident memory, MB",
  ],
  measure: async ({ port, pid }, { size, seconds }) => {
    const [topic, partitions] = [`connections-${size}`, 16];
    await createTopic(port, `${topic}-0`, partitions);
    const load = { topic, partitions, size: RECORD_BYTES, batch: RECORD_BYTES, clients: size, seconds };
    return measured({ pid }, () => runNative("raw", { port }, load));
  },
};

const log: Curve = {
  name: "log",
  title: "A growing log",
  axis: "GB in the log",
  method:
    `Batches of 1 MB to ${PARTITIONS} partitions, until the log has this size: the figures are those of what was added since ` +
    `the size before. Then the system forgets the files, and the broker stops and starts again.`,
  bends:
    "Nothing that a broker does grows with what is already in the log, and a start after a clean stop reads no records. " +
    "The rate falls where the system has more unwritten pages than it allows (vm.dirty_ratio): from there on the disk " +
    "sets the pace, on either broker.",
  sizes: [1, 3, 10, 30],
  figures: [
    "MB per second",
    "broker CPU-seconds per GB",
    "latency p99, ms",
    "start to ready, ms",
    "resident memory, MB",
  ],
  measure: async (broker, { size, sizeBefore, scale }) => {
    const topic = "log";
    if (sizeBefore === 0) await createTopic(broker.port, `${topic}-0`, PARTITIONS);
    const requests = Math.ceil(((size - sizeBefore) * BYTES_PER_GB * scale) / LARGE_BATCH_BYTES);
    const load = { topic, partitions: PARTITIONS, size: RECORD_BYTES, batch: LARGE_BATCH_BYTES, ...CLIENTS, requests };
    const samples = await measured(broker, () => runNative("raw", broker, load));
    // Else the stop might wait for the disk longer than it is given.
    for (let index = 0; index < PARTITIONS; index++) makeCold(join(broker.dataFolder, `${topic}-0-${index}`));
    await broker.stop();
    await broker.start();
    return { ...samples, "start to ready, ms": broker.readyMs, "resident memory, MB": residentMb(broker) };
  },
};

const batches: Curve = {
  name: "batches",
  title: "The size of a batch",
  axis: "bytes in a batch",
  method: `One batch per request over ${PARTITIONS} partitions, 4 connections with 4 requests in flight each.`,
  bends:
    "A request has a cost of its own and each byte another. For Samsa they are about as large as each other at a batch of " +
    "some 20 KB: below it the rate is one of requests, above it one of bytes, most of which the system's page cache takes " +
    "(ADR 25). At 1 MB what is under way no longer fits into the processor's cache, and the rate falls a little.",
  sizes: [100, 1_000, 10_000, 100_000, 1_000_000],
  figures: [
    "MB per second",
    "broker CPU-seconds per GB",
    "broker CPU-seconds per million requests",
    "latency p50, ms",
    "latency p99, ms",
    "peak of resident memory, MB",
  ],
  measure: async ({ port, pid }, { size, seconds }) => {
    const topic = `batches-${size}`;
    await createTopic(port, `${topic}-0`, PARTITIONS);
    const record = Math.min(RECORD_BYTES, size) - OVERHEAD_BYTES;
    const load = { topic, partitions: PARTITIONS, size: record, batch: size, ...CLIENTS, seconds };
    return measured({ pid }, () => runNative("raw", { port }, load));
  },
};

export const curves: readonly Curve[] = [partitions, connections, log, batches];

/** Writing: large and small batches, compressed ones, and a request for each record. */
import { createTopic } from "../groups/broker.js";
import { measured } from "./figures.js";
import { javaProduce } from "./java-load.js";
import { runNative } from "./native-load.js";
import { textRecords } from "./text-records.js";
import type { Workload } from "./workload.js";

const PARTITIONS = 4;
const CONNECTIONS = 4;
/** As many as the Java client allows. */
const IN_FLIGHT = 5;

/**
 * Even with a batch.size of 0 the Java client puts two records of 10 bytes into one batch, since it allows each a few bytes
 * more than it takes; and with room for it a batch of each partition into one request.
 */
const single = { size: 11, properties: { "batch.size": "0", "linger.ms": "0", "max.request.size": "100" } };

export const produceWorkloads: readonly Workload[] = [
  javaWorkload({
    name: "produce-1k",
    seconds: 25,
    title: "Produce, 1 KB records in batches of 64 KB, acks=all, Java client",
    size: 1024,
    properties: { "batch.size": "65536", "linger.ms": "5" },
    records: 1_000_000,
    targets: { "records per second": 1, "broker CPU-seconds per GB": 0.5 },
  }),
  nativeWorkload({
    name: "produce-1k-native",
    seconds: 19,
    title: "Produce, 1 KB records in batches of 64 KB, acks=all, light client",
    size: 1024,
    batch: 65_536,
    records: 1_500_000,
    targets: { "records per second": 2, "broker CPU-seconds per GB": 0.5 },
  }),
  simplestWorkload({
    name: "produce-1k-simplest",
    seconds: 10,
    title: "Produce, 1 KB records in batches of 64 KB, acks=all, simplest client",
    size: 1024,
    batch: 65_536,
    requests: 25_000,
    targets: { "records per second": 2, "broker CPU-seconds per GB": 0.5 },
  }),
  javaWorkload({
    name: "produce-1k-lz4",
    seconds: 27,
    title: "Produce, 1 KB records of text in batches of 64 KB, lz4, acks=all, Java client",
    size: 1024,
    properties: { "batch.size": "65536", "linger.ms": "5", "compression.type": "lz4" },
    text: textRecords(1024),
    records: 1_000_000,
    targets: { "broker CPU-seconds per GB": 0.2 },
  }),
  javaWorkload({
    name: "produce-100b",
    seconds: 27,
    title: "Produce, 100 byte records in batches of 16 KB, acks=all, Java client",
    size: 100,
    properties: { "batch.size": "16384", "linger.ms": "5" },
    records: 4_000_000,
    targets: { "records per second": 1, "broker CPU-seconds per GB": 0.4 },
  }),
  nativeWorkload({
    name: "produce-100b-native",
    seconds: 16,
    title: "Produce, 100 byte records in batches of 16 KB, acks=all, light client",
    size: 100,
    batch: 16_384,
    records: 5_000_000,
    targets: { "records per second": 2, "broker CPU-seconds per GB": 0.4 },
  }),
  simplestWorkload({
    name: "produce-100b-simplest",
    seconds: 10,
    title: "Produce, 100 byte records in batches of 16 KB, acks=all, simplest client",
    size: 100,
    batch: 16_384,
    requests: 60_000,
    targets: { "records per second": 2, "broker CPU-seconds per GB": 0.4 },
  }),
  javaWorkload({
    name: "produce-singly",
    seconds: 27,
    title: "Produce, one record of 11 bytes per request, acks=all, Java client",
    ...single,
    records: 200_000,
    targets: { "records per second": 1.3, "broker CPU-seconds per million records": 0.6 },
    isOfSmallRecords: true,
  }),
  simplestWorkload({
    name: "produce-singly-simplest",
    seconds: 16,
    title: "Produce, one record of 10 bytes per request, acks=all, simplest client",
    size: 10,
    batch: 0,
    requests: 300_000,
    targets: { "records per second": 1.3, "broker CPU-seconds per million records": 0.6 },
    isOfSmallRecords: true,
  }),
];

type ProduceRow = Omit<Workload, "method" | "run" | "withoutFake" | "isCold"> & { readonly size: number };

interface JavaLoad extends ProduceRow {
  readonly properties: Readonly<Record<string, string>>;
  readonly records: number;
  /** What the records hold; random letters, which do not compress, if not given. */
  readonly text?: string;
}

function javaWorkload({ size, properties, records, text, ...row }: JavaLoad): Workload {
  const told = Object.entries(properties).map(([name, value]) => `${name}=${value}`);
  const what = text === undefined ? "records" : "events of a service's log (bench/speed/text-records.ts)";
  return {
    ...row,
    method: `${records} ${what} by ProducerPerformance over ${PARTITIONS} partitions, with ${told.join(", ")}.`,
    run: async (contender, { topic, scale }) => {
      await createTopic(contender.port, topic, PARTITIONS);
      return measured(contender, () =>
        javaProduce(contender, {
          ...{ topic, size, records: Math.ceil(records * scale), properties },
          ...(text !== undefined && { text }),
        }),
      );
    },
  };
}

interface NativeLoad extends ProduceRow {
  readonly batch: number;
  readonly records: number;
}

function nativeWorkload({ size, batch, records, ...row }: NativeLoad): Workload {
  return {
    ...row,
    method: `${records} records by one franz-go client over ${PARTITIONS} partitions.`,
    run: async (contender, { topic, scale }) => {
      await createTopic(contender.port, topic, PARTITIONS);
      return measured(contender, () =>
        runNative("produce", contender, { topic, size, batch, records: Math.ceil(records * scale) }),
      );
    },
  };
}

interface SimplestLoad extends ProduceRow {
  readonly batch: number;
  readonly requests: number;
}

/** A client that makes batches takes as much of the processor as a broker that takes them: this one hardly does anything. */
function simplestWorkload({ size, batch, requests, ...row }: SimplestLoad): Workload {
  return {
    ...row,
    method:
      `${requests} requests of one batch over ${PARTITIONS} partitions, on ${CONNECTIONS} connections with ${IN_FLIGHT} ` +
      `in flight each: franz-go's encoder wrote the batch once, and it is sent again and again.`,
    run: async (contender, { topic, scale }) => {
      await createTopic(contender.port, `${topic}-0`, PARTITIONS);
      const load = { topic, partitions: PARTITIONS, size, batch, clients: CONNECTIONS, inflight: IN_FLIGHT };
      return measured(contender, () => runNative("raw", contender, { ...load, requests: Math.ceil(requests * scale) }));
    },
  };
}

/** Writing: large and small batches, compressed ones, and a request for each record. */
import { createTopic } from "../groups/broker.js";
import { measured } from "./figures.js";
import { javaProduce } from "./java-load.js";
import { runNative } from "./native-load.js";
import type { Workload } from "./workload.js";

const PARTITIONS = 4;

const kilobyte = { size: 1024, batch: 65_536 };
const hundredBytes = { size: 100, batch: 16_384 };

export const produceWorkloads: readonly Workload[] = [
  javaWorkload({
    name: "produce-1k",
    seconds: 25,
    title: "Produce, 1 KB records in batches of 64 KB, acks=all, Java client",
    ...kilobyte,
    records: 1_000_000,
    targets: { "records per second": 1, "broker CPU-seconds per GB": 0.5 },
  }),
  nativeWorkload({
    name: "produce-1k-native",
    seconds: 19,
    title: "Produce, 1 KB records in batches of 64 KB, acks=all, light client",
    ...kilobyte,
    records: 1_500_000,
    targets: { "records per second": 2, "broker CPU-seconds per GB": 0.5 },
  }),
  javaWorkload({
    name: "produce-1k-lz4",
    seconds: 27,
    title: "Produce, 1 KB records in batches of 64 KB, lz4, acks=all, Java client",
    ...kilobyte,
    codec: "lz4",
    records: 1_000_000,
    targets: { "broker CPU-seconds per GB": 0.2 },
  }),
  javaWorkload({
    name: "produce-100b",
    seconds: 27,
    title: "Produce, 100 byte records in batches of 16 KB, acks=all, Java client",
    ...hundredBytes,
    records: 4_000_000,
    targets: { "records per second": 1, "broker CPU-seconds per GB": 0.4 },
  }),
  nativeWorkload({
    name: "produce-100b-native",
    seconds: 16,
    title: "Produce, 100 byte records in batches of 16 KB, acks=all, light client",
    ...hundredBytes,
    records: 5_000_000,
    targets: { "records per second": 2, "broker CPU-seconds per GB": 0.4 },
  }),
  javaWorkload({
    name: "produce-singly",
    seconds: 27,
    title: "Produce, one record of 10 bytes per request, acks=all, Java client",
    size: 10,
    batch: 0,
    records: 200_000,
    targets: { "records per second": 1.3, "broker CPU-seconds per million records": 0.6 },
  }),
  singlyBySimplestClient(),
];

/** The Java client takes as long for a request as the brokers do: this one hardly does anything. */
function singlyBySimplestClient(): Workload {
  const [requests, connections, inFlight] = [300_000, 4, 5];
  return {
    name: "produce-singly-native",
    title: "Produce, one record of 10 bytes per request, acks=all, light client",
    seconds: 16,
    targets: { "records per second": 1.3, "broker CPU-seconds per million records": 0.6 },
    method:
      `${requests} requests over ${PARTITIONS} partitions, on ${connections} connections with ${inFlight} in flight each: the ` +
      `same bytes again and again. Bytes are those of the batch.`,
    run: async (contender, { topic, scale }) => {
      await createTopic(contender.port, `${topic}-0`, PARTITIONS);
      const load = { topic, partitions: PARTITIONS, size: 10, batch: 100, clients: connections, inflight: inFlight };
      return measured(contender, () => runNative("raw", contender, { ...load, requests: Math.ceil(requests * scale) }));
    },
  };
}

interface ProduceLoad extends Pick<Workload, "name" | "title" | "targets" | "seconds"> {
  readonly size: number;
  readonly batch: number;
  readonly codec?: string;
  readonly records: number;
}

function javaWorkload({ name, title, targets, seconds, size, batch, codec = "none", records }: ProduceLoad): Workload {
  const properties = { "batch.size": String(batch), "linger.ms": batch === 0 ? "0" : "5", "compression.type": codec };
  return {
    name,
    title,
    targets,
    seconds,
    method:
      `${records} records by ProducerPerformance over ${PARTITIONS} partitions, batch.size ${batch}` +
      `${codec === "none" ? "" : `, ${codec}`}; bytes are those of the records before compression.`,
    run: async (contender, { topic, scale }) => {
      await createTopic(contender.port, topic, PARTITIONS);
      return measured(contender, () =>
        javaProduce(contender, { topic, size, records: Math.ceil(records * scale), properties }),
      );
    },
  };
}

function nativeWorkload({ name, title, targets, seconds, size, batch, records }: ProduceLoad): Workload {
  return {
    name,
    title,
    targets,
    seconds,
    method: `${records} records by one franz-go client over ${PARTITIONS} partitions.`,
    run: async (contender, { topic, scale }) => {
      await createTopic(contender.port, topic, PARTITIONS);
      return measured(contender, () =>
        runNative("produce", contender, { topic, size, batch, records: Math.ceil(records * scale) }),
      );
    },
  };
}

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
    title: "Produce, 1 KB records in batches of 64 KB, acks=all, Java client",
    ...kilobyte,
    records: 1_000_000,
    targets: { "records per second": 1, "broker CPU-seconds per GB": 0.5 },
  }),
  nativeWorkload({
    name: "produce-1k-native",
    title: "Produce, 1 KB records in batches of 64 KB, acks=all, light client",
    ...kilobyte,
    records: 1_500_000,
    targets: { "records per second": 2, "broker CPU-seconds per GB": 0.5 },
  }),
  javaWorkload({
    name: "produce-1k-lz4",
    title: "Produce, 1 KB records in batches of 64 KB, lz4, acks=all, Java client",
    ...kilobyte,
    codec: "lz4",
    records: 1_000_000,
    targets: { "broker CPU-seconds per GB": 0.2 },
  }),
  javaWorkload({
    name: "produce-100b",
    title: "Produce, 100 byte records in batches of 16 KB, acks=all, Java client",
    ...hundredBytes,
    records: 4_000_000,
    targets: { "records per second": 1, "broker CPU-seconds per GB": 0.4 },
  }),
  nativeWorkload({
    name: "produce-100b-native",
    title: "Produce, 100 byte records in batches of 16 KB, acks=all, light client",
    ...hundredBytes,
    records: 5_000_000,
    targets: { "records per second": 2, "broker CPU-seconds per GB": 0.4 },
  }),
  javaWorkload({
    name: "produce-singly",
    title: "Produce, one record of 10 bytes per request, acks=all, Java client",
    size: 10,
    batch: 0,
    records: 200_000,
    targets: { "records per second": 1.3, "broker CPU-seconds per million records": 0.6 },
  }),
];

interface ProduceLoad extends Pick<Workload, "name" | "title" | "targets"> {
  readonly size: number;
  readonly batch: number;
  readonly codec?: string;
  readonly records: number;
}

function javaWorkload({ name, title, targets, size, batch, codec = "none", records }: ProduceLoad): Workload {
  const properties = { "batch.size": String(batch), "linger.ms": batch === 0 ? "0" : "5", "compression.type": codec };
  return {
    name,
    title,
    targets,
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

function nativeWorkload({ name, title, targets, size, batch, records }: ProduceLoad): Workload {
  return {
    name,
    title,
    targets,
    method: `${records} records by one franz-go client over ${PARTITIONS} partitions.`,
    run: async (contender, { topic, scale }) => {
      await createTopic(contender.port, topic, PARTITIONS);
      return measured(contender, () =>
        runNative("produce", contender, { topic, size, batch, records: Math.ceil(records * scale) }),
      );
    },
  };
}

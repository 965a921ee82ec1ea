/** The rows of the bench, in the order in which a round does them. */
import { setTimeout as sleep } from "node:timers/promises";
import { createTopic } from "../groups/broker.js";
import { type Contender, residentMb, residentPeakMb } from "./contender.js";
import { measured } from "./figures.js";
import { javaConsume, javaEndToEnd } from "./java-load.js";
import { type LoadOutcome, runNative, whileNative } from "./native-load.js";
import { produceWorkloads } from "./produce-workloads.js";
import type { Workload } from "./workload.js";

/** How long a broker rests before its memory is read. */
const REST_MS = 3_000;
const PARTITIONS = 4;
const FETCH = { size: 1024, batch: 65_536, records: 1_000_000 };
const LATENCY_RECORDS = 5_000;
const JAVA_LATENCY_RECORDS = 3_000;
const FAN = { partitions: 1_000, clients: 20, size: 100, batch: 16_384, records: 1_000_000 };
const IDLE_CONNECTIONS = 5_000;
const GROUPS = 500;

/** Before anything else has happened to the broker. */
const start: Workload = {
  name: "start",
  title: "Start in a new folder, and rest",
  method: `From the start of the process until it serves; its memory ${REST_MS / 1000} s later.`,
  targets: { "start to ready, ms": 1 / 20, "resident memory, MB": 1 / 4 },
  seconds: 42,
  withoutFake: true,
  isCold: true,
  run: async (contender) => {
    await sleep(REST_MS);
    const ready = contender.readyMs === null ? {} : { "start to ready, ms": contender.readyMs };
    return { ...ready, "resident memory, MB": residentMb(contender) };
  },
};

const fetches: readonly Workload[] = [
  fetchWorkload({
    name: "fetch-1k-native",
    title: "Fetch, 1 KB records from the page cache, light client",
    how: "by a franz-go client without a group",
    seconds: 20,
    fetch: (contender, topic, records) => runNative("fetch", contender, { topic, records }),
  }),
  fetchWorkload({
    name: "fetch-1k",
    title: "Fetch, 1 KB records from the page cache, Java client",
    how: "by ConsumerPerformance; the time is its fetch.time",
    seconds: 25,
    fetch: (contender, topic, records) => javaConsume(contender, { topic, records, size: FETCH.size }),
  }),
];

interface FetchLoad extends Pick<Workload, "name" | "title" | "seconds"> {
  /** Who reads, for the reader of the report. */
  readonly how: string;
  fetch(contender: Contender, topic: string, records: number): Promise<LoadOutcome>;
}

function fetchWorkload({ name, title, how, seconds, fetch }: FetchLoad): Workload {
  return {
    name,
    title,
    seconds,
    method: `${FETCH.records} records in ${PARTITIONS} partitions, written just before, read once ${how}.`,
    targets: { "MB per second": 1, "broker CPU-seconds per GB": 0.9 },
    run: async (contender, { topic, scale }) => {
      const records = Math.ceil(FETCH.records * scale);
      await createTopic(contender.port, topic, PARTITIONS);
      await runNative("produce", contender, { topic, size: FETCH.size, batch: FETCH.batch, records });
      return measured(contender, () => fetch(contender, topic, records));
    },
  };
}

const latency: Workload = {
  name: "latency",
  title: "End to end, one record of 100 bytes at a time",
  method: `${LATENCY_RECORDS} records, each from before it is sent with acks=all until a waiting consumer has it; both are franz-go clients.`,
  targets: { "latency p50, ms": 0.5, "latency p99, ms": 0.5 },
  isOfSmallRecords: true,
  seconds: 7,
  run: async (contender, { topic, scale }) => {
    await createTopic(contender.port, topic, 1);
    return measured(contender, () =>
      runNative("latency", contender, { topic, size: 100, records: Math.ceil(LATENCY_RECORDS * scale) }),
    );
  },
};

const javaLatency: Workload = {
  name: "latency-java",
  title: "End to end, one record of 100 bytes at a time, Java client",
  method: `${JAVA_LATENCY_RECORDS} records by EndToEndLatency with acks=all. It tells percentiles in whole milliseconds, so only its mean is shown.`,
  targets: {},
  isOfSmallRecords: true,
  seconds: 13,
  run: async (contender, { topic, scale }) => {
    await createTopic(contender.port, topic, 1);
    return measured(contender, () =>
      javaEndToEnd(contender, { topic, size: 100, records: Math.ceil(JAVA_LATENCY_RECORDS * scale) }),
    );
  },
};

/** Reads what the rows before it have seen: so it stands behind them. */
const memoryUnderLoad: Workload = {
  name: "memory-under-load",
  title: "Memory under load",
  method: "The most that the broker's process held in any of the loads above.",
  targets: { "peak of resident memory, MB": 1 / 4 },
  seconds: 0,
  withoutFake: true,
  run: async (contender, { shown }) => {
    const peaks = shown.map((samples) => samples["peak of resident memory, MB"] ?? 0);
    return { "peak of resident memory, MB": Math.max(residentPeakMb(contender), ...peaks) };
  },
};

const fan: Workload = {
  name: "many-partitions",
  title: "1,000 partitions, 20 producers, 20 consumers",
  method: `${FAN.records} records of ${FAN.size} bytes written by 20 clients and read by a group of 20 meanwhile, from the first record sent to the last one read.`,
  targets: { "records per second": 1.3 },
  isOfSmallRecords: true,
  seconds: 25,
  withoutFake: true,
  run: async (contender, { topic, scale }) => {
    const { partitions, clients, size, batch, records } = FAN;
    await createTopic(contender.port, topic, partitions);
    return measured(contender, () =>
      runNative("fan", contender, { topic, clients, size, batch, records: Math.ceil(records * scale) }),
    );
  },
};

const idleConnections: Workload = {
  name: "idle-connections",
  title: "5,000 idle connections",
  method: "Connections that were opened and say nothing, after all loads above.",
  targets: { "resident memory, MB": 1 / 4 },
  seconds: 8,
  withoutFake: true,
  run: (contender) =>
    whileNative("idle", contender, { connections: IDLE_CONNECTIONS }, async () => {
      await sleep(REST_MS);
      return { "resident memory, MB": residentMb(contender) };
    }),
};

const idleGroups: Workload = {
  name: "idle-groups",
  title: "500 groups of 4 members",
  method: "Classic groups of franz-go clients on a topic without records, after all loads above.",
  targets: { "resident memory, MB": 1 / 4 },
  seconds: 28,
  withoutFake: true,
  run: async (contender, { topic }) => {
    await createTopic(contender.port, topic, PARTITIONS);
    return await whileNative("groups", contender, { topic, groups: GROUPS }, async () => {
      await sleep(3 * REST_MS);
      return { "resident memory, MB": residentMb(contender) };
    });
  },
};

export const workloads: readonly Workload[] = [
  start,
  ...produceWorkloads,
  ...fetches,
  latency,
  javaLatency,
  fan,
  memoryUnderLoad,
  idleConnections,
  idleGroups,
];

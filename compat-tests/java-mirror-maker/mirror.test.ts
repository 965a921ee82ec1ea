/**
 * MirrorMaker 2 between two brokers, exactly once: records, partitions, configurations and the offsets of groups follow
 * in both directions, whoever is killed. It keeps all that it knows in the brokers.
 */
import type { IHeaders } from "kafkajs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Child } from "../../tests/support/child-process.js";
import { compileJava, runJava } from "../../tests/support/java.js";
import type { TargetBroker } from "../../tests/support/target-broker.js";
import { targetForThisFile } from "../../tests/support/target-for-this-file.js";
import { temporaryFolder } from "../../tests/support/temporary-folder.js";
import { complaintsOf, dumpFiles, dumpOffsets, filesOf } from "../apache-files/dump-files.js";
import { connect, createTopic } from "../kafkajs/connect.js";
import { readTopic } from "../kafkajs/read-topic.js";
import { mirrorClassPath, startMirror } from "./mirror-process.js";

const TEST_MS_MAX = 480_000;
const ARRIVE_MS_MAX = 180_000;
const PARTITIONS = 3;
const GROUP = "mirror-readers";

const source = targetForThisFile();
const target = targetForThisFile();
const folder = temporaryFolder("java-mirror-maker");
const mirrors = new Set<Child>();
afterAll(async () => {
  await Promise.all([...mirrors].map((mirror) => mirror.kill()));
  folder.remove();
});

async function startMirrorBothWays(): Promise<Child> {
  const mirror = await startMirror({
    folder: folder.path,
    clusters: { source: source().bootstrapServers, target: target().bootstrapServers },
    properties: {
      "source->target.enabled": "true",
      "source->target.topics": "orders, prices, .*answers",
      "target->source.enabled": "true",
      "target->source.topics": "answers, .*orders",
    },
  });
  mirrors.add(mirror);
  return mirror;
}

beforeAll(async () => {
  await compileJava({ folder: "java-mirror-maker", names: ["AskMirror"], classPath: mirrorClassPath }, folder.path);
  const [here, there] = [connect(source().bootstrapServers), connect(target().bootstrapServers)];
  await createTopic(here, { topic: "orders", numPartitions: PARTITIONS });
  const configEntries = [{ name: "cleanup.policy", value: "compact" }];
  await createTopic(here, { topic: "prices", numPartitions: 1, configEntries });
  await createTopic(there, { topic: "answers", numPartitions: 2 });
  await startMirrorBothWays();
}, TEST_MS_MAX);

interface Line {
  readonly partition: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly timestamp: string;
  readonly headers: Readonly<Record<string, string>>;
}

const sent: Line[] = [];
/** Not so long ago that retention would take the records away. */
const firstTimestampMs = Date.now() - 600_000;

async function send(broker: TargetBroker, topic: string, lines: readonly Line[]): Promise<void> {
  // Else one that meets a broker that has just started may write twice.
  const producer = connect(broker.bootstrapServers).producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  await producer.send({ topic, messages: lines.map((line) => ({ ...line, headers: { ...line.headers } })) });
  await producer.disconnect();
}

async function sendOrders(prefix: string, count: number): Promise<void> {
  const lines = Array.from({ length: count }, (_, i) => ({
    partition: i % PARTITIONS,
    key: i % 5 === 0 ? null : `key-${i}`,
    value: i % 7 === 0 ? null : `${prefix}-${i}`,
    timestamp: String(firstTimestampMs + i),
    headers: i % 2 === 0 ? { from: prefix, number: String(i) } : {},
  }));
  await send(source(), "orders", lines);
  sent.push(...lines);
}

async function read(broker: TargetBroker, topic: string, count: number, group: { readonly groupId?: string } = {}) {
  const received = await readTopic(broker.bootstrapServers, { topic, count, timeoutMs: ARRIVE_MS_MAX, ...group });
  return received.map(({ partition, message: { key, value, timestamp, headers = {}, offset } }) => ({
    offset,
    line: { partition, key: textOf(key), value: textOf(value), timestamp, headers: textsOf(headers) },
  }));
}

const textOf = (bytes: Buffer | null) => bytes?.toString() ?? null;

function textsOf(headers: IHeaders): Line["headers"] {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

/** Between partitions there is no order. */
function byPartition(lines: readonly Line[]): string[] {
  return [...lines].sort((one, other) => one.partition - other.partition).map((line) => JSON.stringify(line));
}

async function topicIsThere(broker: TargetBroker, topic: string): Promise<void> {
  await eventually(async () => expect(await topicsOf(broker)).toContain(topic));
}

async function topicsOf(broker: TargetBroker): Promise<string[]> {
  return await asAdmin(broker, (admin) => admin.listTopics());
}

type Admin = ReturnType<ReturnType<typeof connect>["admin"]>;

async function asAdmin<T>(broker: TargetBroker, run: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = connect(broker.bootstrapServers).admin();
  await admin.connect();
  try {
    return await run(admin);
  } finally {
    await admin.disconnect();
  }
}

async function eventually(check: () => Promise<void>): Promise<void> {
  await vi.waitFor(check, { timeout: ARRIVE_MS_MAX, interval: 300 });
}

test(
  "records arrive with keys, headers, null values and timestamps, each in its partition",
  async () => {
    await sendOrders("first", 300);
    await topicIsThere(target(), "source.orders");
    const lines = (await read(target(), "source.orders", sent.length)).map(({ line }) => line);
    expect(byPartition(lines)).toEqual(byPartition(sent));
  },
  TEST_MS_MAX,
);

test(
  "the other direction runs too, and nothing comes home again",
  async () => {
    const answers = [{ partition: 1, key: "k", value: "an answer", timestamp: String(firstTimestampMs), headers: {} }];
    await send(target(), "answers", answers);
    await topicIsThere(source(), "target.answers");
    expect((await read(source(), "target.answers", 1)).map(({ line }) => line)).toEqual(answers);
    expect(await topicsOf(source())).not.toContain("target.source.orders");
    expect(await topicsOf(target())).not.toContain("source.target.answers");
  },
  TEST_MS_MAX,
);

/** A configuration of the mirrored topic. */
async function configOf(topic: string, name: string): Promise<string | undefined> {
  const { resources } = await asAdmin(target(), (admin) =>
    admin.describeConfigs({ includeSynonyms: false, resources: [{ type: 2, name: topic, configNames: [name] }] }),
  );
  return resources[0]?.configEntries[0]?.configValue;
}

test(
  "configurations follow, also later ones, and so do partitions",
  async () => {
    await topicIsThere(target(), "source.prices");
    await eventually(async () => expect(await configOf("source.prices", "cleanup.policy")).toBe("compact"));
    await asAdmin(source(), async (admin) => {
      const configEntries = [{ name: "retention.ms", value: "7200000" }];
      await admin.alterConfigs({ validateOnly: false, resources: [{ type: 2, name: "orders", configEntries }] });
      await admin.createPartitions({ topicPartitions: [{ topic: "prices", count: 4 }] });
    });
    await eventually(async () => expect(await configOf("source.orders", "retention.ms")).toBe("7200000"));
    await eventually(async () => {
      const { topics } = await asAdmin(target(), (admin) => admin.fetchTopicMetadata({ topics: ["source.prices"] }));
      expect(topics[0]?.partitions.length).toBe(4);
    });
  },
  TEST_MS_MAX,
);

/** Where the readers of the source go on at the target, as `partition:offset`. */
async function groupAtTarget(): Promise<string[]> {
  const topics = await asAdmin(target(), (admin) => admin.fetchOffsets({ groupId: GROUP, topics: ["source.orders"] }));
  return topics.flatMap(({ partitions }) => partitions.map(({ partition, offset }) => `${partition}:${offset}`)).sort();
}

function nextOffsets(read: readonly { readonly offset: string; readonly line: Line }[]): string[] {
  const next = new Map<number, number>();
  for (const { offset, line } of read) next.set(line.partition, Number(offset) + 1);
  return [...next].map(([partition, offset]) => `${partition}:${offset}`).sort();
}

test(
  "a group that moves to the target goes on there where it was",
  async () => {
    await read(source(), "orders", sent.length, { groupId: GROUP });
    const atTarget = nextOffsets(await read(target(), "source.orders", sent.length));
    await eventually(async () => expect(await groupAtTarget()).toEqual(atTarget));

    const args = [target().bootstrapServers, "source", GROUP];
    const asked = await runJava("AskMirror", args, { classPath: `${folder.path}:${mirrorClassPath}` });
    const offsets = atTarget.map((one) => `source.orders-${one.replace(":", "=")}`);
    expect(asked.stdout.trimEnd().split("\n"), asked.stderr).toEqual([
      "upstream [source]",
      "hops 1",
      "mirrored [source.heartbeats, source.orders, source.prices]",
      "heartbeats [heartbeats, source.heartbeats]",
      "checkpoints [source.checkpoints.internal]",
      `offsets {${offsets.join(", ")}}`,
    ]);

    const before = sent.length;
    await sendOrders("after the move", 60);
    const more = (await read(target(), "source.orders", 60, { groupId: GROUP })).map(({ line }) => line);
    expect(byPartition(more)).toEqual(byPartition(sent.slice(before)));
  },
  TEST_MS_MAX,
);

test(
  "records are mirrored once, whoever is killed",
  async () => {
    const [mirror] = mirrors;
    await sendOrders("as the target is killed", 300);
    await target().kill();
    await sendOrders("without a target", 90);
    await target().start();
    await sendOrders("as the source is killed", 300);
    await source().kill();
    await source().start();
    await sendOrders("as the mirror is killed", 300);
    await mirror?.kill();
    await startMirrorBothWays();
    await sendOrders("in the end", 90);
    const lines = (await read(target(), "source.orders", sent.length)).map(({ line }) => line);
    expect(byPartition(lines)).toEqual(byPartition(sent));
  },
  TEST_MS_MAX,
);

test(
  "with the identity policy, topics keep their names",
  async () => {
    await Promise.all([...mirrors].map((mirror) => mirror.kill()));
    const mirror = await startMirror({
      folder: folder.path,
      clusters: { east: source().bootstrapServers, west: target().bootstrapServers },
      properties: {
        "east->west.enabled": "true",
        "east->west.topics": "orders",
        "replication.policy.class": "org.apache.kafka.connect.mirror.IdentityReplicationPolicy",
        "emit.heartbeats.enabled": "false",
      },
    });
    mirrors.add(mirror);
    await topicIsThere(target(), "orders");
    const lines = (await read(target(), "orders", sent.length)).map(({ line }) => line);
    expect(byPartition(lines)).toEqual(byPartition(sent));
    await mirror.stop();
  },
  TEST_MS_MAX,
);

test.each([
  ["source", source],
  ["target", target],
])("DumpLogSegments reads what the mirrors have left at the %s", async (_name, broker) => {
  await broker().stop();
  const offsets = await dumpOffsets(broker().dataFolder);
  expect(offsets).toContain(GROUP);
  expect(complaintsOf(offsets)).toEqual([]);
  expect(complaintsOf(await dumpFiles(filesOf(broker().dataFolder), []))).toEqual([]);
});

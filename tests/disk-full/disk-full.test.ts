/**
 * A real disk that runs full under a broker: what is written is refused, what is there is served, and when there is room
 * again everything goes on, without a restart.
 */
import { type Admin, type Kafka, KafkaJSAggregateError, KafkaJSProtocolError, type Producer } from "kafkajs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect, createTopic } from "../../compat-tests/kafkajs/connect.js";
import { OffsetCommit } from "../../src/protocol/messages/08-offset-commit.js";
import { startSamsa } from "../support/samsa.js";
import type { TargetBroker } from "../support/target-broker.js";
import { WireClient } from "../support/wire-client.js";
import { Ledger, numberedValue } from "../torture/ledger.js";
import { readBack } from "../torture/read-back.js";
import { type SmallDisk, smallDisk, whyNoSmallDisk } from "./small-disk.js";

const DISK_BYTES = 24 * 1024 * 1024;
const TOPIC = "filling";
const GROUP = "readers";
const WRITER = "w";
const BATCH_RECORDS = 50;
const OFFSET_COMMIT_VERSION = 7;
const POLL = { timeout: 20_000, interval: 100 };

const properties = {
  "log.segment.bytes": "1048576",
  // Checkpoints and retention meet the full disk too.
  "log.flush.offset.checkpoint.interval.ms": "50",
  "log.retention.check.interval.ms": "50",
  "log.initial.task.delay.ms": "50",
  "offsets.topic.num.partitions": "1",
};

const why = whyNoSmallDisk();
const ledger = new Ledger();
let disk: SmallDisk;
let broker: TargetBroker;
let kafka: Kafka;
let admin: Admin;
let producer: Producer;

beforeAll(async () => {
  if (why !== null) return;
  disk = await smallDisk(DISK_BYTES);
  broker = await startSamsa({ properties, disk });
  kafka = connect(broker.bootstrapServers, "disk-full");
  await createTopic(kafka, { topic: TOPIC, numPartitions: 1 });
  admin = kafka.admin({ retry: { retries: 0 } });
  producer = kafka.producer({ retry: { retries: 0 } });
  await Promise.all([admin.connect(), producer.connect()]);
}, 60_000);

afterAll(async () => {
  await Promise.all([admin?.disconnect(), producer?.disconnect()]);
  await broker?.dispose();
  await disk?.remove();
}, 60_000);

/** One batch of numbered records; in the ledger if it was acknowledged. */
async function write(): Promise<void> {
  const numbers = Array.from({ length: BATCH_RECORDS }, () => ledger.nextNumber());
  const messages = numbers.map((number) => ({ partition: 0, value: numberedValue(0, WRITER, number) }));
  await producer.send({ topic: TOPIC, acks: -1, messages });
  ledger.acknowledged(0, WRITER, numbers);
}

/** The name of the error with which the broker answered; null: it did what it was asked. */
async function refusal(work: () => Promise<unknown>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    const several = error instanceof KafkaJSAggregateError ? error.errors : [error];
    const causes = several.flatMap((one) => (one instanceof Error ? [one, one.cause] : []));
    const answer = causes.find((one) => one instanceof KafkaJSProtocolError);
    if (answer === undefined) throw error;
    return answer.type;
  }
}

/** As a consumer without a group does. Gives the error code. */
async function commit(offset: number): Promise<number | undefined> {
  const client = await WireClient.connect({ host: broker.host, port: broker.port });
  try {
    const partitions = [{ partitionIndex: 0, committedOffset: offset, committedMetadata: null }];
    const body = { groupId: GROUP, topics: [{ name: TOPIC, partitions }] };
    const answer = await client.request(OffsetCommit, OFFSET_COMMIT_VERSION, body);
    return answer.topics[0]?.partitions[0]?.errorCode;
  } finally {
    client.close();
  }
}

async function committed(): Promise<string | undefined> {
  const [topic] = await admin.fetchOffsets({ groupId: GROUP, topics: [TOPIC] });
  return topic?.partitions[0]?.offset;
}

async function expectEverything(): Promise<void> {
  const mark = ledger.mark();
  const verdict = ledger.judge(mark, await readBack(broker, TOPIC, 1));
  expect(verdict).toMatchObject({ acknowledged: ledger.acknowledgedCount, lost: 0, corrupted: 0, outOfOrder: 0 });
}

describe.skipIf(why !== null)(`a disk that is full${why === null ? "" : ` (skipped: it ${why})`}`, () => {
  test("refuses a produce with KAFKA_STORAGE_ERROR", async () => {
    for (let batches = 0; batches < 100; batches++) await write();
    await expect.poll(() => commit(10), POLL).toBe(0);
    disk.fill();
    // What is left of the last page still takes something.
    await expect.poll(() => refusal(write), POLL).toBe("KAFKA_STORAGE_ERROR");
    for (let attempt = 0; attempt < 50; attempt++) expect(await refusal(write)).toBe("KAFKA_STORAGE_ERROR");
  }, 60_000);

  test("still answers fetches, and tells what was committed", async () => {
    await expectEverything();
    expect(await committed()).toBe("10");
  }, 60_000);

  test("refuses new topics and commits, and does not fall over them", async () => {
    const create = (at: number) => admin.createTopics({ topics: [{ topic: `too-much-${at}`, numPartitions: 1 }] });
    // What is left of the last pages still takes something.
    let refusedAt = 0;
    while ((await refusal(() => create(refusedAt))) === null) refusedAt++;
    expect(refusedAt).toBeLessThan(100);
    await expect.poll(() => commit(20), POLL).not.toBe(0);
    await expectEverything();
  }, 60_000);

  test("goes on without a restart when there is room again", async () => {
    const { pid } = broker;
    disk.makeRoom();
    await expect.poll(() => refusal(write), POLL).toBeNull();
    for (let batches = 0; batches < 100; batches++) await write();
    await expectEverything();
    await expect.poll(() => commit(77), POLL).toBe(0);
    expect(await committed()).toBe("77");
    // The controller gave up its leadership when its log could not be written, and takes it again within half a second.
    await expect
      .poll(() => refusal(() => createTopic(kafka, { topic: "room-again", numPartitions: 1 })), POLL)
      .toBeNull();
    await producer.send({ topic: "room-again", acks: -1, messages: [{ value: "v" }] });
    expect(broker.pid).toBe(pid);
  }, 60_000);

  test.each(["killed", "stopped"])(
    "has lost nothing when the broker is %s and started again",
    async (how) => {
      if (how === "killed") await broker.kill();
      else expect(await broker.stop()).toBe(0);
      await broker.start();
      await expectEverything();
      await expect.poll(committed, POLL).toBe("77");
      await expect.poll(() => refusal(write), POLL).toBeNull();
    },
    60_000,
  );
});

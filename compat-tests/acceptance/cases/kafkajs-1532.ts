import { Produce } from "../../../src/protocol/messages/00-produce.js";
import { Fetch } from "../../../src/protocol/messages/01-fetch.js";
import { Metadata } from "../../../src/protocol/messages/03-metadata.js";
import { AlterClientQuotas } from "../../../src/protocol/messages/49-alter-client-quotas.js";
import type { WireClient } from "../../../tests/support/wire-client.js";
import { acceptanceCase, type BrokerUnderTest } from "../case.js";
import {
  batchOf,
  connectToLeader,
  createTopic,
  eventually,
  expectError,
  expectSame,
  fetchFrom,
  produce,
  produceTo,
} from "../steps.js";

const ROUNDS = 50;
/** Kafka counts over ten seconds: the first 100,000 bytes are free. */
const BYTES_PER_SECOND = 10_000;
const RECORDS = 130;
const RECORD_BYTES = 1_000;
const BYTES_PER_FETCH = 10_000;
const READ_WITHIN_MS = 40_000;

export const kafkajs1532 = acceptanceCase({
  id: "kafkajs-1532",
  origin: "https://github.com/tulios/kafkajs/pull/1532",
  title: "Nobody is throttled without a quota, and a consumer that is goes on when its time is over",
  steps: `
    50 times Produce, Fetch and Metadata: throttle_time_ms is 0 in each answer. Send 130 records of 1,000 bytes; give
    the client id a quota of 10,000 bytes per second for fetching, so that a broker that enforces it throttles for
    short times in the end. A consumer of kafkajs, which takes 10,000 bytes at a time, reads all.`,
  run: async (broker) => {
    const topic = await createTopic(broker);
    const leader = await connectToLeader(broker, topic);
    await withoutQuota(leader, await createTopic(broker, { suffix: "free" }));
    for (let sent = 0; sent < RECORDS; sent += 10) {
      await produce(leader, topic, batchOf(Array.from({ length: 10 }, () => "x".repeat(RECORD_BYTES))));
    }
    await setQuota(broker, BYTES_PER_SECOND);
    broker.atEnd(() => setQuota(broker, null));
    const maxBytes = BYTES_PER_FETCH;
    const consumer = broker
      .kafkajs()
      .consumer({ groupId: broker.name("group"), maxBytes, maxBytesPerPartition: maxBytes });
    broker.atEnd(() => consumer.disconnect());
    let read = 0;
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      eachMessage: async () => {
        read += 1;
      },
    });
    await eventually("the throttled consumer has read all", () => read >= RECORDS, READ_WITHIN_MS);
    expectSame("the records that it read", read, RECORDS);
  },
});

async function withoutQuota(leader: WireClient, topic: string): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const answers = [
      await leader.request(Produce, 7, produceTo(topic, batchOf(["a", "b"]))),
      await leader.request(Fetch, 10, fetchFrom(topic, round)),
      await leader.request(Metadata, 7, { topics: [{ name: topic }] }),
    ];
    const times = answers.map(({ throttleTimeMs }) => throttleTimeMs);
    expectSame("the throttle times without a quota", times, [0, 0, 0]);
  }
}

/** Null takes it back. */
async function setQuota(broker: BrokerUnderTest, bytesPerSecond: number | null): Promise<void> {
  const connection = await broker.connect();
  const entity = [{ entityType: "client-id", entityName: kafkajs1532.id }];
  const op = { key: "consumer_byte_rate", value: bytesPerSecond ?? 0, remove: bytesPerSecond === null };
  const { entries } = await connection.request(AlterClientQuotas, 0, {
    entries: [{ entity, ops: [op] }],
    validateOnly: false,
  });
  expectError("AlterClientQuotas", entries[0]?.errorCode, "NONE");
}

import { Produce } from "../../../src/protocol/messages/00-produce.js";
import { Fetch } from "../../../src/protocol/messages/01-fetch.js";
import { buildBatch } from "../../../src/protocol/records/build-batch.js";
import { type CodecName, codecs } from "../../../src/protocol/records/codecs.js";
import { batchOf, fetchFrom, produceTo, TIMESTAMP_MS } from "../requests.js";
import { scenario } from "../scenario.js";

const UNKNOWN_ID = "AAAAAAAAQACAAAAAAAAAAQ";

export const produce = scenario("produce", async (session) => {
  const topicId = await session.topic("produced", 2);
  const connection = await session.connect();
  for (let version = 3; version <= 12; version += 1) {
    await connection.send(Produce, version, produceTo("produced", batchOf([`version ${version}`])));
  }
  await connection.send(Produce, 13, produceTo("", batchOf(["version 13"]), { topicId }));
  await connection.send(Produce, 9, produceTo("produced", batchOf(["acks 1"]), { acks: 1 }));
  connection.sendOnly(Produce, 9, produceTo("produced", batchOf(["acks 0"]), { acks: 0 }));
  await connection.send(Produce, 9, produceTo("produced", batchOf(["after acks 0"])));
  const twoPartitions = [0, 1].map((index) => ({ index, records: batchOf([`partition ${index}`]) }));
  const topicData = [{ name: "produced", partitionData: twoPartitions }];
  await connection.send(Produce, 9, { acks: -1, timeoutMs: 5000, topicData });
  for (const codec of Object.keys(codecs) as CodecName[]) {
    const compressed = batchOf([codec, "again and again ".repeat(20)], { codec: codecs[codec] });
    await connection.send(Produce, 9, produceTo("produced", compressed));
  }
  await connection.send(Fetch, 11, fetchFrom("produced", 0));
});

export const produceErrors = scenario("produce-errors", async (session) => {
  const topicId = await session.topic("produced-badly");
  const connection = await session.connect();
  const good = batchOf(["good"]);
  const send = (version: number, records: Uint8Array | null, more: Parameters<typeof produceTo>[2] = {}) =>
    connection.send(Produce, version, produceTo("produced-badly", records, more));
  await connection.send(Produce, 9, produceTo("produced-unknown", good));
  await send(9, good, { partition: 1 });
  await send(9, good, { partition: -1 });
  await send(9, good, { acks: 2 });
  await send(9, good, { acks: -2 });
  await connection.send(Produce, 13, produceTo("", good, { topicId: UNKNOWN_ID }));
  await connection.send(Produce, 13, produceTo("", good, { topicId, partition: 1 }));
  await connection.send(Produce, 9, { acks: -1, timeoutMs: 5000, topicData: [] });
  // zstd came with version 7.
  await send(6, batchOf(["zstd"], { codec: codecs.zstd }));
  await send(7, batchOf(["zstd"], { codec: codecs.zstd }));
});

export const produceSpoiled = scenario("produce-spoiled", async (session) => {
  await session.topic("spoiled");
  const connection = await session.connect();
  const send = (records: Uint8Array) => connection.send(Produce, 9, produceTo("spoiled", records));
  const good = Buffer.from(batchOf(["one", "two"]));
  const spoil = (change: (bytes: Buffer) => void): Buffer => {
    const bytes = Buffer.from(good);
    change(bytes);
    return bytes;
  };
  await send(spoil((bytes) => bytes.writeUInt32BE(0xdeadbeef, 17)));
  await send(spoil((bytes) => bytes.write("X", bytes.length - 2)));
  // Null records are left out: Apache Kafka 4.3.1 throws while it logs them, and never answers.
  await send(new Uint8Array(0));
  await send(Buffer.concat([good, good]));
  await send(good.subarray(0, 40));
  await send(good.subarray(0, good.length - 3));
  await send(spoil((bytes) => bytes.writeInt32BE(10, 8)));
  await send(spoil((bytes) => bytes.writeInt32BE(-1, 8)));
  await send(spoil((bytes) => bytes.writeInt8(3, 16)));
  await send(Buffer.from(batchOf(["base offset 7"], { baseOffset: 7 })));
  await send(batchOf(["control"], { isControl: true }));
  await connection.send(Fetch, 11, fetchFrom("spoiled", 0));
});

export const produceLimits = scenario("produce-limits", async (session) => {
  await session.topic("small", 1, { "max.message.bytes": "200" });
  await session.topic("compacted", 1, { "cleanup.policy": "compact" });
  await session.topic("append-time", 1, { "message.timestamp.type": "LogAppendTime" });
  await session.topic("gzipped", 1, { "compression.type": "gzip" });
  const connection = await session.connect();
  const send = (topic: string, records: Uint8Array) => connection.send(Produce, 9, produceTo(topic, records));
  await send("small", batchOf(["x".repeat(100)]));
  await send("small", batchOf(["x".repeat(1000)]));
  await send("compacted", batchOf(["no key"]));
  const keyed = [{ timestampMs: TIMESTAMP_MS, key: Buffer.from("key"), value: null }];
  await send("compacted", buildBatch({ records: keyed }));
  await send(
    "compacted",
    buildBatch({ records: [...keyed, { ...keyed[0], timestampMs: TIMESTAMP_MS, key: null, value: null }] }),
  );
  await send("append-time", batchOf(["stamped"]));
  await connection.send(Fetch, 11, fetchFrom("append-time", 0));
  // Timestamps too far ahead are refused by default: an hour at most.
  const ahead = [{ timestampMs: 4_000_000_000_000, key: null, value: Buffer.from("ahead") }];
  await send("append-time", buildBatch({ records: ahead }));
  await session.topic("create-time");
  await send("create-time", buildBatch({ records: ahead }));
  const without = [{ timestampMs: -1, key: null, value: Buffer.from("no time") }];
  await send("create-time", buildBatch({ records: without }));
});

export const produceIdempotent = scenario("produce-idempotent", async (session) => {
  await session.topic("idempotent");
  const connection = await session.connect();
  const send = (id: number, epoch: number, baseSequence: number, ...values: string[]) =>
    connection.send(Produce, 9, produceTo("idempotent", batchOf(values, { producer: { id, epoch, baseSequence } })));
  // Brokers take any producer id, also one that they did not give.
  await send(7001, 0, 0, "0");
  await send(7001, 0, 1, "1", "2");
  await send(7001, 0, 0, "0");
  await send(7001, 0, 1, "1", "2");
  await send(7001, 0, 1, "1");
  await send(7001, 0, 4, "a gap");
  await send(7001, 0, 3, "3");
  for (const sequence of [4, 5, 6, 7, 8]) await send(7001, 0, sequence, String(sequence));
  // Only the last five batches are remembered.
  await send(7001, 0, 4, "4");
  await send(7001, 0, 3, "3");
  await send(7001, 1, 3, "a new epoch begins at 0");
  await send(7001, 1, 0, "new epoch");
  await send(7001, 0, 9, "an old epoch");
  await send(7002, 0, 5, "an unknown producer may begin anywhere");
  await send(7003, 3, 0, "an unknown producer may have any epoch");
  await send(7004, -1, 0, "without an epoch");
  await send(7005, 0, -1, "without a sequence");
  const one = batchOf(["one"], { producer: { id: 7006, epoch: 0, baseSequence: 0 } });
  const two = batchOf(["two"], { producer: { id: 7006, epoch: 0, baseSequence: 1 } });
  await connection.send(Produce, 9, produceTo("idempotent", Buffer.concat([one, two])));
  await connection.send(Fetch, 11, fetchFrom("idempotent", 0));
});

export const sequenceWrap = scenario("sequence-wrap", async (session) => {
  await session.topic("wrapped");
  const connection = await session.connect();
  const send = (baseSequence: number, ...values: string[]) =>
    connection.send(
      Produce,
      9,
      produceTo("wrapped", batchOf(values, { producer: { id: 7100, epoch: 0, baseSequence } })),
    );
  await send(2_147_483_645, "…45", "…46", "…47", "0");
  await send(1, "1");
  await send(2_147_483_645, "…45", "…46", "…47", "0");
});

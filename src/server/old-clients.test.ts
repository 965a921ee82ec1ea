/** What clients before 0.11 send and get: messages of magic 0 and 1, where newer ones have record batches. */
import { beforeEach, describe, expect, test } from "vitest";
import type { Partition } from "../cluster/replication/partition.js";
import { Partitions } from "../cluster/replication/partitions.js";
import { withoutPeers } from "../cluster/replication/replication.test-data.js";
import { FetchSessions } from "../cluster/replication/sessions/fetch-sessions.js";
import { configWith } from "../config/config.test-data.js";
import { invariant } from "../lib/invariant.js";
import { emptyImage } from "../metadata/image/empty.js";
import { errors } from "../protocol/errors.js";
import { Produce } from "../protocol/messages/00-produce.js";
import { Fetch } from "../protocol/messages/01-fetch.js";
import { ListOffsets } from "../protocol/messages/02-list-offsets.js";
import { RecordBatch } from "../protocol/records/batch.js";
import { buildBatch } from "../protocol/records/build-batch.js";
import { codecs } from "../protocol/records/codecs.js";
import { asBuffer } from "../protocol/records/int64.js";
import {
  encodeMessages,
  message,
  readAsClient,
  shallow,
  wrapMessages,
} from "../protocol/records/message-sets/convert.test-data.js";
import type { MessageMagic } from "../protocol/records/message-sets/message.js";
import { transactional } from "../storage/producers/transactions.test-data.js";
import { batchOf, logConfig, memoryFiles, NOW_MS, openStore, StillClock } from "../storage/storage.test-data.js";
import { ask, imageWith } from "./ask.test-data.js";
import { produce } from "./handlers/00-produce.js";
import { fetch } from "./handlers/01-fetch.js";
import { listOffsets } from "./handlers/02-list-offsets.js";

const TOPIC = "orders";
const image = imageWith({ [TOPIC]: 2 });

let partitions: Partitions;
let caller: Parameters<typeof ask>[4];

beforeEach(async () => {
  const store = await openStore(memoryFiles());
  partitions = new Partitions({
    ...{ nodeId: 1, clock: new StillClock(), store, ...withoutPeers(new StillClock()) },
    logConfigOf: () => logConfig,
  });
  partitions.apply(emptyImage, image);
  const config = configWith();
  const fetchSessions = new FetchSessions({ wire: new StillClock(), random: { below: () => 0 }, slotsMax: 10 });
  caller = { image, broker: { partitions, config, fetchSessions } };
});

function partition(index = 0): Partition {
  const led = partitions.get(TOPIC, index);
  invariant(led !== undefined, "all partitions are led here");
  return led;
}

async function send(version: number, records: Uint8Array) {
  const topicData = [{ name: TOPIC, partitionData: [{ index: 0, records }] }];
  const answer = await ask(produce, Produce, version, { acks: 1, timeoutMs: 0, topicData }, caller);
  return answer.responses[0]?.partitionResponses[0];
}

async function receive(version: number, fetchOffset = 0, { indexes = [0], partitionMaxBytes = 1_000_000 } = {}) {
  const asked = indexes.map((index) => ({ partition: index, fetchOffset, partitionMaxBytes }));
  const request = { maxWaitMs: 0, minBytes: 1, topics: [{ topic: TOPIC, partitions: asked }] };
  const { responses } = await ask(fetch, Fetch, version, request, caller);
  return responses[0]?.partitions ?? [];
}

async function messagesOf(...asked: Parameters<typeof receive>) {
  const [answer] = await receive(...asked);
  expect(answer?.errorCode).toBe(errors.NONE.code);
  return readAsClient(answer?.records ?? new Uint8Array());
}

function endTransaction(producerId: number): void {
  partition().appendMarker({
    producerId,
    producerEpoch: 0,
    commit: true,
    coordinatorEpoch: 0,
    transactionVersion: 1,
  });
}

describe("producing", () => {
  test.each([
    [0, 0],
    [1, 0],
    [2, 0],
    [2, 1],
  ] as const)("version %i with messages of magic %i: they lie in the log as a record batch", async (version, magic) => {
    const messages = [0, 1, 2].map((offset) => message({ magic, offset, value: Buffer.from(`v${offset}`) }));
    expect(await send(version, wrapMessages(messages, magic, codecs.gzip))).toMatchObject({
      errorCode: 0,
      baseOffset: 0,
    });
    expect(await send(version, encodeMessages(messages))).toMatchObject({ errorCode: 0, baseOffset: 3 });
    const [answer] = await receive(4);
    const batch = new RecordBatch(asBuffer(answer?.records ?? new Uint8Array()), 0);
    expect([batch.magic, batch.codec, batch.recordsCount, batch.lastOffset]).toEqual([2, codecs.gzip, 3, 2]);
  });

  test("record batches may come in old versions, messages not in new ones", async () => {
    expect(await send(2, batchOf(1))).toMatchObject({ errorCode: errors.NONE.code });
    expect(await send(3, encodeMessages([message({})]))).toMatchObject({ errorCode: errors.INVALID_RECORD.code });
  });

  test("what is spoiled is refused", async () => {
    const bytes = encodeMessages([message({ value: Buffer.from("value") })]);
    bytes.writeUInt8(0, bytes.length - 1);
    expect(await send(2, bytes)).toMatchObject({ errorCode: errors.CORRUPT_MESSAGE.code, baseOffset: -1 });
    const early = encodeMessages([message({ timestampMs: NOW_MS + 10 ** 12 })]);
    expect(await send(2, early)).toMatchObject({ errorCode: errors.INVALID_TIMESTAMP.code });
  });
});

describe("fetching", () => {
  test.each([
    [0, 0],
    [1, 0],
    [2, 1],
    [3, 1],
  ] as const)("version %i gets messages of magic %i", async (version, magic: MessageMagic) => {
    partition().append(batchOf(3), "client", -1);
    const messages = await messagesOf(version, 1);
    expect(messages.map((one) => [one.magic, one.offset, one.timestampMs])).toEqual(
      [1, 2].map((offset) => [magic, offset, magic === 0 ? -1 : NOW_MS]),
    );
  });

  test("markers are left out, however many there are, and what follows is read", async () => {
    partition().append(transactional(7, 0), "client", -1, "not wanted");
    endTransaction(7);
    const markers = 1000;
    for (let number = 1; number < markers; number++) {
      partition().append(transactional(7, number), "client", -1, "not wanted");
      endTransaction(7);
    }
    expect((await messagesOf(3)).map(({ offset }) => offset)).toEqual(Array.from({ length: markers }, (_, i) => 2 * i));
    expect(await messagesOf(3, 2 * markers - 1)).toEqual([]);
    partition().append(batchOf(1), "client", -1);
    expect((await messagesOf(3, 2 * markers - 1, { partitionMaxBytes: 1 })).map(({ offset }) => offset)).toEqual([
      2 * markers,
    ]);
  });

  test("a limit cuts a batch between its records", async () => {
    partition().append(batchOf(5, 100), "client", -1);
    const [answer] = await receive(3, 1, { partitionMaxBytes: 300 });
    expect(answer?.records?.length).toBeLessThanOrEqual(300);
    expect(shallow(answer?.records ?? new Uint8Array()).map(({ offset }) => offset)).toEqual([1, 2]);
  });

  test("a message that is larger than the limit comes for each partition, since version 3 for the first one (KIP-74)", async () => {
    for (const index of [0, 1]) partition(index).append(batchOf(2, 100), "client", -1);
    const countsOf = async (version: number) =>
      (await receive(version, 0, { indexes: [0, 1], partitionMaxBytes: 10 })).map(
        ({ records }) => shallow(records ?? new Uint8Array()).length,
      );
    expect(await countsOf(2)).toEqual([1, 1]);
    expect(await countsOf(3)).toEqual([1, 0]);
  });

  test("zstd is told to be impossible, and an offset that is not there as ever", async () => {
    const records = [{ timestampMs: NOW_MS, key: null, value: null }];
    partition().append(buildBatch({ records, codec: codecs.zstd }), "client", -1);
    expect(await receive(3)).toMatchObject([{ errorCode: errors.UNSUPPORTED_COMPRESSION_TYPE.code }]);
    expect(await receive(3, 9)).toMatchObject([{ errorCode: errors.OFFSET_OUT_OF_RANGE.code }]);
  });
});

test("ListOffsets 0 answers with a list of one offset", async () => {
  partition().append(batchOf(3), "client", -1);
  const offsetsOf = async (timestamp: number, maxNumOffsets = 1) => {
    const topics = [{ name: TOPIC, partitions: [{ partitionIndex: 0, timestamp, maxNumOffsets }] }];
    const answer = await ask(listOffsets, ListOffsets, 0, { replicaId: -1, topics }, caller);
    return answer.topics[0]?.partitions[0]?.oldStyleOffsets;
  };
  expect([await offsetsOf(-1), await offsetsOf(-2), await offsetsOf(NOW_MS)]).toEqual([[3], [0], [0]]);
  expect(await offsetsOf(-1, 0)).toEqual([]);
});

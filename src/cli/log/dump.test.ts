import { describe, expect, test } from "vitest";
import { groupRecordCodec } from "../../groups/records/group-record.js";
import { FileError, type Files } from "../../lib/environment.js";
import { encodeRecord } from "../../metadata/records/frame.js";
import { metadataRecord } from "../../metadata/records/metadata-record.js";
import { buildBatch } from "../../protocol/records/build-batch.js";
import { codecs } from "../../protocol/records/codecs.js";
import { buildEndTxnMarker } from "../../protocol/records/control.js";
import { CRC } from "../../protocol/records/layout.js";
import { transactionRecordCodec } from "../../transactions/records/transaction-record.js";
import { exitCodes } from "../exit-codes.js";
import { dumpLog } from "./dump.js";
import { diskWith, Lines, NOW_MS, segment } from "./log.test-data.js";

async function dump(files: Files, path: string, { json = false, records = true } = {}) {
  const output = new Lines();
  const code = await dumpLog(files, path, { json, records }, output);
  return { code, ...output };
}

function oneRecord(value: Uint8Array | null, key: Uint8Array | null = null): Uint8Array {
  return buildBatch({ records: [{ timestampMs: NOW_MS, key, value }] });
}

/** The keys and values of the records in a segment of `topic`, as JSON has them. */
async function decoded(topic: string, ...batches: Uint8Array[]): Promise<unknown[]> {
  const folder = `/data/${topic}-0`;
  const { printed } = await dump(diskWith({ [`${folder}/${segment}`]: Buffer.concat(batches) }), folder, {
    json: true,
  });
  const rows = printed.map((line) => JSON.parse(line)).filter((row) => row.type === "record");
  return rows.map(({ key, value }) => ({ key, value }));
}

describe("batches and records", () => {
  const headers = [{ key: "colour", value: Buffer.from("blue") }];
  const records = [
    { timestampMs: NOW_MS, key: Buffer.from("k"), value: Buffer.from("é\n\u001b[31m\u009b"), headers },
    { timestampMs: NOW_MS + 5, key: null, value: Buffer.from([0xff, 0]) },
  ];
  const producer = { id: 9, epoch: 1, baseSequence: 0x7fff_ffff };
  const batch = buildBatch({ records, baseOffset: 40, leaderEpoch: 2, codec: codecs.gzip, producer });
  const disk = diskWith({ [`/data/orders-0/${segment}`]: batch });

  test("are printed in the words of DumpLogSegments; bytes that are no text as base64; nothing reaches the terminal", async () => {
    const { code, printed } = await dump(disk, "/data/orders-0");
    expect(code).toBe(exitCodes.ok);
    expect(printed).toEqual([
      `Dumping /data/orders-0/${segment}`,
      "baseOffset: 40 lastOffset: 41 count: 2 baseSequence: 2147483647 lastSequence: 0 producerId: 9 producerEpoch: 1 " +
        "partitionLeaderEpoch: 2 isTransactional: false isControl: false deleteHorizonMs: none position: 0 " +
        `CreateTime: ${NOW_MS + 5} size: ${batch.length} magic: 2 compresscodec: gzip ` +
        `crc: ${Buffer.from(batch).readUInt32BE(CRC)} isvalid: true`,
      `| offset: 40 CreateTime: ${NOW_MS} keySize: 1 valueSize: 10 sequence: 2147483647 headers: ["colour": "blue"] ` +
        'key: "k" payload: "é\\n\\u001b[31m\\u009b"',
      `| offset: 41 CreateTime: ${NOW_MS + 5} keySize: -1 valueSize: 2 sequence: 0 headers: [] ` +
        "key: null payload: base64:/wA=",
    ]);
  });

  test("are JSON lines that say what the payload is", async () => {
    const { printed } = await dump(disk, "/data/orders-0", { json: true });
    const [first, ...rows] = printed.map((line) => JSON.parse(line));
    expect(first).toMatchObject({ type: "batch", position: 0, baseOffset: 40, compressionType: "gzip", isValid: true });
    expect(rows.map(({ key, value, headers }) => ({ key, value, headers }))).toEqual([
      {
        key: { utf8: "k" },
        value: { utf8: "é\n\u001b[31m\u009b" },
        headers: [{ key: "colour", value: { utf8: "blue" } }],
      },
      { key: null, value: { base64: "/wA=" }, headers: [] },
    ]);
  });

  test("come without records unless these are asked for", async () => {
    expect((await dump(disk, "/data/orders-0", { records: false })).printed).toHaveLength(2);
  });

  test("of a data folder are those of all its logs", async () => {
    const two = diskWith({ [`/data/a-0/${segment}`]: batch, [`/data/b-7/${segment}`]: batch, "/data/.lock": "" });
    const { printed } = await dump(two, "/data", { records: false });
    expect(printed.filter((line) => line.startsWith("Dumping"))).toEqual([
      `Dumping /data/a-0/${segment}`,
      `Dumping /data/b-7/${segment}`,
    ]);
  });

  test("a marker is named", async () => {
    const marker = buildEndTxnMarker({ commit: false, coordinatorEpoch: 4 }, { id: 9, epoch: 1 }, NOW_MS);
    const { printed } = await dump(diskWith({ [`/data/orders-0/${segment}`]: marker }), "/data/orders-0");
    expect(printed[2]).toBe(`| offset: 0 CreateTime: ${NOW_MS} endTxnMarker: ABORT coordinatorEpoch: 4`);
  });

  test("damage is shown where it lies, and ends with exit code 1", async () => {
    const damaged = Buffer.from(batch);
    damaged[damaged.length - 10] = 0x55;
    const log = Buffer.concat([damaged, batch.subarray(0, 30)]);
    const { code, printed } = await dump(diskWith({ [`/data/orders-0/${segment}`]: log }), "/data/orders-0");
    expect(code).toBe(exitCodes.failure);
    expect(printed[1]).toContain("isvalid: false");
    expect(printed.at(-1)).toBe(
      `DAMAGE: /data/orders-0/${segment} (position ${batch.length}) has a batch that should be ${batch.length} ` +
        "bytes long, but ends after 30.",
    );
  });
});

describe("internal topics", () => {
  test("group records are decoded; what is none of them is shown as it is", async () => {
    const value = {
      offset: 42,
      leaderEpoch: 3,
      metadata: "m",
      commitTimestamp: NOW_MS,
      expireTimestamp: -1,
      topicId: "AAAAAAAAAAAAAAAAAAAAAA",
    };
    const where = { kind: "offsetCommit", group: "g", topic: "t", partition: 1 } as const;
    const commit = groupRecordCodec.encode({ ...where, value });
    const removal = groupRecordCodec.encode({ ...where, value: null });
    expect(
      await decoded(
        "__consumer_offsets",
        oneRecord(commit.value, commit.key),
        oneRecord(removal.value, removal.key),
        oneRecord(Buffer.from([0, 4, 0xff]), commit.key),
        oneRecord(null, Buffer.from("??")),
      ),
    ).toEqual([
      { key: { decoded: where }, value: { decoded: value } },
      { key: { decoded: where }, value: null },
      { key: { utf8: Buffer.from(commit.key ?? []).toString() }, value: { base64: "AAT/" } },
      { key: { utf8: "??" }, value: null },
    ]);
  });

  test("the states of transactions are decoded", async () => {
    const value = {
      ...{ producerId: 7, previousProducerId: 7, nextProducerId: -1, producerEpoch: 3, transactionTimeoutMs: 60_000 },
      ...{ state: "Ongoing" as const, clientTransactionVersion: 2 },
      ...{ transactionLastUpdateTimestampMs: NOW_MS, transactionStartTimestampMs: NOW_MS },
    };
    const partitions = new Map([["orders", new Set([0, 3])]]);
    const transactional = { transactionalId: "one" };
    const record = transactionRecordCodec.encode({ ...transactional, value: { ...value, partitions } });
    const removal = transactionRecordCodec.encode({ ...transactional, value: null });
    expect(
      await decoded(
        "__transaction_state",
        oneRecord(record.value, record.key),
        oneRecord(removal.value, removal.key),
        oneRecord(null, Buffer.from("??")),
      ),
    ).toEqual([
      {
        key: { decoded: transactional },
        value: { decoded: { ...value, partitions: [{ topic: "orders", partitions: [0, 3] }] } },
      },
      { key: { decoded: transactional }, value: null },
      { key: { utf8: "??" }, value: null },
    ]);
  });

  test("metadata records are decoded", async () => {
    const topicId = "AAAAAAAAAAAAAAAAAAAAAQ";
    const record = encodeRecord(metadataRecord("TopicRecord", { name: "orders", topicId }));
    expect(await decoded("__cluster_metadata", oneRecord(record), oneRecord(Buffer.from("?")))).toEqual([
      { key: null, value: { decoded: { type: "TopicRecord", data: { name: "orders", topicId } } } },
      { key: null, value: { utf8: "?" } },
    ]);
  });
});

describe("the other files of a log", () => {
  test("entries of indexes, with the zeros behind them left out", async () => {
    const index = Buffer.alloc(80);
    index.writeInt32BE(5, 0);
    index.writeInt32BE(4200, 4);
    const timeIndex = Buffer.alloc(120);
    timeIndex.writeBigInt64BE(BigInt(NOW_MS), 0);
    timeIndex.writeInt32BE(5, 8);
    const transactions = Buffer.alloc(34);
    for (const [at, field] of [7n, 101n, 104n, 105n].entries()) transactions.writeBigInt64BE(field, 2 + 8 * at);
    const files = diskWith({
      "/a/00000000000000000100.index": index,
      "/a/00000000000000000100.timeindex": timeIndex,
      "/a/00000000000000000100.txnindex": transactions,
      "/a/leader-epoch-checkpoint": "0\n1\n3 100\n",
    });
    const printed = async (name: string) => (await dump(files, `/a/${name}`)).printed.slice(1);
    expect(await printed("00000000000000000100.index")).toEqual(["offset: 105 position: 4200"]);
    expect(await printed("00000000000000000100.timeindex")).toEqual([`timestamp: ${NOW_MS} offset: 105`]);
    expect(await printed("00000000000000000100.txnindex")).toEqual([
      "version: 0 producerId: 7 firstOffset: 101 lastOffset: 104 lastStableOffset: 105",
    ]);
    expect(await printed("leader-epoch-checkpoint")).toEqual(["epoch: 3 startOffset: 100"]);
  });

  test("a snapshot that is none", async () => {
    const { code, printed } = await dump(
      diskWith({ "/a/00000000000000000100.snapshot": "x" }),
      "/a/00000000000000000100.snapshot",
    );
    expect(code).toBe(exitCodes.failure);
    expect(printed.at(-1)).toMatch(/^DAMAGE: .*snapshot is 1 bytes long, too short for a header\.$/);
  });
});

describe("what cannot be dumped is said in one sentence", () => {
  test.each([
    ["/nowhere", "/nowhere does not exist."],
    ["/empty", "The folder /empty is empty."],
    ["/notes", "/notes is no log folder: it holds neither segments"],
    ["/notes/todo.txt", "/notes/todo.txt is no file of a log: its name would end with .log"],
  ])("%s", async (path, sentence) => {
    const files = diskWith({ "/notes/todo.txt": "milk" });
    files.createFolder("/empty");
    const { code, printed, complaints } = await dump(files, path);
    expect(code).toBe(exitCodes.usage);
    expect(printed).toEqual([]);
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toContain(sentence);
  });

  test("a file that may not be read", async () => {
    const files = diskWith({ [`/data/a-0/${segment}`]: "" });
    files.open = (path) => {
      throw new FileError("EACCES", path, `No permission for ${path}.`);
    };
    const { code, complaints } = await dump(files, "/data/a-0");
    expect(code).toBe(exitCodes.failure);
    expect(complaints).toEqual([`No permission for /data/a-0/${segment}.`]);
  });
});

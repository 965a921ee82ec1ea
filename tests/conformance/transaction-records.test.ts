/** The records of transactions are, byte for byte, those of Apache Kafka's coordinator, and ours reads all of its. */
import { beforeAll, describe, expect, test } from "vitest";
import { type LoggedTransaction, transactionRecordCodec } from "../../src/transactions/records/transaction-record.js";
import { hex, hexOf, recordsWrittenBy, type WrittenRecord } from "./written-records.js";

let writtenByKafka: (name: string) => WrittenRecord;

beforeAll(async () => {
  writtenByKafka = await recordsWrittenBy("WriteTransactionRecords.java");
});

const ongoing: LoggedTransaction = {
  state: "Ongoing",
  producerId: 42,
  previousProducerId: 41,
  nextProducerId: -1,
  producerEpoch: 7,
  transactionTimeoutMs: 60_000,
  partitions: new Map([["t", new Set([3])]]),
  transactionLastUpdateTimestampMs: 2000,
  transactionStartTimestampMs: 1000,
  clientTransactionVersion: 2,
};

describe("what the coordinator writes", () => {
  test.each<[string, LoggedTransaction | null]>([
    ["Empty", { ...ongoing, state: "Empty", partitions: new Map() }],
    ["Ongoing", ongoing],
    ["PrepareCommit", { ...ongoing, state: "PrepareCommit" }],
    ["PrepareAbort", { ...ongoing, state: "PrepareAbort" }],
    ["CompleteCommit", { ...ongoing, state: "CompleteCommit" }],
    ["CompleteAbort", { ...ongoing, state: "CompleteAbort" }],
    ["lastEpoch", { ...ongoing, state: "PrepareCommit", previousProducerId: 42, nextProducerId: 43 }],
    ["noPartitions", { ...ongoing, state: "PrepareAbort", previousProducerId: 42, partitions: new Map() }],
    ["tombstone", null],
  ])("%s", (name, value) => {
    const record = { transactionalId: "tx", value };
    const { key, value: bytes } = transactionRecordCodec.encode(record);
    const kafkas = writtenByKafka(name);
    expect({ key: hex(key), value: hex(bytes) }).toEqual(hexOf(kafkas));
    expect(transactionRecordCodec.decode(kafkas.key, kafkas.value)).toEqual(record);
  });
});

describe("what older and newer coordinators wrote", () => {
  const partitions = new Map([
    ["t", new Set([3, 1])],
    ["u", new Set([0])],
  ]);

  test("version 0 knows one producer id alone", () => {
    const { key, value } = writtenByKafka("value0");
    expect(transactionRecordCodec.decode(key, value)?.value).toEqual({
      ...ongoing,
      partitions,
      previousProducerId: -1,
      clientTransactionVersion: 0,
    });
  });

  test("version 1 has the fields of KIP-890, and one that is reserved", () => {
    const { key, value } = writtenByKafka("value1");
    expect(transactionRecordCodec.decode(key, value)?.value).toEqual({ ...ongoing, partitions, nextProducerId: 43 });
  });

  test("a value version of the future reads as the last one that is known (KIP-915)", () => {
    const { key, value } = writtenByKafka("Ongoing");
    const future = Buffer.from(value ?? []);
    future.writeInt16BE(9);
    expect(transactionRecordCodec.decode(key, future)?.value).toEqual(ongoing);
  });

  test("a kind of record that is not known is passed over", () => {
    expect(transactionRecordCodec.decode(Buffer.from([0, 99, 0, 1, 120]), Buffer.from([0, 0]))).toBeNull();
    expect(transactionRecordCodec.decode(null, Buffer.from([0, 0]))).toBeNull();
  });

  test.each(["Dead", "PrepareEpochFence"])("the state %s, which is never written, is not taken for another", (name) => {
    const { key, value } = writtenByKafka(name);
    expect(() => transactionRecordCodec.decode(key, value)).toThrow(/unknown state/);
  });

  test("a record that does not decode is not taken for something else", () => {
    const { key, value } = writtenByKafka("Ongoing");
    expect(() => transactionRecordCodec.decode(key, value?.subarray(0, 20) ?? null)).toThrow(/does not decode/);
  });
});

import { describe, expect, test } from "vitest";
import { errors } from "../protocol/errors.js";
import { readSmallFile } from "./files/durable-file.js";
import {
  appendTransactional,
  commitAll,
  committedOffsets,
  endTransaction,
  transactional,
} from "./producers/transactions.test-data.js";
import { Verification } from "./producers/verifications.js";
import {
  append,
  batchOf,
  logConfig,
  memoryFiles,
  NOW_MS,
  newLog,
  openStore,
  reopen,
  topicId,
} from "./storage.test-data.js";

const FOLDER = "/data/orders-0";
const INDEX = `${FOLDER}/00000000000000000000.txnindex`;
const LATE_MS = NOW_MS + logConfig.producerIdExpirationMs;

const refused = (error: keyof typeof errors) => expect.objectContaining({ errorCode: errors[error].code });

describe("the last stable offset", () => {
  test("stays at the first record of the earliest transaction that is open", async () => {
    const { log } = await newLog();
    append(log, batchOf(2));
    appendTransactional(log, transactional(7, 0));
    appendTransactional(log, transactional(8, 0));
    commitAll(log);
    expect([log.highWatermark, log.lastStableOffset]).toEqual([4, 2]);
    endTransaction(log, 8, "commit");
    commitAll(log);
    expect(log.lastStableOffset).toBe(2);
    endTransaction(log, 7, "commit");
    commitAll(log);
    expect(log.lastStableOffset).toBe(6);
  });

  test("waits for the marker to be committed", async () => {
    const { log } = await newLog();
    appendTransactional(log, transactional(7, 0));
    endTransaction(log, 7, "commit");
    log.setHighWatermark(1);
    expect(log.lastStableOffset).toBe(0);
    log.setHighWatermark(2);
    expect(log.lastStableOffset).toBe(2);
  });

  test("never lies before the start of the log", async () => {
    const { log } = await newLog();
    appendTransactional(log, transactional(7, 0, { count: 5 }));
    commitAll(log);
    log.deleteRecordsBefore(3);
    expect(log.lastStableOffset).toBe(3);
  });

  test("is the high watermark without transactions", async () => {
    const { log } = await newLog();
    append(log, batchOf(5));
    log.setHighWatermark(3);
    expect(log.lastStableOffset).toBe(3);
  });
});

describe("aborted transactions", () => {
  test("are told to readers of their range, by first offset", async () => {
    const { log } = await newLog();
    appendTransactional(log, transactional(7, 0));
    appendTransactional(log, transactional(8, 0));
    append(log, batchOf(1));
    endTransaction(log, 8, "abort");
    endTransaction(log, 7, "abort");
    appendTransactional(log, transactional(9, 0));
    endTransaction(log, 9, "commit");
    commitAll(log);
    expect(log.abortedTransactions(0, 7)).toEqual([
      { producerId: 7, firstOffset: 0, lastOffset: 4, lastStableOffset: 5 },
      { producerId: 8, firstOffset: 1, lastOffset: 3, lastStableOffset: 0 },
    ]);
    expect(log.abortedTransactions(0, 1)).toMatchObject([{ producerId: 7 }]);
    expect(log.abortedTransactions(4, 7)).toMatchObject([{ producerId: 7 }]);
    expect(log.abortedTransactions(5, 7)).toEqual([]);
    expect(committedOffsets(log)).toEqual([2, 5]);
  });

  test("are found across segments, by the segment of the marker", async () => {
    const { log, files } = await newLog({ segmentBytes: 200 });
    for (let sequence = 0; sequence < 5; sequence++) appendTransactional(log, transactional(7, sequence));
    endTransaction(log, 7, "abort");
    commitAll(log);
    expect(log.abortedTransactions(0, 1)).toMatchObject([{ producerId: 7, firstOffset: 0, lastOffset: 5 }]);
    expect(committedOffsets(log)).toEqual([]);
    await log.close();
    expect(files.list(FOLDER).filter((name) => name.endsWith(".txnindex"))).toEqual(["00000000000000000004.txnindex"]);
  });

  test("stand in the file as Apache Kafka writes it, once the segment is closed", async () => {
    const { log, files } = await newLog();
    appendTransactional(log, transactional(7, 0));
    endTransaction(log, 7, "abort");
    await log.flush();
    expect(files.stat(INDEX)).toBeNull();
    await log.close();
    const bytes = Buffer.alloc(34);
    const file = files.open(INDEX, "read");
    expect([file.bytes, file.read(bytes, 0)]).toEqual([34, 34]);
    expect(bytes.toString("hex")).toBe(
      "0000000000000000000700000000000000000000000000000001".padEnd(52, "0").concat("0000000000000002"),
    );
  });

  test("a log without any has no such file", async () => {
    const { log, files } = await newLog();
    appendTransactional(log, transactional(7, 0));
    endTransaction(log, 7, "commit");
    await log.close();
    expect(files.stat(INDEX)).toBeNull();
  });
});

describe("a marker", () => {
  test("carries the epoch of its coordinator, and is a control batch of the producer", async () => {
    const { log } = await newLog();
    appendTransactional(log, transactional(7, 0));
    expect(endTransaction(log, 7, "commit", { coordinatorEpoch: 3 })).toMatchObject({ baseOffset: 1, lastOffset: 1 });
    expect(log.producersSeen()).toMatchObject([
      { producerId: 7, producerEpoch: 0, lastSequence: 0, coordinatorEpoch: 3, currentTransactionStartOffset: null },
    ]);
  });

  test("of an older epoch is refused, and so is one of an older coordinator", async () => {
    const { log } = await newLog();
    appendTransactional(log, transactional(7, 0, { epoch: 2 }));
    expect(endTransaction(log, 7, "commit", { producerEpoch: 1 })).toEqual(refused("INVALID_PRODUCER_EPOCH"));
    endTransaction(log, 7, "commit", { producerEpoch: 2, coordinatorEpoch: 5 });
    const late = { producerEpoch: 2, coordinatorEpoch: 4 };
    expect(endTransaction(log, 7, "commit", late)).toEqual(refused("TRANSACTION_COORDINATOR_FENCED"));
  });

  test("of transaction version 2 needs an epoch above the producer's, unless it has done its work before", async () => {
    const { log } = await newLog();
    appendTransactional(log, transactional(7, 0, { epoch: 2 }));
    const marker = { producerEpoch: 2, transactionVersion: 2 };
    expect(endTransaction(log, 7, "commit", marker)).toEqual(refused("INVALID_PRODUCER_EPOCH"));
    expect(endTransaction(log, 7, "commit", { ...marker, producerEpoch: 3 })).toMatchObject({ baseOffset: 1 });
    expect(endTransaction(log, 7, "commit", { ...marker, producerEpoch: 3 })).toMatchObject({ baseOffset: 2 });
  });

  test("for a producer that has written nothing here ends nothing", async () => {
    const { log } = await newLog();
    expect(endTransaction(log, 7, "abort")).toMatchObject({ baseOffset: 0 });
    commitAll(log);
    expect([log.lastStableOffset, log.abortedTransactions(0, 1)]).toEqual([1, []]);
  });

  test("with a new epoch lets the producer begin at sequence 0", async () => {
    const { log } = await newLog();
    appendTransactional(log, transactional(7, 0, { count: 3 }));
    endTransaction(log, 7, "commit", { producerEpoch: 1, transactionVersion: 2 });
    expect(appendTransactional(log, transactional(7, 3, { epoch: 1 }))).toEqual(
      refused("OUT_OF_ORDER_SEQUENCE_NUMBER"),
    );
    expect(appendTransactional(log, transactional(7, 0, { epoch: 0 }))).toEqual(refused("INVALID_PRODUCER_EPOCH"));
    expect(appendTransactional(log, transactional(7, 0, { epoch: 1 }))).toMatchObject({ baseOffset: 4 });
  });

  test("with the same epoch lets it go on where it was", async () => {
    const { log } = await newLog();
    appendTransactional(log, transactional(7, 0, { count: 3 }));
    endTransaction(log, 7, "abort");
    expect(appendTransactional(log, transactional(7, 0, { count: 3 }))).toMatchObject({ baseOffset: 0 });
    expect(appendTransactional(log, transactional(7, 3))).toMatchObject({ baseOffset: 4 });
  });
});

describe("a batch that would begin a transaction (KIP-890)", () => {
  const begin = (log: Awaited<ReturnType<typeof newLog>>["log"], changes: object = {}) => {
    const producer = { producerId: 7, producerEpoch: 0, baseSequence: 0, supportsEpochBump: false, ...changes };
    return log.beginVerification(producer, NOW_MS);
  };
  const guard = (...from: Parameters<typeof begin>) => {
    const begun = begin(...from);
    if (!(begun instanceof Verification)) throw new Error("no verification was begun");
    return begun;
  };

  test("is refused without the guard, and with a guard of another", async () => {
    const { log } = await newLog();
    const ofAnother = guard(log, { producerId: 8 });
    expect(appendTransactional(log, transactional(7, 0), null)).toEqual(refused("INVALID_TXN_STATE"));
    expect(appendTransactional(log, transactional(7, 0), ofAnother)).toEqual(refused("INVALID_TXN_STATE"));
    expect(appendTransactional(log, transactional(7, 0), guard(log))).toMatchObject({ baseOffset: 0 });
  });

  test("needs it once: then the transaction is open", async () => {
    const { log } = await newLog();
    appendTransactional(log, transactional(7, 0), guard(log));
    expect(begin(log)).toBe("open");
    expect(log.hasOngoingTransaction(7)).toBe(true);
    expect(appendTransactional(log, transactional(7, 1), null)).toMatchObject({ baseOffset: 1 });
    endTransaction(log, 7, "commit");
    expect(log.hasOngoingTransaction(7)).toBe(false);
    expect(appendTransactional(log, transactional(7, 2), null)).toEqual(refused("INVALID_TXN_STATE"));
  });

  test("loses it to a marker that comes in between", async () => {
    const { log } = await newLog();
    const late = guard(log);
    expect(guard(log)).toBe(late);
    endTransaction(log, 7, "abort");
    expect(guard(log)).not.toBe(late);
    expect(appendTransactional(log, transactional(7, 0), late)).toEqual(refused("INVALID_TXN_STATE"));
  });

  test("keeps it when the marker is a late one of the transaction before", async () => {
    const { log } = await newLog();
    const next = guard(log, { producerEpoch: 1, supportsEpochBump: true });
    endTransaction(log, 7, "commit", { producerEpoch: 1, transactionVersion: 2 });
    expect(appendTransactional(log, transactional(7, 0, { epoch: 1 }), next)).toMatchObject({ baseOffset: 1 });
  });

  test("does not overtake an earlier one that waits for its answer", async () => {
    const { log } = await newLog();
    appendTransactional(log, transactional(7, 0));
    endTransaction(log, 7, "commit");
    guard(log, { baseSequence: 1 });
    const second = guard(log, { baseSequence: 2 });
    const result = appendTransactional(log, transactional(7, 2), second);
    expect(result).toEqual(refused("OUT_OF_ORDER_SEQUENCE_NUMBER"));
  });

  test("of a client that bumps its epoch begins at sequence 0 where the producer is not known", async () => {
    const { log } = await newLog();
    const begun = guard(log, { baseSequence: 4, supportsEpochBump: true });
    expect(appendTransactional(log, transactional(7, 4), begun)).toEqual(refused("OUT_OF_ORDER_SEQUENCE_NUMBER"));
  });

  test("of an older epoch is not asked after", async () => {
    const { log } = await newLog();
    appendTransactional(log, transactional(7, 0, { epoch: 1 }));
    expect(begin(log)).toEqual(refused("INVALID_PRODUCER_EPOCH"));
    expect(begin(log, { producerEpoch: 2 })).toBeInstanceOf(Verification);
  });

  test("has a day to come back", async () => {
    const { log } = await newLog();
    const begun = guard(log);
    log.expireProducers(LATE_MS);
    expect(appendTransactional(log, transactional(7, 0), begun)).toEqual(refused("INVALID_TXN_STATE"));
  });
});

test("a plain batch of a producer with an open transaction is refused", async () => {
  const { log } = await newLog();
  appendTransactional(log, transactional(7, 0));
  const plain = batchOf(1, 10, { producer: { id: 7, epoch: 0, baseSequence: 1 } });
  expect(append(log, plain)).toEqual(refused("INVALID_TXN_STATE"));
});

test("a producer is forgotten a day after its records' own time, but not while its transaction is open", async () => {
  const { log } = await newLog();
  appendTransactional(log, transactional(7, 0));
  append(log, batchOf(1, 10, { producer: { id: 8, epoch: 0, baseSequence: 0 } }));
  append(log, batchOf(1, 10, { producer: { id: 9, epoch: 0, baseSequence: 0 } }, NOW_MS + 1));
  log.expireProducers(LATE_MS);
  expect(log.producersSeen().map(({ producerId }) => producerId)).toEqual([7, 9]);
});

describe("what is known of transactions", () => {
  async function written() {
    const files = memoryFiles();
    const store = await openStore(files);
    const log = store.openOrCreate("orders", 0, topicId, logConfig);
    appendTransactional(log, transactional(7, 0));
    appendTransactional(log, transactional(8, 0));
    endTransaction(log, 8, "abort", { coordinatorEpoch: 4 });
    commitAll(log);
    return { files, store, log };
  }

  test.each(["after a clean stop", "after a crash"])("is known again %s", async (how) => {
    const { files, store, log } = await written();
    const seen = log.producersSeen();
    if (how === "after a clean stop") await store.close({ clean: true });
    const again = (await reopen(files)).openOrCreate("orders", 0, topicId, logConfig);
    commitAll(again);
    expect(again.producersSeen()).toEqual(seen);
    expect(again.lastStableOffset).toBe(0);
    expect(again.abortedTransactions(0, 3)).toMatchObject([{ producerId: 8, firstOffset: 1, lastOffset: 2 }]);
    endTransaction(again, 7, "commit");
    commitAll(again);
    expect(committedOffsets(again)).toEqual([0]);
  });

  test.each([
    ["is cut off", 0, 30],
    ["has another version", 0, 34],
    ["ends a transaction before it began", 16, 34],
  ])("is known again when the transaction index %s, and then it is whole again", async (_, at, bytes) => {
    const { files, store } = await written();
    await store.close({ clean: true });
    const file = files.open(INDEX, "write");
    file.write([Buffer.of(9, 9)], at);
    file.truncate(bytes);
    file.close();
    const again = await reopen(files);
    const aborted = [{ producerId: 8, firstOffset: 1, lastOffset: 2, lastStableOffset: 0 }];
    expect(again.openOrCreate("orders", 0, topicId, logConfig).abortedTransactions(0, 3)).toEqual(aborted);
    await again.close({ clean: true });
    expect(readSmallFile(files, FOLDER, "00000000000000000000.txnindex")?.readInt16BE(0)).toBe(0);
    const twice = (await reopen(files)).openOrCreate("orders", 0, topicId, logConfig);
    expect(twice.abortedTransactions(0, 3)).toEqual(aborted);
  });

  test("goes with what is cut off", async () => {
    const { log } = await written();
    log.truncateTo(2, () => true);
    expect(log.abortedTransactions(0, 3)).toEqual([]);
    expect(log.producersSeen()).toMatchObject([
      { producerId: 7, currentTransactionStartOffset: 0 },
      { producerId: 8, currentTransactionStartOffset: 1, coordinatorEpoch: -1 },
    ]);
    log.truncateTo(0, () => true);
    expect([log.lastStableOffset, log.producersSeen()]).toEqual([0, []]);
  });
});

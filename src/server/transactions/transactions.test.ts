import { beforeEach, describe, expect, test } from "vitest";
import { settled } from "../../../tests/support/manual-environment.js";
import type { Broker } from "../../broker/broker.js";
import { errors } from "../../protocol/errors.js";
import { Produce } from "../../protocol/messages/00-produce.js";
import { OffsetFetch } from "../../protocol/messages/09-offset-fetch.js";
import { InitProducerId } from "../../protocol/messages/22-init-producer-id.js";
import { AddPartitionsToTxn } from "../../protocol/messages/24-add-partitions-to-txn.js";
import { AddOffsetsToTxn } from "../../protocol/messages/25-add-offsets-to-txn.js";
import { EndTxn } from "../../protocol/messages/26-end-txn.js";
import { WriteTxnMarkers } from "../../protocol/messages/27-write-txn-markers.js";
import { TxnOffsetCommit } from "../../protocol/messages/28-txn-offset-commit.js";
import { DescribeProducers } from "../../protocol/messages/61-describe-producers.js";
import { DescribeTransactions } from "../../protocol/messages/65-describe-transactions.js";
import { ListTransactions } from "../../protocol/messages/66-list-transactions.js";
import { buildBatch } from "../../protocol/records/build-batch.js";
import { ask } from "../ask.test-data.js";
import { produce } from "../handlers/00-produce.js";
import { offsetFetch } from "../handlers/09-offset-fetch.js";
import { initProducerId } from "../handlers/22-init-producer-id.js";
import { addPartitionsToTxn } from "../handlers/24-add-partitions-to-txn.js";
import { addOffsetsToTxn } from "../handlers/25-add-offsets-to-txn.js";
import { endTxn } from "../handlers/26-end-txn.js";
import { writeTxnMarkers } from "../handlers/27-write-txn-markers.js";
import { txnOffsetCommit } from "../handlers/28-txn-offset-commit.js";
import { describeProducers } from "../handlers/61-describe-producers.js";
import { describeTransactions } from "../handlers/65-describe-transactions.js";
import { listTransactions } from "../handlers/66-list-transactions.js";
import { heldMarkers, image, transactionalBroker } from "./transactional-broker.test-data.js";

const { NONE, INVALID_TXN_STATE, TRANSACTIONAL_ID_AUTHORIZATION_FAILED, TRANSACTION_ABORTABLE } = errors;
const { INVALID_PRODUCER_EPOCH, PRODUCER_FENCED, INVALID_PRODUCER_ID_MAPPING, NOT_ENOUGH_REPLICAS } = errors;

let broker: Partial<Broker>;
let producer: { transactionalId: string; producerId: number; producerEpoch: number };
beforeEach(async () => {
  broker = await transactionalBroker();
  producer = await init("t");
});

function caller(...forbidden: readonly string[]) {
  return { broker, image, forbidden };
}

async function init(transactionalId: string, version = 5, ...forbidden: readonly string[]) {
  const request = { transactionalId, transactionTimeoutMs: 60_000 };
  const answer = await ask(initProducerId, InitProducerId, version, request, caller(...forbidden));
  return { transactionalId, ...answer };
}

interface Write {
  readonly version: number;
  readonly partition?: number;
  readonly baseSequence?: number;
  readonly as?: typeof producer;
}

/** The error code of the one partition. */
async function write({ version, partition = 0, baseSequence = 0, as = producer }: Write): Promise<number | undefined> {
  const answer = await ask(
    produce,
    Produce,
    version,
    requestWith([recordsOf(as, baseSequence)], partition, as),
    caller(),
  );
  return answer.responses[0]?.partitionResponses[0]?.errorCode;
}

function recordsOf({ producerId: id, producerEpoch: epoch }: typeof producer, baseSequence = 0): Uint8Array {
  const records = [{ timestampMs: 1, key: null, value: Buffer.from("v") }];
  return buildBatch({ records, producer: { id, epoch, baseSequence }, isTransactional: true });
}

function requestWith(records: readonly Uint8Array[], partition = 0, { transactionalId } = producer) {
  const partitionData = records.map((batch, i) => ({ index: partition + i, records: batch }));
  return { transactionalId, acks: -1, timeoutMs: 1000, topicData: [{ name: "orders", partitionData }] };
}

async function add(version: number, partitions: readonly number[], ...forbidden: readonly string[]) {
  const { resultsByTopicV3AndBelow } = await ask(
    addPartitionsToTxn,
    AddPartitionsToTxn,
    version,
    {
      v3AndBelowTransactionalId: producer.transactionalId,
      v3AndBelowProducerId: producer.producerId,
      v3AndBelowProducerEpoch: producer.producerEpoch,
      v3AndBelowTopics: [{ name: "orders", partitions }],
    },
    caller(...forbidden),
  );
  return resultsByTopicV3AndBelow?.[0]?.resultsByPartition.map(({ partitionErrorCode }) => partitionErrorCode);
}

async function end(version: number, committed: boolean, as = producer) {
  return ask(endTxn, EndTxn, version, { ...as, committed }, caller());
}

function lastStableOffset(partition = 0): number | undefined {
  return broker.partitions?.get("orders", partition)?.lastStableOffset;
}

describe("a batch of a transaction", () => {
  test("is refused in the words of its version where the transaction does not know of the partition", async () => {
    expect(await write({ version: 10 })).toBe(INVALID_TXN_STATE.code);
    expect(await write({ version: 11 })).toBe(TRANSACTION_ABORTABLE.code);
    expect(await add(3, [0])).toEqual([NONE.code]);
    expect(await write({ version: 10 })).toBe(NONE.code);
    expect(await write({ version: 10, partition: 1 })).toBe(INVALID_TXN_STATE.code);
  });

  test("makes the partition part of the transaction by itself since version 12", async () => {
    expect(await write({ version: 12 })).toBe(NONE.code);
    expect(lastStableOffset()).toBe(0);
    const { producerEpoch } = await end(5, true);
    expect(producerEpoch).toBe(producer.producerEpoch + 1);
    await settled();
    expect(lastStableOffset()).toBe(2);
  });

  test("asks nobody while its transaction is open", async () => {
    await write({ version: 12 });
    broker = { ...broker, transactions: undefined as never };
    expect(await write({ version: 12, baseSequence: 1 })).toBe(NONE.code);
  });

  test("asks nobody either where the operator does not want it, if the producer adds its partitions itself", async () => {
    broker = await transactionalBroker({ "transaction.partition.verification.enable": "false" });
    producer = await init("t");
    expect(await write({ version: 11 })).toBe(NONE.code);
  });

  test("of a fenced producer is refused by its epoch", async () => {
    await init("t");
    expect(await write({ version: 12 })).toBe(INVALID_PRODUCER_EPOCH.code);
  });

  test("needs a transactional id that the caller may write with", async () => {
    const refuse = async (request: ReturnType<typeof requestWith>, ...forbidden: string[]) => {
      const { responses } = await ask(produce, Produce, 12, request, caller(...forbidden));
      return responses.flatMap(({ partitionResponses }) => partitionResponses.map(({ errorCode }) => errorCode));
    };
    const request = requestWith([recordsOf(producer), recordsOf(producer)]);
    const refused = TRANSACTIONAL_ID_AUTHORIZATION_FAILED.code;
    expect(await refuse(request, "TransactionalId:t")).toEqual([refused, refused]);
    expect(await refuse({ ...request, transactionalId: null as never })).toEqual([refused, refused]);
    const other = recordsOf({ ...producer, producerId: 77 });
    const ids = INVALID_PRODUCER_ID_MAPPING.code;
    expect(await refuse(requestWith([recordsOf(producer), other]))).toEqual([ids, ids]);
  });

  test("is to be sent again while the coordinator is loading", async () => {
    broker = await transactionalBroker({}, { loaded: false });
    expect(await write({ version: 11 })).toBe(NOT_ENOUGH_REPLICAS.code);
  });
});

describe("the first batch after the end of a transaction", () => {
  test("waits a moment for the markers of that end", async () => {
    const markers = heldMarkers();
    broker = await transactionalBroker({ "add.partitions.to.txn.retry.backoff.max.ms": "60000" }, { markers });
    producer = await init("t");
    await write({ version: 12 });
    const next = { ...producer, ...(await end(5, true)) };
    const writing = write({ version: 12, as: next });
    markers.release();
    expect(await writing).toBe(NONE.code);
    expect(lastStableOffset()).toBe(2);
  });

  test("is refused when they do not come, and may be sent again", async () => {
    broker = await transactionalBroker(
      { "add.partitions.to.txn.retry.backoff.max.ms": "0" },
      { markers: heldMarkers() },
    );
    producer = await init("t");
    await write({ version: 12 });
    const next = { ...producer, ...(await end(5, true)) };
    expect(await write({ version: 12, as: next })).toBe(errors.CONCURRENT_TRANSACTIONS.code);
  });
});

describe("partitions are added", () => {
  test("all or none: one that is not there keeps out the others", async () => {
    const { OPERATION_NOT_ATTEMPTED, UNKNOWN_TOPIC_OR_PARTITION, TOPIC_AUTHORIZATION_FAILED } = errors;
    expect(await add(3, [0, 9])).toEqual([OPERATION_NOT_ATTEMPTED.code, UNKNOWN_TOPIC_OR_PARTITION.code]);
    expect(await add(3, [0], "Topic:orders")).toEqual([TOPIC_AUTHORIZATION_FAILED.code]);
    expect(await add(3, [0], "TransactionalId:t")).toEqual([TRANSACTIONAL_ID_AUTHORIZATION_FAILED.code]);
    expect(await write({ version: 10 })).toBe(INVALID_TXN_STATE.code);
  });

  test("by brokers alone since version 4, for several transactions at once", async () => {
    const topics = [{ name: "orders", partitions: [0] }];
    const stranger = { transactionalId: "stranger", producerId: 5, producerEpoch: 0 };
    const transactions = [producer, stranger].map((one) => ({ ...one, verifyOnly: false, topics }));
    const answer = await ask(addPartitionsToTxn, AddPartitionsToTxn, 5, { transactions }, caller());
    const codes = answer.resultsByTransaction?.map(({ topicResults }) => topicResults[0]?.resultsByPartition[0]);
    expect(codes?.map((one) => one?.partitionErrorCode)).toEqual([NONE.code, INVALID_PRODUCER_ID_MAPPING.code]);
    const refused = await ask(
      addPartitionsToTxn,
      AddPartitionsToTxn,
      5,
      { transactions },
      caller("Cluster:kafka-cluster"),
    );
    expect(refused).toMatchObject({ errorCode: errors.CLUSTER_AUTHORIZATION_FAILED.code, resultsByTransaction: [] });
  });

  test("a client of old hears of fencing by its epoch", async () => {
    await init("t");
    const codes = [await add(1, [0]), await add(2, [0])];
    expect(codes).toEqual([[INVALID_PRODUCER_EPOCH.code], [PRODUCER_FENCED.code]]);
    const ends = [await end(1, true), await end(2, true)].map(({ errorCode }) => errorCode);
    expect(ends).toEqual([INVALID_PRODUCER_EPOCH.code, PRODUCER_FENCED.code]);
  });
});

describe("offsets of a group in a transaction", () => {
  async function commit(version: number, groupId = "g", ...forbidden: readonly string[]) {
    const partitions = [{ partitionIndex: 0, committedOffset: 42, committedMetadata: null }];
    const request = { ...producer, groupId, topics: [{ name: "orders", partitions }] };
    const answer = await ask(txnOffsetCommit, TxnOffsetCommit, version, request, caller(...forbidden));
    return answer.topics[0]?.partitions[0]?.errorCode;
  }

  async function fetched() {
    const topics = [{ name: "orders", partitionIndexes: [0] }];
    const request = { groups: [{ groupId: "g", topics }], requireStable: true };
    const answer = await ask(offsetFetch, OffsetFetch, 8, request, caller());
    return answer.groups?.[0]?.topics[0]?.partitions[0];
  }

  test("are refused unless they were added, and count when it is committed", async () => {
    expect(await commit(3)).toBe(INVALID_TXN_STATE.code);
    expect(await commit(4)).toBe(TRANSACTION_ABORTABLE.code);
    const added = await ask(addOffsetsToTxn, AddOffsetsToTxn, 3, { ...producer, groupId: "g" }, caller());
    expect(added.errorCode).toBe(NONE.code);
    expect(await commit(3)).toBe(NONE.code);
    expect(await fetched()).toMatchObject({ errorCode: errors.UNSTABLE_OFFSET_COMMIT.code });
    await end(3, true);
    await settled();
    expect(await fetched()).toMatchObject({ errorCode: NONE.code, committedOffset: 42 });
  });

  test("add themselves since version 5, and are gone when it is aborted", async () => {
    expect(await commit(5)).toBe(NONE.code);
    await end(5, false);
    await settled();
    expect(await fetched()).toMatchObject({ errorCode: NONE.code, committedOffset: -1 });
  });

  test("need a group with a name, and leave to write and to read", async () => {
    expect(await commit(5, "")).toBe(errors.INVALID_GROUP_ID.code);
    expect(await commit(5, "g", "Group:g")).toBe(errors.GROUP_AUTHORIZATION_FAILED.code);
    expect(await commit(5, "g", "TransactionalId:t")).toBe(TRANSACTIONAL_ID_AUTHORIZATION_FAILED.code);
    const request = { ...producer, groupId: "g" };
    const refused = await ask(addOffsetsToTxn, AddOffsetsToTxn, 3, request, caller("Group:g"));
    expect(refused.errorCode).toBe(errors.GROUP_AUTHORIZATION_FAILED.code);
  });
});

describe("who looks for transactions that hang", () => {
  test("finds them by coordinator and by partition, and ends them by force", async () => {
    await write({ version: 12 });
    const filters = { stateFilters: ["Ongoing", "Odd"], producerIdFilters: [] };
    const { producerId, producerEpoch, transactionalId } = producer;
    const open = { producerId, transactionalId, transactionState: "Ongoing" };
    expect(await ask(listTransactions, ListTransactions, 2, filters, caller())).toMatchObject({
      unknownStateFilters: ["Odd"],
      transactionStates: [open],
    });
    const described = await ask(describeTransactions, DescribeTransactions, 0, { transactionalIds: ["t"] }, caller());
    expect(described.transactionStates).toMatchObject([{ ...open, topics: [{ topic: "orders", partitions: [0] }] }]);
    const topics = [{ name: "orders", partitionIndexes: [0] }];
    const producers = async () =>
      (await ask(describeProducers, DescribeProducers, 0, { topics }, caller())).topics[0]?.partitions[0]
        ?.activeProducers;
    expect(await producers()).toMatchObject([{ producerId, producerEpoch, currentTxnStartOffset: 0 }]);
    const marker = { producerId, producerEpoch, transactionResult: false, topics, coordinatorEpoch: 0 };
    const written = await ask(writeTxnMarkers, WriteTxnMarkers, 1, { markers: [marker] }, caller());
    expect(written.markers).toMatchObject([{ producerId, topics: [{ partitions: [{ errorCode: NONE.code }] }] }]);
    expect(await producers()).toMatchObject([{ currentTxnStartOffset: -1 }]);
  });

  test("sees only what he may see", async () => {
    await write({ version: 12 });
    const list = async (...forbidden: readonly string[]) =>
      ask(listTransactions, ListTransactions, 2, { stateFilters: [], producerIdFilters: [] }, caller(...forbidden));
    expect((await list("TransactionalId:t")).transactionStates).toEqual([]);
    const describing = { transactionalIds: ["t"] };
    const hidden = await ask(describeTransactions, DescribeTransactions, 0, describing, caller("Topic:orders"));
    expect(hidden.transactionStates).toMatchObject([{ errorCode: NONE.code, topics: [] }]);
    const marker = { ...producer, transactionResult: false, topics: [{ name: "orders", partitionIndexes: [0] }] };
    const forbidden = caller("Cluster:kafka-cluster");
    const markers = [{ ...marker, coordinatorEpoch: 0 }];
    const refused = await ask(writeTxnMarkers, WriteTxnMarkers, 1, { markers }, forbidden);
    const errorCode = errors.CLUSTER_AUTHORIZATION_FAILED.code;
    expect(refused.markers).toMatchObject([{ topics: [{ partitions: [{ errorCode }] }] }]);
  });

  test("is told that his pattern is none", async () => {
    const request = { stateFilters: [], producerIdFilters: [], transactionalIdPattern: "(" };
    const { errorCode } = await ask(listTransactions, ListTransactions, 2, request, caller());
    expect(errorCode).toBe(errors.INVALID_REGULAR_EXPRESSION.code);
  });
});

import { Produce } from "../../../src/protocol/messages/00-produce.js";
import { Fetch } from "../../../src/protocol/messages/01-fetch.js";
import { ListOffsets } from "../../../src/protocol/messages/02-list-offsets.js";
import { FindCoordinator } from "../../../src/protocol/messages/10-find-coordinator.js";
import { InitProducerId } from "../../../src/protocol/messages/22-init-producer-id.js";
import { AddPartitionsToTxn } from "../../../src/protocol/messages/24-add-partitions-to-txn.js";
import { EndTxn } from "../../../src/protocol/messages/26-end-txn.js";
import { WriteTxnMarkers } from "../../../src/protocol/messages/27-write-txn-markers.js";
import { DescribeProducers } from "../../../src/protocol/messages/61-describe-producers.js";
import { DescribeTransactions } from "../../../src/protocol/messages/65-describe-transactions.js";
import { ListTransactions } from "../../../src/protocol/messages/66-list-transactions.js";
import { batchOf, fetchFrom, produceTo } from "../requests.js";
import { type Connection, type Session, scenario } from "../scenario.js";
import { ended, READ_COMMITTED, readCommitted, TransactionalProducer } from "../transaction-steps.js";

async function begin(session: Session, name: string, partitions = 1) {
  await session.topic(name, partitions);
  await session.transactionCoordinator(name);
  const connection = await session.connect();
  return { connection, producer: new TransactionalProducer(connection, name), topic: name };
}

function describeProducers(connection: Connection, name: string, partitionIndexes = [0]) {
  return connection.send(DescribeProducers, 0, { topics: [{ name, partitionIndexes }] });
}

export const findTransactionCoordinator = scenario("find-transaction-coordinator", async (session) => {
  await session.transactionCoordinator("found");
  const connection = await session.connect();
  for (const version of [1, 2, 3]) await connection.send(FindCoordinator, version, { key: "found", keyType: 1 });
  for (const version of [4, 5, 6]) {
    await connection.send(FindCoordinator, version, { keyType: 1, coordinatorKeys: ["found", "another", ""] });
  }
});

export const initTransactionalProducer = scenario("init-transactional-producer", async (session) => {
  await session.transactionCoordinator("inited");
  const connection = await session.connect();
  const producer = new TransactionalProducer(connection, "inited");
  for (let version = 0; version <= 5; version += 1) await producer.init(version);
  await producer.init(4, { goesOn: true });
  const { producerId, epoch } = producer;
  // A retry with the epoch that it had is answered as before; what is older is fenced.
  const again = { transactionalId: "inited", transactionTimeoutMs: 60_000, producerId };
  for (const version of [3, 4]) {
    await connection.send(InitProducerId, version, { ...again, producerEpoch: epoch - 1 });
    await connection.send(InitProducerId, version, { ...again, producerEpoch: epoch - 2 });
  }
  await connection.send(InitProducerId, 4, { ...again, producerEpoch: epoch + 5 });
  await connection.send(InitProducerId, 4, { ...again, producerId: producerId + 1_000_000, producerEpoch: 0 });
  await connection.send(InitProducerId, 4, { ...again, producerId: -1, producerEpoch: 0 });
  await connection.send(InitProducerId, 4, { ...again, producerEpoch: -1 });
  const fresh = { transactionalId: "inited-anew", producerId: -1, producerEpoch: -1 };
  for (const transactionTimeoutMs of [0, -1, 900_001, 900_000]) {
    await connection.send(InitProducerId, 4, { ...fresh, transactionTimeoutMs });
  }
  await connection.send(InitProducerId, 4, { ...fresh, transactionalId: "", transactionTimeoutMs: 60_000 });
  // An id that the coordinator has never heard of, with a producer id of its own.
  const unheard = { transactionalId: "inited-unheard", transactionTimeoutMs: 60_000, producerId, producerEpoch: epoch };
  await connection.send(InitProducerId, 4, unheard);
});

export const transactionOfTheFirstGeneration = scenario("transaction-v1", async (session) => {
  const { connection, producer, topic } = await begin(session, "transaction-v1");
  await producer.init(4);
  for (let version = 0; version <= 3; version += 1) {
    const commit = version % 2 === 0;
    await producer.add(version, topic);
    await producer.produce(9, topic, `${commit ? "committed" : "aborted"} ${version}`, "and more");
    await connection.send(Fetch, 11, { ...fetchFrom(topic, 0), isolationLevel: READ_COMMITTED });
    await describeProducers(connection, topic);
    await connection.send(DescribeTransactions, 0, { transactionalIds: [topic] });
    await producer.end(version, commit);
    await ended(connection, topic);
  }
  await producer.add(3, topic);
  await producer.produce(11, topic, "with the last version that verifies");
  await producer.end(4, false);
  await ended(connection, topic);
  await readCommitted(connection, topic);
  await readCommitted(connection, topic, 4);
  await connection.send(Fetch, 11, fetchFrom(topic, 0));
  await describeProducers(connection, topic);
  for (const isolationLevel of [0, READ_COMMITTED]) {
    const partitions = [{ partitionIndex: 0, timestamp: -1 }];
    await connection.send(ListOffsets, 7, { replicaId: -1, isolationLevel, topics: [{ name: topic, partitions }] });
  }
});

export const transactionOfTheSecondGeneration = scenario("transaction-v2", async (session) => {
  const { connection, producer, topic } = await begin(session, "transaction-v2");
  await producer.init(5);
  for (const commit of [true, false, true]) {
    await producer.produce(12, topic, commit ? "committed" : "aborted");
    await producer.produce(12, topic, "and more");
    await connection.send(DescribeTransactions, 0, { transactionalIds: [topic] });
    const partitions = [{ partitionIndex: 0, timestamp: -1 }];
    const latest = { replicaId: -1, isolationLevel: READ_COMMITTED, topics: [{ name: topic, partitions }] };
    await connection.send(ListOffsets, 7, latest);
    await producer.end(5, commit);
    await ended(connection, topic);
    await readCommitted(connection, topic);
  }
  await connection.send(Fetch, 11, fetchFrom(topic, 0));
  await describeProducers(connection, topic);
  // Nothing was written: an abort has nothing to end, and bumps the epoch all the same; a commit is wrong.
  await producer.end(5, false);
  await producer.end(5, false);
  await producer.end(5, true);
});

export const transactionRetries = scenario("transaction-retries", async (session) => {
  const { connection, producer, topic } = await begin(session, "transaction-retries");
  await producer.init(5);
  const first = producer.produceRequest(topic, ["once"]);
  await connection.send(Produce, 12, first);
  await connection.send(Produce, 12, first);
  const { identity } = producer;
  await producer.end(5, true);
  // The answer may have been lost: the same end is answered with the same epoch, the other way is an error.
  await ended(connection, topic);
  await connection.send(EndTxn, 5, { ...identity, committed: true });
  await connection.send(EndTxn, 5, { ...identity, committed: false });
  await connection.send(Produce, 12, first);
  await connection.send(EndTxn, 4, { ...identity, committed: true });
  const old = new TransactionalProducer(connection, topic);
  await old.init(4);
  await old.add(3, topic);
  await old.add(3, topic);
  await old.end(3, false);
  await ended(connection, topic);
  await old.end(3, false);
  await old.end(3, true);
});

export const transactionErrors = scenario("transaction-errors", async (session) => {
  const { connection, producer, topic } = await begin(session, "transaction-errors", 2);
  for (const version of [0, 2, 3]) await producer.add(version, topic);
  for (const version of [1, 2, 4, 5]) await producer.end(version, true);
  await producer.init(4);
  for (const version of [1, 4, 5]) await connection.send(EndTxn, version, { ...producer.identity, committed: true });
  await producer.add(3, "transaction-nowhere");
  await producer.add(3, topic, [0, 1, 2]);
  const right = { ...producer };
  for (const version of [1, 3]) {
    producer.epoch = right.epoch + 1;
    await producer.add(version, topic);
    producer.epoch = right.epoch - 1;
    await producer.add(version, topic);
    await producer.end(version, true);
    producer.epoch = right.epoch;
    producer.producerId += 1_000_000;
    await producer.add(version, topic);
    await producer.end(version, false);
    producer.producerId = right.producerId;
  }
  const stranger = new TransactionalProducer(connection, "transaction-stranger");
  await stranger.add(3, topic);
  await connection.send(EndTxn, 4, { ...producer.identity, transactionalId: "", committed: true });
  await connection.send(DescribeTransactions, 0, { transactionalIds: ["transaction-stranger", "", topic] });
});

export const produceInTransactionErrors = scenario("produce-in-transaction-errors", async (session) => {
  const { connection, producer, topic } = await begin(session, "produce-in-txn", 2);
  await producer.init(4);
  // Not in any transaction: versions before 12 do not begin one.
  for (const version of [9, 10, 11]) await producer.produce(version, topic, "too early");
  await producer.add(3, topic);
  await connection.send(Produce, 9, producer.produceRequest(topic, ["not in this partition"], 1));
  await connection.send(Produce, 11, producer.produceRequest(topic, ["not in this partition"], 1));
  const { transactionalId: _, ...anonymous } = producer.produceRequest(topic, ["no transactional id"]);
  await connection.send(Produce, 9, anonymous);
  const plain = produceTo(
    topic,
    batchOf(["plain"], { producer: { id: producer.producerId, epoch: 0, baseSequence: 0 } }),
  );
  await connection.send(Produce, 9, { ...plain, transactionalId: topic });
  await producer.produce(9, topic, "in the transaction");
  producer.sequence += 1;
  await producer.produce(9, topic, "a gap");
  producer.sequence -= 1;
  producer.epoch -= 1;
  await producer.produce(9, topic, "an old epoch");
  producer.epoch += 2;
  await producer.produce(11, topic, "an epoch to come");
  await producer.produce(12, topic, "an epoch to come");
  producer.epoch -= 1;
  const stranger = new TransactionalProducer(connection, "produce-in-txn-stranger");
  stranger.producerId = producer.producerId + 1_000_000;
  stranger.epoch = 0;
  for (const version of [9, 11, 12]) await stranger.produce(version, topic, "nobody");
  await producer.end(3, true);
  await ended(connection, topic);
  await producer.produce(11, topic, "too late");
  await connection.send(Produce, 12, producer.produceRequest("produce-in-txn-nowhere", ["nowhere"]));
  await readCommitted(connection, topic);
});

export const fencing = scenario("fencing", async (session) => {
  const { connection, producer, topic } = await begin(session, "fencing");
  await producer.init(5);
  await producer.produce(12, topic, "of the first");
  const second = new TransactionalProducer(connection, topic);
  await second.init(5);
  await producer.produce(12, topic, "of the fenced");
  await producer.produce(11, topic, "of the fenced");
  await producer.add(3, topic);
  for (const version of [1, 4, 5]) await connection.send(EndTxn, version, { ...producer.identity, committed: true });
  await producer.init(4, { goesOn: true });
  await second.produce(12, topic, "of the second");
  await second.end(5, true);
  await ended(connection, topic);
  await readCommitted(connection, topic);
  await connection.send(Fetch, 11, fetchFrom(topic, 0));
});

export const betweenBrokers = scenario("add-partitions-between-brokers", async (session) => {
  const { connection, producer, topic } = await begin(session, "between-brokers", 2);
  await producer.init(5);
  const topics = [{ name: topic, partitions: [0, 1] }];
  const one = (verifyOnly: boolean, more: object = {}) => ({ ...producer.identity, verifyOnly, topics, ...more });
  for (const version of [4, 5]) {
    await connection.send(AddPartitionsToTxn, version, { transactions: [one(true)] });
    const stranger = one(true, { transactionalId: "between-brokers-stranger" });
    await connection.send(AddPartitionsToTxn, version, { transactions: [one(true, { producerEpoch: 9 }), stranger] });
  }
  await connection.send(AddPartitionsToTxn, 5, {
    transactions: [one(false, { topics: [{ name: topic, partitions: [0] }] })],
  });
  for (const version of [4, 5]) await connection.send(AddPartitionsToTxn, version, { transactions: [one(true)] });
  await connection.send(AddPartitionsToTxn, 5, { transactions: [one(false, { producerEpoch: 9 })] });
  const nowhere = [{ name: "between-brokers-nowhere", partitions: [0] }];
  await connection.send(AddPartitionsToTxn, 5, { transactions: [one(false, { topics: [...topics, ...nowhere] })] });
  // A request without transactions is left out: Apache Kafka 4.3.1 never answers it.
  await producer.end(5, false);
});

export const describeTransactions = scenario("describe-transactions", async (session) => {
  const { connection, producer, topic } = await begin(session, "described-txn", 3);
  const list = (version: number, more: object = {}) =>
    connection.send(ListTransactions, version, { stateFilters: [], producerIdFilters: [], ...more });
  await producer.init(4);
  await connection.send(DescribeTransactions, 0, { transactionalIds: [topic] });
  await producer.add(3, topic, [0, 2]);
  await producer.produce(9, topic, "open");
  await connection.send(DescribeTransactions, 0, { transactionalIds: [topic] });
  const pattern = { transactionalIdPattern: "described-.*" };
  await list(2, pattern);
  for (const version of [0, 1, 2]) {
    const only = { producerIdFilters: [producer.producerId] };
    await list(version, only);
    await list(version, { ...only, stateFilters: ["Ongoing", "Nonsense"] });
    await list(version, { ...only, stateFilters: ["CompleteCommit"] });
    await list(version, { stateFilters: ["nonsense"], producerIdFilters: [1_000_000_000] });
  }
  await list(1, { durationFilter: 3_600_000 });
  await list(1, { producerIdFilters: [producer.producerId], durationFilter: 0 });
  for (const transactionalIdPattern of ["", "described", ".*bed-txn", "(", "(?=x)"]) {
    await list(2, { transactionalIdPattern, producerIdFilters: [producer.producerId] });
  }
  await describeProducers(connection, topic, [0, 1, 2, 3]);
  await describeProducers(connection, "described-nowhere");
  await producer.end(3, true);
  await ended(connection, topic);
  await list(0, { producerIdFilters: [producer.producerId] });
});

export const writeMarkers = scenario("write-txn-markers", async (session) => {
  const { connection, producer, topic } = await begin(session, "marked");
  for (let epoch = 0; epoch <= 1; epoch += 1) await producer.init(4);
  await producer.add(3, topic);
  await producer.produce(9, topic, "hangs");
  const { producerId, epoch: producerEpoch } = producer;
  const marker = (more: object = {}) => ({
    producerId,
    producerEpoch,
    transactionResult: false,
    topics: [{ name: topic, partitionIndexes: [0] }],
    coordinatorEpoch: 0,
    ...more,
  });
  const send = (version: number, ...markers: ReturnType<typeof marker>[]) =>
    connection.send(WriteTxnMarkers, version, { markers });
  await send(1);
  await send(1, marker({ producerEpoch: producerEpoch - 1 }));
  await send(1, marker({ topics: [{ name: "marked-nowhere", partitionIndexes: [0] }] }));
  await send(1, marker({ topics: [{ name: topic, partitionIndexes: [5] }] }));
  // The second generation wants an epoch that is higher than the one of the records.
  await send(2, marker({ transactionVersion: 2 }));
  await send(2, marker({ coordinatorEpoch: 3 }));
  await readCommitted(connection, topic);
  await describeProducers(connection, topic);
  await send(2, marker({ coordinatorEpoch: 2 }));
  await send(2, marker({ coordinatorEpoch: -1 }));
  await send(1, marker({ producerEpoch: producerEpoch + 1, coordinatorEpoch: 3, transactionResult: true }));
  await send(1, marker({ producerId: 987_654_321, producerEpoch: 5, coordinatorEpoch: 0 }));
  await describeProducers(connection, topic);
  await connection.send(Fetch, 11, fetchFrom(topic, 0));
});

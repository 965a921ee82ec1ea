import { Fetch } from "../../../src/protocol/messages/01-fetch.js";
import { OffsetFetch } from "../../../src/protocol/messages/09-offset-fetch.js";
import { SyncGroup } from "../../../src/protocol/messages/14-sync-group.js";
import { AddOffsetsToTxn } from "../../../src/protocol/messages/25-add-offsets-to-txn.js";
import { TxnOffsetCommit } from "../../../src/protocol/messages/28-txn-offset-commit.js";
import { DescribeTransactions } from "../../../src/protocol/messages/65-describe-transactions.js";
import type { ResponseReceived } from "../../../src/protocol/schema/message.js";
import { joined, syncWith } from "../group-steps.js";
import { fetchFrom } from "../requests.js";
import { type Connection, type Session, scenario } from "../scenario.js";
import { ended, TransactionalProducer } from "../transaction-steps.js";

interface Commit {
  readonly partition?: number;
  readonly metadata?: string | null;
  readonly generationId?: number;
  readonly memberId?: string;
  readonly groupInstanceId?: string;
}

function commit(producer: TransactionalProducer, groupId: string, topic: string, offset: number, more: Commit = {}) {
  const { partition = 0, metadata = "note", ...member } = more;
  const of = { partitionIndex: partition, committedOffset: offset, committedMetadata: metadata };
  return { ...producer.identity, groupId, ...member, topics: [{ name: topic, partitions: [of] }] };
}

function fetchOffsets(connection: Connection, groupId: string, topic: string, requireStable = true) {
  const topics = [{ name: topic, partitionIndexes: [0, 1] }];
  return connection.send(OffsetFetch, 8, { groups: [{ groupId, topics }], requireStable });
}

async function settledOffsets(connection: Connection, groupId: string, topic: string): Promise<void> {
  const topics = [{ name: topic, partitionIndexes: [0, 1] }];
  const isStable = ({ groups }: ResponseReceived<typeof OffsetFetch>) =>
    groups.every((group) =>
      group.topics.every(({ partitions }) => partitions.every(({ errorCode }) => errorCode === 0)),
    );
  await connection.sendUntil(OffsetFetch, 8, { groups: [{ groupId, topics }], requireStable: true }, isStable);
}

async function begin(session: Session, name: string) {
  await session.topic(name, 2);
  await session.coordinator(name);
  await session.transactionCoordinator(name);
  const connection = await session.connect();
  return { connection, producer: new TransactionalProducer(connection, name), name };
}

export const transactionalOffsets = scenario("transactional-offsets", async (session) => {
  const { connection, producer, name } = await begin(session, "offsets-in-txn");
  await producer.init(4);
  for (let version = 0; version <= 4; version += 1) {
    const offset = 10 + version;
    await connection.send(AddOffsetsToTxn, version, { ...producer.identity, groupId: name });
    await connection.send(TxnOffsetCommit, version, commit(producer, name, name, offset));
    await fetchOffsets(connection, name, name);
    await fetchOffsets(connection, name, name, false);
    await producer.end(3, version !== 1);
    await ended(connection, name);
    await settledOffsets(connection, name, name);
  }
});

export const transactionalOffsetsAddedByThemselves = scenario("transactional-offsets-v2", async (session) => {
  const { connection, producer, name } = await begin(session, "offsets-in-txn-v2");
  await producer.init(5);
  for (const committed of [true, false]) {
    await producer.produce(12, name, "copied");
    await connection.send(TxnOffsetCommit, 5, commit(producer, name, name, committed ? 1 : 2));
    await connection.send(TxnOffsetCommit, 5, commit(producer, name, name, 7, { partition: 1, metadata: null }));
    await connection.send(DescribeTransactions, 0, { transactionalIds: [name] });
    await fetchOffsets(connection, name, name);
    await producer.end(5, committed);
    await ended(connection, name);
    await settledOffsets(connection, name, name);
  }
  await connection.send(Fetch, 11, fetchFrom(name, 0));
});

export const transactionalOffsetErrors = scenario("transactional-offset-errors", async (session) => {
  const { connection, producer, name } = await begin(session, "offsets-in-txn-errors");
  await producer.init(4);
  // Not added to the transaction, and no version before 5 adds it.
  for (const version of [0, 3, 4]) await connection.send(TxnOffsetCommit, version, commit(producer, name, name, 1));
  const stranger = new TransactionalProducer(connection, "offsets-in-txn-stranger");
  for (const version of [3, 4, 5]) await connection.send(TxnOffsetCommit, version, commit(stranger, name, name, 1));
  for (const version of [1, 3])
    await connection.send(AddOffsetsToTxn, version, { ...stranger.identity, groupId: name });
  await connection.send(AddOffsetsToTxn, 3, { ...producer.identity, groupId: "" });
  await connection.send(AddOffsetsToTxn, 3, { ...producer.identity, groupId: name });
  await connection.send(TxnOffsetCommit, 3, commit(producer, name, name, 1, { generationId: 1, memberId: "nobody" }));
  await connection.send(TxnOffsetCommit, 3, commit(producer, name, name, -1));
  await connection.send(TxnOffsetCommit, 3, commit(producer, "", name, 1));
  await connection.send(TxnOffsetCommit, 3, commit(producer, name, "offsets-nowhere", 1));
  await connection.send(TxnOffsetCommit, 3, commit(producer, name, name, 1, { partition: 9 }));
  await connection.send(TxnOffsetCommit, 3, commit(producer, name, name, 1, { metadata: "x".repeat(4097) }));
  await connection.send(TxnOffsetCommit, 3, commit(producer, name, name, 1, { generationId: 1, memberId: "nobody" }));
  await connection.send(TxnOffsetCommit, 3, commit(producer, name, name, 1, { memberId: "nobody" }));
  producer.epoch += 1;
  for (const version of [3, 4, 5]) await connection.send(TxnOffsetCommit, version, commit(producer, name, name, 2));
  producer.epoch -= 2;
  for (const version of [0, 3, 4, 5]) await connection.send(TxnOffsetCommit, version, commit(producer, name, name, 2));
  await connection.send(AddOffsetsToTxn, 1, { ...producer.identity, groupId: name });
  await connection.send(AddOffsetsToTxn, 3, { ...producer.identity, groupId: name });
  producer.epoch += 1;
  await producer.end(3, true);
  await ended(connection, name);
  await settledOffsets(connection, name, name);
});

export const transactionalOffsetsOfMembers = scenario("transactional-offsets-of-members", async (session) => {
  const { connection, producer, name } = await begin(session, "offsets-of-members");
  const members = await session.connect();
  const member = await joined(members, name);
  const { memberId, generationId } = member;
  await producer.init(5);
  // In CompletingRebalance a transaction may commit.
  await connection.send(TxnOffsetCommit, 5, commit(producer, name, name, 1, { memberId, generationId }));
  await members.send(SyncGroup, 3, syncWith(name, member, { [memberId]: "all" }));
  await connection.send(TxnOffsetCommit, 5, commit(producer, name, name, 2, { memberId, generationId }));
  await connection.send(TxnOffsetCommit, 5, commit(producer, name, name, 3));
  await connection.send(TxnOffsetCommit, 5, commit(producer, name, name, 4, { memberId, generationId: 9 }));
  await connection.send(TxnOffsetCommit, 5, commit(producer, name, name, 4, { memberId }));
  await connection.send(TxnOffsetCommit, 5, commit(producer, name, name, 4, { memberId: "x", generationId }));
  const instance = { memberId, generationId, groupInstanceId: "nobody" };
  await connection.send(TxnOffsetCommit, 5, commit(producer, name, name, 4, instance));
  await producer.end(5, true);
  await ended(connection, name);
  await settledOffsets(connection, name, name);
});

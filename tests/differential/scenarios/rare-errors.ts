/** Errors that no other scenario has a reason to meet: what topics, groups and transactions refuse in odd corners. */
import { Produce } from "../../../src/protocol/messages/00-produce.js";
import { OffsetCommit } from "../../../src/protocol/messages/08-offset-commit.js";
import { OffsetFetch } from "../../../src/protocol/messages/09-offset-fetch.js";
import { FindCoordinator } from "../../../src/protocol/messages/10-find-coordinator.js";
import { JoinGroup } from "../../../src/protocol/messages/11-join-group.js";
import { SyncGroup } from "../../../src/protocol/messages/14-sync-group.js";
import { DeleteRecords } from "../../../src/protocol/messages/21-delete-records.js";
import { AddPartitionsToTxn } from "../../../src/protocol/messages/24-add-partitions-to-txn.js";
import { TxnOffsetCommit } from "../../../src/protocol/messages/28-txn-offset-commit.js";
import { DeleteGroups } from "../../../src/protocol/messages/42-delete-groups.js";
import { OffsetDelete } from "../../../src/protocol/messages/47-offset-delete.js";
import { ConsumerGroupHeartbeat } from "../../../src/protocol/messages/68-consumer-group-heartbeat.js";
import type { RequestToSend } from "../../../src/protocol/schema/message.js";
import { joined, syncWith } from "../group-steps.js";
import { batchOf, joinTo, produceTo } from "../requests.js";
import { type Connection, scenario } from "../scenario.js";
import { TransactionalProducer } from "../transaction-steps.js";

const GROUP_TOPIC = "__consumer_offsets";
const SHARE_KEY = 2;

export const produceRefused = scenario("produce-refused", async (session) => {
  await session.topic("refused-large", 1, { "segment.bytes": "1048576", "max.message.bytes": "3000000" });
  await session.coordinator("refused");
  const connection = await session.connect();
  // Smaller than the largest message, and larger than a segment.
  await connection.send(Produce, 9, produceTo("refused-large", batchOf(["x".repeat(1_500_000)])));
  await connection.send(Produce, 9, produceTo(GROUP_TOPIC, batchOf(["a"])));
  const partitions = [{ partitionIndex: 0, offset: 0 }];
  await connection.send(DeleteRecords, 2, { topics: [{ name: GROUP_TOPIC, partitions }], timeoutMs: 5000 });
});

export const groupsRefused = scenario("groups-refused", async (session) => {
  const groupId = "groups-refused";
  await session.topic(groupId);
  await session.coordinator(groupId);
  const connection = await session.connect();
  await connection.send(DeleteGroups, 2, { groupsNames: ["", groupId] });
  await connection.send(FindCoordinator, 6, { keyType: SHARE_KEY, coordinatorKeys: ["groups-refused:0"] });
  const partitions = [{ partitionIndex: 0, committedOffset: 1, committedMetadata: "" }];
  const commit = { groupId, memberId: "nobody", generationIdOrMemberEpoch: 5, topics: [{ name: groupId, partitions }] };
  for (const version of [8, 9]) await connection.send(OffsetCommit, version, commit);
  const group = { groupId, memberId: "nobody", memberEpoch: 5, topics: null };
  await connection.send(OffsetFetch, 9, { groups: [group], requireStable: false });
  // Not all members are consumers: which topics they want nobody knows.
  const connectors = await joined(connection, groupId, { protocolType: "connect", protocols: ["default"] });
  const assignments = { [connectors.memberId]: "tasks" };
  await connection.send(SyncGroup, 4, syncWith(groupId, connectors, assignments));
  const topics = [{ name: groupId, partitions: [{ partitionIndex: 0 }] }];
  await connection.send(OffsetDelete, 0, { groupId, topics });
  await connection.send(OffsetFetch, 9, { groups: [group], requireStable: false });
});

export const transactionsRefused = scenario("transactions-refused", async (session) => {
  const groupId = "transactions-refused";
  await session.topic(groupId);
  await session.coordinator(groupId);
  await session.transactionCoordinator(groupId);
  await session.transactionCoordinator("nobody");
  const connection = await session.connect();
  const producer = new TransactionalProducer(connection, groupId);
  await producer.init(4);
  await producer.add(3, GROUP_TOPIC);
  for (const v3AndBelowTransactionalId of ["", "nobody"]) {
    const topics = { v3AndBelowTopics: [{ name: groupId, partitions: [0] }] };
    const of = { v3AndBelowTransactionalId, v3AndBelowProducerId: producer.producerId, v3AndBelowProducerEpoch: 0 };
    await connection.send(AddPartitionsToTxn, 3, { ...of, ...topics });
  }
  // The instance starts anew, so its first member is fenced.
  const instance = { groupInstanceId: "instance" };
  const before = await connection.send(JoinGroup, 9, joinTo(groupId, instance));
  await connection.send(SyncGroup, 4, { ...syncWith(groupId, before, { [before.memberId]: "all" }), ...instance });
  await connection.send(JoinGroup, 9, joinTo(groupId, instance));
  const partitions = [{ partitionIndex: 0, committedOffset: 1, committedMetadata: "" }];
  const member = { generationId: before.generationId, memberId: before.memberId, ...instance };
  const commit = { groupId, ...producer.identity, topics: [{ name: groupId, partitions }] };
  await connection.send(TxnOffsetCommit, 5, { ...commit, ...member });
});

/** As many members as `group.consumer.max.size` allows in this run. */
const MEMBERS_MAX = 6;

export const consumerGroupFull = scenario("consumer-group-full", async (session) => {
  const groupId = "consumer-full";
  await session.topic(groupId);
  await session.coordinator(groupId);
  const connection = await session.connect();
  for (let index = 0; index <= MEMBERS_MAX; index += 1)
    await beat(connection, groupId, { memberId: `member-${index}` });
  await connection.send(JoinGroup, 2, joinTo(groupId));
});

export const consumerGroupInstances = scenario("consumer-group-instances", async (session) => {
  const groupId = "consumer-instances";
  await session.topic(groupId);
  await session.coordinator(groupId);
  const connection = await session.connect();
  const instance = { instanceId: "instance" };
  const first = await beat(connection, groupId, { memberId: "first", ...instance });
  await beat(connection, groupId, { memberId: "second", ...instance });
  await beat(connection, groupId, { memberId: "second", memberEpoch: first.memberEpoch, ...instance });
  await beat(connection, groupId, { memberId: "first", memberEpoch: first.memberEpoch, instanceId: "unknown" });
  // It goes for a moment; another takes its place.
  await beat(connection, groupId, { memberId: "first", memberEpoch: -2, ...instance });
  await beat(connection, groupId, { memberId: "second", ...instance });
  await beat(connection, groupId, { memberId: "first", memberEpoch: first.memberEpoch, ...instance });
});

/** A heartbeat of a member that joins, if it does not say otherwise. */
function beat(connection: Connection, groupId: string, more: Partial<RequestToSend<typeof ConsumerGroupHeartbeat>>) {
  const wishes = { rebalanceTimeoutMs: 20_000, subscribedTopicNames: [groupId], topicPartitions: [] };
  return connection.send(ConsumerGroupHeartbeat, 1, { groupId, memberId: "", memberEpoch: 0, ...wishes, ...more });
}

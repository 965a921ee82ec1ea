/** Groups and transactions at brokers that do not coordinate them. Partition N of either topic is led by broker N + 1. */
import { OffsetCommit } from "../../../../src/protocol/messages/08-offset-commit.js";
import { OffsetFetch } from "../../../../src/protocol/messages/09-offset-fetch.js";
import { FindCoordinator } from "../../../../src/protocol/messages/10-find-coordinator.js";
import { JoinGroup } from "../../../../src/protocol/messages/11-join-group.js";
import { Heartbeat } from "../../../../src/protocol/messages/12-heartbeat.js";
import { LeaveGroup } from "../../../../src/protocol/messages/13-leave-group.js";
import { SyncGroup } from "../../../../src/protocol/messages/14-sync-group.js";
import { DescribeGroups } from "../../../../src/protocol/messages/15-describe-groups.js";
import { ListGroups } from "../../../../src/protocol/messages/16-list-groups.js";
import { InitProducerId } from "../../../../src/protocol/messages/22-init-producer-id.js";
import { AddPartitionsToTxn } from "../../../../src/protocol/messages/24-add-partitions-to-txn.js";
import { AddOffsetsToTxn } from "../../../../src/protocol/messages/25-add-offsets-to-txn.js";
import { EndTxn } from "../../../../src/protocol/messages/26-end-txn.js";
import { TxnOffsetCommit } from "../../../../src/protocol/messages/28-txn-offset-commit.js";
import { DeleteGroups } from "../../../../src/protocol/messages/42-delete-groups.js";
import { OffsetDelete } from "../../../../src/protocol/messages/47-offset-delete.js";
import { DescribeTransactions } from "../../../../src/protocol/messages/65-describe-transactions.js";
import { ListTransactions } from "../../../../src/protocol/messages/66-list-transactions.js";
import { ConsumerGroupHeartbeat } from "../../../../src/protocol/messages/68-consumer-group-heartbeat.js";
import { ConsumerGroupDescribe } from "../../../../src/protocol/messages/69-consumer-group-describe.js";
import { joinTo } from "../../requests.js";
import { type ClusterSession, story } from "../story.js";

/** By their hashes, groups and transactional ids of these names fall on brokers 1, 2 and 3. */
const names = ["a", "b", "c"] as const;
const [GROUP, TRANSACTION] = [0, 1];

async function coordinatorOf(cluster: ClusterSession, key: string, keyType: number): Promise<number> {
  const { nodeId } = await cluster.silently(
    1,
    FindCoordinator,
    3,
    { key, keyType },
    ({ errorCode }) => errorCode === 0,
  );
  return nodeId ?? -1;
}

export const findCoordinators = story("find-coordinators", async (cluster) => {
  for (const keyType of [GROUP, TRANSACTION]) {
    for (const key of names) await coordinatorOf(cluster, key, keyType);
    for (const whom of [1, 2, 3]) {
      for (const version of [1, 2, 3]) await cluster.ask(whom, FindCoordinator, version, { key: "a", keyType });
      for (const version of [4, 5, 6]) {
        await cluster.ask(whom, FindCoordinator, version, { keyType, coordinatorKeys: names });
      }
    }
  }
  await cluster.turn("broker 3 stops");
  for (const keyType of [GROUP, TRANSACTION]) {
    for (const whom of [1, 2]) {
      await cluster.ask(whom, FindCoordinator, 4, { keyType, coordinatorKeys: names });
    }
  }
});

export const groupsElsewhere = story("groups-elsewhere", async (cluster) => {
  await cluster.topic("consumed", [[1, 2]]);
  const groupId = "a";
  const coordinator = await coordinatorOf(cluster, groupId, GROUP);
  await cluster.silently(
    coordinator,
    DescribeGroups,
    5,
    { groups: [groupId] },
    ({ groups }) => groups[0]?.errorCode === 0,
  );
  const other = (coordinator % 3) + 1;
  const member = { groupId, generationId: 1, memberId: "m" };
  for (const version of [0, 3, 4, 5, 7, 9]) await cluster.ask(other, JoinGroup, version, joinTo(groupId));
  for (const version of [0, 3, 5]) {
    const protocol = version === 5 ? { protocolType: "consumer", protocolName: "range" } : {};
    await cluster.ask(other, SyncGroup, version, { ...member, ...protocol, assignments: [] });
  }
  for (const version of [0, 3, 4]) await cluster.ask(other, Heartbeat, version, member);
  await cluster.ask(other, LeaveGroup, 2, { groupId, memberId: "m" });
  for (const version of [3, 5])
    await cluster.ask(other, LeaveGroup, version, { groupId, members: [{ memberId: "m" }] });
  for (const version of [0, 5, 6])
    await cluster.ask(other, DescribeGroups, version, { groups: [groupId, "", "b", "c"] });
  for (const version of [0, 2])
    await cluster.ask(other, DeleteGroups, version, { groupsNames: [groupId, "", "b", "c"] });
  const topics = [{ name: "consumed", partitions: [{ partitionIndex: 0, committedOffset: 1, committedMetadata: "" }] }];
  for (const version of [2, 7, 8, 9]) await cluster.ask(other, OffsetCommit, version, { groupId, topics });
  const asked = [{ name: "consumed", partitionIndexes: [0] }];
  for (const version of [1, 2, 5, 7]) await cluster.ask(other, OffsetFetch, version, { groupId, topics: asked });
  for (const version of [8, 9]) {
    const groups = [groupId, "b", "c"].map((id) => ({ groupId: id, topics: asked }));
    await cluster.ask(other, OffsetFetch, version, { groups });
  }
  await cluster.ask(other, OffsetDelete, 0, {
    groupId,
    topics: [{ name: "consumed", partitions: [{ partitionIndex: 0 }] }],
  });
  for (const version of [0, 1]) {
    const wishes = { rebalanceTimeoutMs: 20_000, subscribedTopicNames: ["consumed"], topicPartitions: [] };
    await cluster.ask(other, ConsumerGroupHeartbeat, version, { groupId, memberId: "m", memberEpoch: 0, ...wishes });
    await cluster.ask(other, ConsumerGroupDescribe, version, {
      groupIds: [groupId, "b", "c"],
      includeAuthorizedOperations: false,
    });
  }
  await cluster.ask(other, ListGroups, 5, { statesFilter: [], typesFilter: [] });
});

export const transactionsElsewhere = story("transactions-elsewhere", async (cluster) => {
  await cluster.topic("written-to", [[1, 2]]);
  const transactionalId = "a";
  const coordinator = await coordinatorOf(cluster, transactionalId, TRANSACTION);
  const other = (coordinator % 3) + 1;
  const producer = { transactionalId, producerId: 7, producerEpoch: 0 };
  for (const version of [0, 2, 4, 5]) {
    await cluster.ask(other, InitProducerId, version, { transactionalId, transactionTimeoutMs: 60_000 });
  }
  for (const version of [0, 3]) {
    await cluster.ask(other, AddPartitionsToTxn, version, {
      v3AndBelowTransactionalId: transactionalId,
      v3AndBelowProducerId: 7,
      v3AndBelowProducerEpoch: 0,
      v3AndBelowTopics: [{ name: "written-to", partitions: [0] }],
    });
  }
  for (const version of [4, 5]) {
    const transaction = { ...producer, verifyOnly: false, topics: [{ name: "written-to", partitions: [0] }] };
    await cluster.ask(other, AddPartitionsToTxn, version, { transactions: [transaction] });
  }
  for (const version of [0, 3, 4]) await cluster.ask(other, AddOffsetsToTxn, version, { ...producer, groupId: "a" });
  for (const version of [0, 3, 4, 5]) await cluster.ask(other, EndTxn, version, { ...producer, committed: true });
  await cluster.ask(other, DescribeTransactions, 0, { transactionalIds: [transactionalId, "b", "c", ""] });
  await cluster.ask(other, ListTransactions, 1, { stateFilters: [], producerIdFilters: [] });
  const group = await coordinatorOf(cluster, "a", GROUP);
  const topics = [
    { name: "written-to", partitions: [{ partitionIndex: 0, committedOffset: 1, committedMetadata: "" }] },
  ];
  for (const version of [0, 3, 5]) {
    await cluster.ask((group % 3) + 1, TxnOffsetCommit, version, { ...producer, groupId: "a", topics });
  }
});

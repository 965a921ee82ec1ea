/** Partitions that move between brokers: what may be asked for, and what is told while they move. */
import { Metadata } from "../../../../src/protocol/messages/03-metadata.js";
import { AlterPartitionReassignments } from "../../../../src/protocol/messages/45-alter-partition-reassignments.js";
import { ListPartitionReassignments } from "../../../../src/protocol/messages/46-list-partition-reassignments.js";
import { DescribeTopicPartitions } from "../../../../src/protocol/messages/75-describe-topic-partitions.js";
import { type ClusterSession, story } from "../story.js";

interface MoveOptions {
  readonly whom?: number;
  readonly version?: number;
  readonly keepFactor?: boolean;
}

/** Replicas by partition; null takes a move back. */
function move(
  cluster: ClusterSession,
  name: string,
  partitions: Readonly<Record<number, readonly number[] | null>>,
  { whom = 2, version = 1, keepFactor = false }: MoveOptions = {},
) {
  const entries = Object.entries(partitions).map(([index, replicas]) => ({ partitionIndex: Number(index), replicas }));
  return cluster.ask(whom, AlterPartitionReassignments, version, {
    timeoutMs: 5000,
    ...(version === 0 ? {} : { allowReplicationFactorChange: !keepFactor }),
    topics: [{ name, partitions: entries }],
  });
}

function list(cluster: ClusterSession, whom: number, name: string | null, ...partitionIndexes: number[]) {
  const topics = name === null ? null : [{ name, partitionIndexes }];
  return cluster.ask(whom, ListPartitionReassignments, 0, { timeoutMs: 5000, topics });
}

function describe(cluster: ClusterSession, ...names: string[]) {
  return cluster.ask(1, DescribeTopicPartitions, 0, { topics: names.map((name) => ({ name })) });
}

export const reassignmentsCarriedOut = story("reassignments-carried-out", async (cluster) => {
  await cluster.topic("moved", [
    [1, 2],
    [2, 3],
  ]);
  const moves: readonly (readonly [replicas: readonly number[], leader: number, version: number])[] = [
    [[2, 1], 1, 0],
    [[1, 3], 1, 1],
    [[1, 3, 2], 1, 1],
    [[3], 3, 1],
    [[2, 1], 2, 1],
    [[3, 2, 1], 2, 0],
  ];
  for (const [replicas, leader, version] of moves) {
    await move(cluster, "moved", { 0: replicas }, { version, whom: leader });
    await cluster.shows("moved", 0, { replicas, isr: replicas, leader });
    await cluster.ask(1, Metadata, 12, { topics: [{ name: "moved" }], allowAutoTopicCreation: false });
  }
  await list(cluster, 3, "moved", 0, 1);
  // What is so already.
  await move(cluster, "moved", { 0: [3, 2, 1], 1: [2, 3] });
  await describe(cluster, "moved");
});

export const reassignmentsRefused = story("reassignments-refused", async (cluster) => {
  await cluster.topic("unmoved", [
    [1, 2],
    [2, 3],
  ]);
  for (const replicas of [[], [1, 1], [4], [1, 4], [-1], [1, 2, 3, 4], [1, 2, 3, 3], null]) {
    await move(cluster, "unmoved", { 0: replicas });
    await move(cluster, "unmoved", { 0: replicas }, { version: 0 });
    await move(cluster, "unmoved", { 0: replicas }, { keepFactor: true });
  }
  for (const replicas of [[1], [3], [1, 2, 3]]) await move(cluster, "unmoved", { 0: replicas }, { keepFactor: true });
  await move(cluster, "unmoved", { 7: [1, 2] });
  await move(cluster, "unmoved", { 7: null });
  await move(cluster, "unmoved", { "-1": [1, 2] } as Record<number, number[]>);
  await move(cluster, "unmoved-unknown", { 0: [1, 2] });
  await move(cluster, "unmoved-unknown", { 0: null });
  await move(cluster, "unmoved", { 0: [1, 4], 1: [3, 2], 7: [1] });
  await cluster.shows("unmoved", 1, { replicas: [3, 2], isr: [2, 3] });
  await describe(cluster, "unmoved");
});

/** The replica that is added lies on a broker that is down, so the move goes on. */
export const reassignmentsUnderWay = story("reassignments-under-way", async (cluster) => {
  await cluster.topic("moving", [
    [1, 2],
    [1, 2],
    [2, 1],
    [3, 1],
  ]);
  await cluster.topic("moving-one", [[1]]);
  await cluster.topic("moving-all", [[1, 2, 3]]);
  await cluster.turn("broker 3 stops");
  await move(cluster, "moving", { 0: [3, 1], 1: [3], 2: [2, 1, 3], 3: [1, 2] });
  await move(cluster, "moving-one", { 0: [3, 1] });
  await move(cluster, "moving-all", { 0: [1, 2] });
  await cluster.shows("moving", 3, { replicas: [1, 2], isr: [1, 2] });
  await cluster.shows("moving-all", 0, { replicas: [1, 2], isr: [1, 2] });
  const names = ["moving", "moving-one", "moving-all"].map((name) => ({ name }));
  await list(cluster, 2, null);
  await list(cluster, 1, "moving", 0, 1, 2, 3, 7);
  await list(cluster, 1, "moving");
  await list(cluster, 1, "moving-unknown", 0);
  for (const version of [7, 12]) {
    await cluster.ask(2, Metadata, version, { topics: names, allowAutoTopicCreation: false });
  }
  await describe(cluster, "moving", "moving-one");
  for (const replicas of [[3, 1, 2], [2]]) await move(cluster, "moving", { 0: replicas }, { keepFactor: true });
  await move(cluster, "moving-one", { 0: [3] }, { keepFactor: true });
  await move(cluster, "moving", { 1: null, 2: null, 3: null });
  await list(cluster, 1, "moving", 0, 1, 2, 3);
  await describe(cluster, "moving", "moving-one");
  await cluster.turn("both return");
  await cluster.shows("moving-one", 0, { replicas: [3, 1], isr: [1, 3] });
  await cluster.shows("moving", 0, { replicas: [3, 1], isr: [1, 3] });
  await cluster.shows("moving", 1, { isr: [1, 2] });
  await cluster.shows("moving", 2, { isr: [1, 2] });
  await list(cluster, 3, "moving", 0, 1, 2, 3);
  await describe(cluster, "moving", "moving-one");
});

export const reassignmentsWithAnotherGoal = story("reassignments-with-another-goal", async (cluster) => {
  await cluster.topic("turned", [
    [1, 2],
    [1, 2],
  ]);
  await cluster.turn("broker 3 stops");
  await move(cluster, "turned", { 0: [3, 1], 1: [3, 1] });
  await move(cluster, "turned", { 0: [3, 2] });
  await list(cluster, 1, "turned", 0);
  // Back to where it was.
  await move(cluster, "turned", { 1: [1, 2] });
  await list(cluster, 1, "turned", 1);
});

export const reassignmentOfAnOfflinePartition = story("reassignment-of-an-offline-partition", async (cluster) => {
  await cluster.topic("moved-offline", [[3]]);
  await cluster.topic("moved-half", [[3, 2]]);
  await cluster.turn("broker 3 stops");
  await move(cluster, "moved-offline", { 0: [1] });
  await move(cluster, "moved-half", { 0: [1, 2] });
  await cluster.shows("moved-half", 0, { replicas: [1, 2], isr: [1, 2] });
  await list(cluster, 1, "moved-offline", 0);
  await describe(cluster, "moved-half", "moved-offline");
  await cluster.turn("both return");
  await cluster.shows("moved-offline", 0, { replicas: [1], isr: [1], leader: 1 });
  await describe(cluster, "moved-half", "moved-offline");
});

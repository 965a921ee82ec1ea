/** Who leads and who holds: elections and reassignments, as far as one node can show them. */
import { setTimeout as sleep } from "node:timers/promises";
import { DescribeConfigs } from "../../../src/protocol/messages/32-describe-configs.js";
import { AlterConfigs } from "../../../src/protocol/messages/33-alter-configs.js";
import { ElectLeaders } from "../../../src/protocol/messages/43-elect-leaders.js";
import { AlterPartitionReassignments } from "../../../src/protocol/messages/45-alter-partition-reassignments.js";
import { ListPartitionReassignments } from "../../../src/protocol/messages/46-list-partition-reassignments.js";
import { scenario } from "../scenario.js";

const [PREFERRED, UNCLEAN] = [0, 1];

export const electLeaders = scenario("elect-leaders", async (session) => {
  await session.topic("elected", 2);
  // Who asks for all partitions is told of internal topics as well: this one is there by now.
  await session.coordinator("elected");
  const connection = await session.connect();
  const named = (topic: string, ...partitions: number[]) => ({ topic, partitions });
  for (const version of [0, 1, 2]) {
    await connection.send(ElectLeaders, version, {
      electionType: PREFERRED,
      topicPartitions: [named("elected", 0, 1)],
      timeoutMs: 5000,
    });
  }
  const elect = (electionType: number, topicPartitions: ReturnType<typeof named>[] | null) =>
    connection.send(ElectLeaders, 2, { electionType, topicPartitions, timeoutMs: 5000 });
  await elect(UNCLEAN, [named("elected", 0)]);
  await elect(PREFERRED, [named("elected", 0, 7), named("elected-unknown", 0)]);
  await elect(UNCLEAN, [named("elected", 7), named("elected-unknown", 0)]);
  await elect(PREFERRED, []);
  await elect(PREFERRED, [named("elected")]);
  await elect(PREFERRED, null);
  await elect(UNCLEAN, null);
  await elect(PREFERRED, [named("", 0)]);
  await elect(PREFERRED, [named("elected", 0, 0)]);
  await elect(PREFERRED, [named("elected", -1)]);
});

export const electLeadersOfAnUnknownType = scenario("elect-leaders-of-an-unknown-type", async (session) => {
  const connection = await session.connect();
  await session.topic("elected-somehow");
  for (const partitions of [[], [0]]) {
    const topicPartitions = [{ topic: "elected-somehow", partitions }];
    await connection.send(ElectLeaders, 2, { electionType: 5, topicPartitions, timeoutMs: 5000 });
  }
});

export const reassignments = scenario("reassignments", async (session) => {
  await session.topic("reassigned", 2);
  const connection = await session.connect();
  const move = (
    partitions: Readonly<Record<number, readonly number[] | null>>,
    { topic = "reassigned", version = 1, keepFactor = false } = {},
  ) =>
    connection.send(AlterPartitionReassignments, version, {
      timeoutMs: 5000,
      ...(version === 1 ? { allowReplicationFactorChange: !keepFactor } : {}),
      topics: [
        {
          name: topic,
          partitions: Object.entries(partitions).map(([index, replicas]) => ({
            partitionIndex: Number(index),
            replicas,
          })),
        },
      ],
    });
  for (const version of [0, 1]) await move({ 0: [1], 1: [1] }, { version });
  await move({ 0: null });
  await move({ 0: [] });
  await move({ 0: [1, 1] });
  await move({ 0: [2] });
  await move({ 0: [1, 2] });
  await move({ 0: [1, 2] }, { keepFactor: true });
  await move({ 0: [2] }, { keepFactor: true });
  await move({ 0: [-1] });
  await move({ 0: [1] }, { keepFactor: true });
  await move({ 7: [1] });
  await move({ 7: null });
  await move({ 0: [1] }, { topic: "reassigned-unknown" });
  await move({ 0: null }, { topic: "reassigned-unknown" });
  await move({ 0: [1] }, { topic: "" });
  await move({});
  await connection.send(AlterPartitionReassignments, 1, { timeoutMs: 5000, topics: [] });
  const twice = { name: "reassigned", partitions: [{ partitionIndex: 0, replicas: [1] }] };
  await connection.send(AlterPartitionReassignments, 1, { timeoutMs: 5000, topics: [twice, twice] });
  for (const topics of [
    null,
    [],
    [{ name: "reassigned", partitionIndexes: [0, 1, 7] }],
    [{ name: "reassigned-unknown", partitionIndexes: [0] }],
    [{ name: "", partitionIndexes: [0] }],
  ]) {
    await connection.send(ListPartitionReassignments, 0, { timeoutMs: 5000, topics });
  }
});

/** Kafka's tool sets these before it moves anything, and takes them away afterwards. */
export const replicationThrottles = scenario("replication-throttles", async (session) => {
  await session.topic("throttled");
  const connection = await session.connect();
  for (const [resourceType, resourceName, name, value] of [
    [4, "1", "leader.replication.throttled.rate", "1000000"],
    [4, "1", "follower.replication.throttled.rate", "-1"],
    [4, "1", "replica.alter.log.dirs.io.max.bytes.per.second", "1000000"],
    [2, "throttled", "leader.replication.throttled.replicas", "0:1"],
    [2, "throttled", "leader.replication.throttled.replicas", "everything"],
  ] as const) {
    const resources = [{ resourceType, resourceName, configs: [{ name, value }] }];
    await connection.send(AlterConfigs, 2, { resources, validateOnly: false });
  }
  await sleep(300);
  for (const configurationKeys of [null, ["leader.replication.throttled.rate"]]) {
    const resources = [{ resourceType: 4, resourceName: configurationKeys === null ? "" : "1", configurationKeys }];
    await connection.send(DescribeConfigs, 4, { resources, includeSynonyms: true });
  }
  const emptied = [{ resourceType: 4, resourceName: "1", configs: [] }];
  await connection.send(AlterConfigs, 2, { resources: emptied, validateOnly: false });
});

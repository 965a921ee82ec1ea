import { Produce } from "../../../src/protocol/messages/00-produce.js";
import { FindCoordinator } from "../../../src/protocol/messages/10-find-coordinator.js";
import { InitProducerId } from "../../../src/protocol/messages/22-init-producer-id.js";
import { DescribeLogDirs } from "../../../src/protocol/messages/35-describe-log-dirs.js";
import { DescribeCluster } from "../../../src/protocol/messages/60-describe-cluster.js";
import { DescribeTopicPartitions } from "../../../src/protocol/messages/75-describe-topic-partitions.js";
import { batchOf, produceTo } from "../requests.js";
import { scenario } from "../scenario.js";

export const describeCluster = scenario("describe-cluster", async (session) => {
  const connection = await session.connect();
  for (const version of [0, 1, 2]) {
    await connection.send(DescribeCluster, version, { includeClusterAuthorizedOperations: false });
    await connection.send(DescribeCluster, version, { includeClusterAuthorizedOperations: true });
  }
  await connection.send(DescribeCluster, 2, { includeClusterAuthorizedOperations: false, includeFencedBrokers: true });
  // Type 2 asks for controllers, which only a controller's listener tells.
  for (const endpointType of [2, 0, 9]) {
    await connection.send(DescribeCluster, 1, { includeClusterAuthorizedOperations: false, endpointType });
  }
});

export const describeTopicPartitions = scenario("describe-topic-partitions", async (session) => {
  for (const name of ["paged-a", "paged-b", "paged-c"]) await session.topic(name, 3);
  const connection = await session.connect();
  const names = (...topics: string[]) => topics.map((name) => ({ name }));
  const ask = (topics: { name: string }[], responsePartitionLimit = 2000, cursor: [string, number] | null = null) =>
    connection.send(DescribeTopicPartitions, 0, {
      topics,
      responsePartitionLimit,
      cursor: cursor === null ? null : { topicName: cursor[0], partitionIndex: cursor[1] },
    });
  await ask(names("paged-a", "paged-b", "paged-unknown"));
  await ask(names("paged-a", "paged-b", "paged-c"), 4);
  await ask(names("paged-a", "paged-b", "paged-c"), 4, ["paged-b", 1]);
  await ask(names("paged-a", "paged-b", "paged-c"), 3);
  await ask(names("paged-c", "paged-a"), 1, ["paged-a", 2]);
  await ask(names("paged-a"), 0);
  await ask(names("paged-a"), 2000, ["paged-b", 0]);
  await ask(names("paged-a"), 2000, ["paged-a", -1]);
  await ask(names("paged-a"), 2000, ["paged-a", 99]);
  await ask(names("with space", ""));
});

export const describeLogDirs = scenario("describe-log-dirs", async (session) => {
  await session.topic("on-disk", 2);
  const connection = await session.connect();
  await connection.send(Produce, 9, produceTo("on-disk", batchOf(["0"])));
  await connection.send(Produce, 9, produceTo("on-disk", batchOf(["0"]), { partition: 1 }));
  for (let version = 1; version <= 5; version += 1) {
    await connection.send(DescribeLogDirs, version, { topics: [{ topic: "on-disk", partitions: [0, 1, 7] }] });
  }
  await connection.send(DescribeLogDirs, 4, { topics: [] });
  await connection.send(DescribeLogDirs, 4, { topics: [{ topic: "on-disk-unknown", partitions: [0] }] });
});

export const findCoordinator = scenario("find-coordinator", async (session) => {
  await session.coordinator("found");
  const connection = await session.connect();
  for (let version = 0; version <= 3; version += 1) await connection.send(FindCoordinator, version, { key: "found" });
  for (let version = 4; version <= 6; version += 1) {
    await connection.send(FindCoordinator, version, { coordinatorKeys: ["found", "another", ""] });
  }
  await connection.send(FindCoordinator, 3, { key: "" });
  await connection.send(FindCoordinator, 3, { key: "found", keyType: 5 });
  await connection.send(FindCoordinator, 4, { keyType: 9, coordinatorKeys: ["found"] });
  await connection.send(FindCoordinator, 4, { coordinatorKeys: [] });
});

export const initProducerId = scenario("init-producer-id", async (session) => {
  const connection = await session.connect();
  const ask = (version: number, more: { producerId?: number; producerEpoch?: number } = {}) =>
    connection.send(InitProducerId, version, { transactionalId: null, transactionTimeoutMs: 60_000, ...more });
  // The first block of ids is fetched from the controller.
  await connection.sendUntil(
    InitProducerId,
    0,
    { transactionalId: null, transactionTimeoutMs: 60_000 },
    ({ errorCode }) => errorCode === 0,
  );
  for (let version = 0; version <= 5; version += 1) await ask(version);
  const given = await ask(4);
  await ask(4, { producerId: given.producerId, producerEpoch: 0 });
  await ask(4, { producerId: 999_999, producerEpoch: 5 });
  await ask(4, { producerId: 888_888, producerEpoch: -1 });
  await ask(4, { producerId: -1, producerEpoch: 5 });
  await connection.send(InitProducerId, 4, { transactionalId: "", transactionTimeoutMs: 60_000 });
});

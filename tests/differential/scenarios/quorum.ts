/** The metadata quorum, features, and brokers that are to be forgotten. */
import { DescribeQuorum } from "../../../src/protocol/messages/55-describe-quorum.js";
import { UpdateFeatures } from "../../../src/protocol/messages/57-update-features.js";
import { UnregisterBroker } from "../../../src/protocol/messages/64-unregister-broker.js";
import { AddRaftVoter } from "../../../src/protocol/messages/80-add-raft-voter.js";
import { RemoveRaftVoter } from "../../../src/protocol/messages/81-remove-raft-voter.js";
import { scenario } from "../scenario.js";

export const describeQuorum = scenario("describe-quorum", async (session) => {
  const connection = await session.connect();
  const metadataLog = { topicName: "__cluster_metadata", partitions: [{ partitionIndex: 0 }] };
  for (const version of [0, 1, 2]) await connection.send(DescribeQuorum, version, { topics: [metadataLog] });
  const other = { topicName: "another", partitions: [{ partitionIndex: 0 }, { partitionIndex: 1 }] };
  const more = { topicName: "__cluster_metadata", partitions: [{ partitionIndex: 1 }] };
  for (const topics of [[], [other], [metadataLog, other], [more]])
    await connection.send(DescribeQuorum, 2, { topics });
  await connection.send(DescribeQuorum, 0, { topics: [other] });
});

export const updateFeatures = scenario("update-features", async (session) => {
  const connection = await session.connect();
  const [UPGRADE, SAFE_DOWNGRADE, UNSAFE_DOWNGRADE] = [1, 2, 3];
  const update = (
    version: number,
    updates: readonly (readonly [feature: string, level: number, upgradeType?: number])[],
    validateOnly = true,
  ) =>
    connection.send(UpdateFeatures, version, {
      timeoutMs: 5000,
      featureUpdates: updates.map(([feature, maxVersionLevel, upgradeType = UPGRADE]) => ({
        feature,
        maxVersionLevel,
        ...(version === 0 ? { allowDowngrade: upgradeType !== UPGRADE } : { upgradeType, allowDowngrade: false }),
      })),
      ...(version === 0 ? {} : { validateOnly }),
    });
  for (const version of [0, 1, 2]) {
    await update(version, [["no.such.feature", 1]]);
    await update(version, [["group.version", 1]]);
    await update(version, [["group.version", 9]]);
  }
  await update(0, [["group.version", 0]]);
  await update(2, []);
  await update(2, [["group.version", 0]]);
  await update(2, [["group.version", 0, SAFE_DOWNGRADE]]);
  await update(2, [["group.version", 0, UNSAFE_DOWNGRADE]]);
  await update(2, [["group.version", 1, SAFE_DOWNGRADE]]);
  await update(2, [["group.version", 1, 7]]);
  await update(2, [["group.version", -1, SAFE_DOWNGRADE]]);
  await update(2, [["metadata.version", 99]]);
  await update(2, [["metadata.version", 1, SAFE_DOWNGRADE]]);
  await update(2, [["metadata.version", 30]]);
  await update(2, [["", 1]]);
  for (const version of [1, 2]) {
    await update(version, [
      ["group.version", 1],
      ["no.such.feature", 1],
    ]);
  }
  await update(2, [["group.version", 1]], false);
});

export const unregisterBroker = scenario("unregister-broker", async (session) => {
  const connection = await session.connect();
  for (const brokerId of [99, -1]) await connection.send(UnregisterBroker, 0, { brokerId });
});

/** The voters of both are those with which they were started. */
export const raftVoters = scenario("raft-voters", async (session) => {
  const connection = await session.connect();
  const voterDirectoryId = "5Puwx3h6QUC-vauhNJuSaQ";
  for (const version of [0, 1]) {
    for (const [clusterId, voterId] of [
      [null, 2],
      ["another-cluster", 2],
      [null, 1],
      [null, -1],
    ] as const) {
      await connection.send(AddRaftVoter, version, {
        ...{ clusterId, timeoutMs: 5000, voterId, voterDirectoryId },
        ...(version === 0 ? {} : { ackWhenCommitted: true }),
        listeners: [{ name: "CONTROLLER", host: "localhost", port: 9093 }],
      });
    }
  }
  await connection.send(AddRaftVoter, 1, {
    clusterId: null,
    timeoutMs: 5000,
    voterId: 2,
    voterDirectoryId,
    listeners: [],
  });
  for (const [clusterId, voterId] of [
    [null, 2],
    ["another-cluster", 2],
    [null, 1],
    [null, -1],
  ] as const) {
    await connection.send(RemoveRaftVoter, 0, { clusterId, voterId, voterDirectoryId });
  }
});

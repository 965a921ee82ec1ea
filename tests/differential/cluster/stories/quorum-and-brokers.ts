/** The cluster itself: its controller, its features, and brokers that are to be forgotten. */
import { Metadata } from "../../../../src/protocol/messages/03-metadata.js";
import { DescribeQuorum } from "../../../../src/protocol/messages/55-describe-quorum.js";
import { UpdateFeatures } from "../../../../src/protocol/messages/57-update-features.js";
import { DescribeCluster } from "../../../../src/protocol/messages/60-describe-cluster.js";
import { UnregisterBroker } from "../../../../src/protocol/messages/64-unregister-broker.js";
import { DescribeTopicPartitions } from "../../../../src/protocol/messages/75-describe-topic-partitions.js";
import { story } from "../story.js";

const [UPGRADE, SAFE_DOWNGRADE, UNSAFE_DOWNGRADE] = [1, 2, 3];

export const quorumOfClusters = story("quorum-of-clusters", async (cluster) => {
  const metadataLog = { topicName: "__cluster_metadata", partitions: [{ partitionIndex: 0 }] };
  for (const whom of [1, 2, 3]) {
    for (const version of [0, 1, 2]) await cluster.ask(whom, DescribeQuorum, version, { topics: [metadataLog] });
  }
});

export const featuresOfClusters = story("features-of-clusters", async (cluster) => {
  const update = (
    version: number,
    feature: string,
    maxVersionLevel: number,
    upgradeType: number,
    validateOnly = true,
  ) =>
    cluster.ask((version % 3) + 1, UpdateFeatures, version, {
      timeoutMs: 5000,
      featureUpdates: [
        {
          ...{ feature, maxVersionLevel },
          ...(version === 0 ? { allowDowngrade: upgradeType !== UPGRADE } : { upgradeType, allowDowngrade: false }),
        },
      ],
      ...(version === 0 ? {} : { validateOnly }),
    });
  for (const version of [0, 1, 2]) {
    await update(version, "no.such.feature", 1, UPGRADE);
    await update(version, "group.version", 9, UPGRADE);
    await update(version, "metadata.version", 99, UPGRADE);
  }
  for (const type of [UPGRADE, SAFE_DOWNGRADE, UNSAFE_DOWNGRADE]) {
    await update(2, "transaction.version", 0, type);
    await update(2, "metadata.version", 1, type);
    await update(2, "metadata.version", 25, type);
    await update(1, "eligible.leader.replicas.version", 0, type);
  }
  await update(2, "transaction.version", 1, SAFE_DOWNGRADE, false);
  await update(2, "transaction.version", 2, UPGRADE, false);
});

export const unregisteredBrokers = story("unregistered-brokers", async (cluster) => {
  await cluster.topic("unregistered", [
    [3, 1],
    [1, 3],
    [2, 3],
  ]);
  await cluster.topic("unregistered-alone", [[3]]);
  for (const brokerId of [99, -1]) await cluster.ask(2, UnregisterBroker, 0, { brokerId });
  await cluster.turn("broker 3 stops again");
  await cluster.ask(2, UnregisterBroker, 0, { brokerId: 3 });
  await cluster.shows("unregistered", 0, { leader: 1, isr: [1] });
  const request = { includeClusterAuthorizedOperations: false, includeFencedBrokers: true };
  await cluster.askUntil(1, DescribeCluster, 2, request, ({ brokers }) => brokers.length === 2);
  await cluster.ask(2, UnregisterBroker, 0, { brokerId: 3 });
  const topics = [{ name: "unregistered" }, { name: "unregistered-alone" }];
  await cluster.ask(1, DescribeTopicPartitions, 0, { topics });
  await cluster.ask(1, Metadata, 12, { topics, allowAutoTopicCreation: false });
});

/** What is shown and what is refused while brokers are down: replicas in sync, eligible ones, writes that need more of them. */
import { Produce } from "../../../../src/protocol/messages/00-produce.js";
import { Fetch } from "../../../../src/protocol/messages/01-fetch.js";
import { ListOffsets } from "../../../../src/protocol/messages/02-list-offsets.js";
import { Metadata } from "../../../../src/protocol/messages/03-metadata.js";
import { DeleteTopics } from "../../../../src/protocol/messages/20-delete-topics.js";
import { IncrementalAlterConfigs } from "../../../../src/protocol/messages/44-incremental-alter-configs.js";
import { DescribeCluster } from "../../../../src/protocol/messages/60-describe-cluster.js";
import { DescribeTopicPartitions } from "../../../../src/protocol/messages/75-describe-topic-partitions.js";
import { ZERO_UUID } from "../../../../src/protocol/wire/zero-uuid.js";
import { batchOf, fetchFrom, produceTo } from "../../requests.js";
import { type ClusterSession, story } from "../story.js";

const TOPIC = 2;
const SET = 0;

function describe(cluster: ClusterSession, whom: number, ...names: string[]) {
  return cluster.ask(whom, DescribeTopicPartitions, 0, { topics: names.map((name) => ({ name })) });
}

export const metadataOfStoppedBrokers = story("metadata-of-stopped-brokers", async (cluster) => {
  await cluster.topic("shown", [
    [1, 2, 3],
    [2, 3, 1],
    [3, 1, 2],
  ]);
  await cluster.topic("shown-alone", [[3], [2]]);
  const show = async (whom: number) => {
    for (const version of [0, 1, 4, 5, 7, 9, 10, 12, 13]) {
      const topics = ["shown", "shown-alone"].map((name) => ({ name }));
      const more = version >= 4 ? { allowAutoTopicCreation: false } : {};
      await cluster.ask(whom, Metadata, version, { topics, ...more });
    }
    await describe(cluster, whom, "shown", "shown-alone");
  };
  await show(3);
  await cluster.turn("broker 3 stops");
  await show(2);
  await cluster.turn("broker 2 is killed");
  await cluster.shows("shown", 0, { isr: [1] });
  await show(1);
  await cluster.turn("both return");
  for (const partition of [0, 1, 2]) await cluster.shows("shown", partition, { isr: [1, 2, 3] });
  await cluster.shows("shown-alone", 0, { leader: 3 });
  await cluster.shows("shown-alone", 1, { leader: 2 });
  await show(2);
});

export const describeClusterWithoutBrokers = story("describe-cluster-without-brokers", async (cluster) => {
  const show = async (whom: number) => {
    for (const version of [0, 1, 2])
      await cluster.ask(whom, DescribeCluster, version, { includeClusterAuthorizedOperations: true });
    await cluster.ask(whom, DescribeCluster, 2, {
      includeClusterAuthorizedOperations: false,
      includeFencedBrokers: true,
    });
    await cluster.ask(whom, DescribeCluster, 1, { includeClusterAuthorizedOperations: false, endpointType: 2 });
  };
  await show(3);
  await cluster.turn("broker 3 stops");
  await show(2);
  await cluster.turn("broker 2 is killed");
  await show(1);
});

export const tooFewInSync = story("too-few-in-sync", async (cluster) => {
  await cluster.topic("safe", [[1, 2, 3]], { "min.insync.replicas": "2" });
  await cluster.topic("safest", [[1, 3]], { "min.insync.replicas": "2" });
  await cluster.topic("capped", [[1]], { "min.insync.replicas": "2" });
  const write = (topic: string, version: number, acks: number) =>
    cluster.ask(1, Produce, version, produceTo(topic, batchOf(["a"]), { acks }));
  const all = ["safe", "safest", "capped"];
  // What is committed is known when the last follower has come by.
  const read = (topic: string, upTo: number) =>
    cluster.askUntil(1, Fetch, 12, fetchFrom(topic, 0), ({ responses }) =>
      responses.every(({ partitions }) => partitions[0]?.highWatermark === upTo),
    );
  for (const topic of all) await write(topic, 9, -1);
  await cluster.turn("broker 3 stops");
  for (const topic of all) await cluster.shows(topic, 0, { leader: 1 });
  for (const topic of all) for (const version of [3, 8, 9, 12]) await write(topic, version, -1);
  for (const topic of all) await write(topic, 9, 1);
  await read("safe", 6);
  await read("safest", 1);
  await read("capped", 6);
  await describe(cluster, 1, ...all);
  await cluster.turn("broker 2 is killed");
  await cluster.shows("safe", 0, { leader: 1, isr: [1] });
  for (const topic of all) await write(topic, 9, -1);
  for (const topic of all) await write(topic, 9, 1);
  await read("safe", 6);
  await read("safest", 1);
  await read("capped", 8);
  const latest = [{ partitionIndex: 0, timestamp: -1 }];
  for (const name of all) {
    await cluster.ask(1, ListOffsets, 7, { replicaId: -1, topics: [{ name, partitions: latest }] });
  }
  await describe(cluster, 1, ...all);
  await cluster.turn("both return");
  await cluster.shows("safe", 0, { isr: [1, 2, 3] });
  await cluster.shows("safest", 0, { isr: [1, 3] });
  for (const topic of all) await write(topic, 9, -1);
  await read("safe", 8);
  await read("safest", 4);
  await read("capped", 9);
  await describe(cluster, 1, ...all);
});

export const eligibleReplicas = story("eligible-replicas", async (cluster) => {
  const two = { "min.insync.replicas": "2" };
  await cluster.topic("eligible", [[1, 2, 3]], { "min.insync.replicas": "3" });
  await cluster.topic(
    "eligible-pair",
    [
      [2, 3],
      [3, 2],
    ],
    two,
  );
  await cluster.topic("eligible-cleared", [[2, 3]], two);
  await cluster.topic("eligible-alone", [[3], [2]]);
  const all = ["eligible", "eligible-pair", "eligible-cleared", "eligible-alone"];
  await cluster.turn("broker 3 stops");
  for (const partition of [0, 1]) await cluster.shows("eligible-pair", partition, { leader: 2, isr: [2] });
  await describe(cluster, 2, ...all);
  // Whoever changes how many must be in sync forgets who could have led.
  const set = (whom: number, name: string, value: string) =>
    cluster.ask(whom, IncrementalAlterConfigs, 1, {
      resources: [
        {
          resourceType: TOPIC,
          resourceName: name,
          configs: [{ name: "min.insync.replicas", configOperation: SET, value }],
        },
      ],
      validateOnly: false,
    });
  await set(2, "eligible-cleared", "1");
  const request = { topics: [{ name: "eligible-cleared" }] };
  await cluster.askUntil(2, DescribeTopicPartitions, 0, request, ({ topics }) =>
    topics.every(({ partitions }) => partitions[0]?.eligibleLeaderReplicas?.length === 0),
  );
  await set(2, "eligible-cleared", "2");
  await describe(cluster, 2, "eligible-cleared");
  await cluster.turn("broker 2 is killed");
  for (const partition of [0, 1]) await cluster.shows("eligible-pair", partition, { leader: -1 });
  await describe(cluster, 1, ...all);
  await set(1, "eligible", "1");
  await cluster.askUntil(1, DescribeTopicPartitions, 0, { topics: [{ name: "eligible" }] }, ({ topics }) =>
    topics.every(({ partitions }) => partitions[0]?.eligibleLeaderReplicas?.length === 0),
  );
  await cluster.turn("both return");
  for (const partition of [0, 1]) await cluster.shows("eligible-pair", partition, { isr: [2, 3] });
  await cluster.shows("eligible-cleared", 0, { isr: [2, 3] });
  await cluster.shows("eligible", 0, { isr: [1, 2, 3] });
  await cluster.shows("eligible-alone", 1, { leader: 2 });
  await describe(cluster, 3, ...all);
});

export const deletedWhileOffline = story("deleted-while-offline", async (cluster) => {
  const topicId = await cluster.topic("deleted-offline", [[3, 1]]);
  await cluster.topic("deleted-alone", [[3]]);
  await cluster.ask(3, Produce, 9, produceTo("deleted-offline", batchOf(["old"])));
  await cluster.turn("broker 3 stops");
  const deleted = [{ topicId }, { name: "deleted-alone", topicId: ZERO_UUID }];
  await cluster.ask(2, DeleteTopics, 6, { topics: deleted, timeoutMs: 5000 });
  const topics = ["deleted-offline", "deleted-alone"].map((name) => ({ name }));
  await cluster.ask(1, Metadata, 12, { topics, allowAutoTopicCreation: false });
  await cluster.topic("deleted-alone", [[1]]);
  await cluster.turn("both return");
  // Made anew, it has nothing of what it had.
  await cluster.topic("deleted-offline", [[3, 1]]);
  await cluster.ask(3, Fetch, 12, fetchFrom("deleted-offline", 0));
  await cluster.ask(1, Metadata, 12, { topics, allowAutoTopicCreation: false });
  await cluster.ask(3, Metadata, 12, { topics: [{ topicId, name: null }], allowAutoTopicCreation: false });
});

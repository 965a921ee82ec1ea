import { describe, expect, test } from "vitest";
import type { BrokerImage } from "../../metadata/image/image.js";
import { broker1, partitionOfBroker1 } from "../../metadata/image/image.test-data.js";
import { errors } from "../../protocol/errors.js";
import { Metadata } from "../../protocol/messages/03-metadata.js";
import { ask, imageWith } from "../ask.test-data.js";
import { metadata } from "./03-metadata.js";

/** The replicas of `orders-0` are on brokers 1 and 2; broker 2 is down. */
function withoutBroker2() {
  const image = imageWith({ orders: 1 });
  const [topic] = image.topicsByName.values();
  const broker = (id: number, fenced: boolean): [number, BrokerImage] => [id, { ...broker1, id, fenced }];
  const partitions = [{ ...partitionOfBroker1, replicas: [1, 2], isr: [1] }];
  return {
    ...image,
    brokers: new Map([broker(1, false), broker(2, true)]),
    topicsByName: new Map(topic === undefined ? [] : [[topic.name, { ...topic, partitions }]]),
  };
}

async function partitionShown(version: number) {
  const image = withoutBroker2();
  const broker = { image, nodeId: 1, clusterId: "cluster" };
  const more = version >= 4 ? { allowAutoTopicCreation: false } : {};
  const config = { topics: { autoCreateTopicsEnable: false } } as never;
  const request = { topics: [{ name: "orders" }], ...more };
  const { topics } = await ask(metadata, Metadata, version, request, { broker: { ...broker, config }, image });
  return topics[0]?.partitions[0];
}

describe("while a broker is down", () => {
  test("its replicas are shown, and since version 5 that they are offline", async () => {
    expect(await partitionShown(1)).toMatchObject({ errorCode: 0, replicaNodes: [1, 2], isrNodes: [1] });
    expect(await partitionShown(12)).toMatchObject({ errorCode: 0, replicaNodes: [1, 2], offlineReplicas: [2] });
  });

  test("clients of version 0, who look for each replica among the brokers, see only those that run", async () => {
    const errorCode = errors.REPLICA_NOT_AVAILABLE.code;
    expect(await partitionShown(0)).toMatchObject({ errorCode, leaderId: 1, replicaNodes: [1], isrNodes: [1] });
  });
});

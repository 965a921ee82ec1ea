import { afterEach, describe, expect, test } from "vitest";
import { type TemporaryFolder, temporaryFolder } from "../support/temporary-folder.js";
import { ThreeBrokers } from "./three-brokers.js";

let brokers: ThreeBrokers;
let folder: TemporaryFolder | null = null;

afterEach(async () => {
  await brokers.stop();
  folder?.remove();
});

describe("administration", () => {
  test("goes through any broker, whichever is the controller", async () => {
    brokers = await ThreeBrokers.start();
    for (const [i, address] of brokers.cluster.bootstrapServers.split(",").entries()) {
      const admin = await brokers.admin([address]);
      const topic = `made-through-${i}`;
      const topics = [{ topic, numPartitions: 2, replicationFactor: 2 }];
      expect(await admin.createTopics({ topics })).toBe(true);
      expect(await admin.createTopics({ topics })).toBe(false);
      await admin.createPartitions({ topicPartitions: [{ topic, count: 4 }] });
      expect(await brokers.partitions(topic)).toHaveLength(4);
      await admin.deleteTopics({ topics: [topic] });
      expect(await admin.listTopics()).not.toContain(topic);
    }
  });

  test("alters the configuration of every broker through any of them", async () => {
    brokers = await ThreeBrokers.start();
    const admin = await brokers.admin();
    const { brokers: all } = await admin.describeCluster();
    for (const { nodeId } of all) {
      const configEntries = [{ name: "log.cleaner.backoff.ms", value: `${1000 + nodeId}` }];
      const resource = { type: 4, name: String(nodeId), configEntries };
      await admin.alterConfigs({ validateOnly: false, resources: [resource] });
      const asked = { type: 4, name: String(nodeId), configNames: ["log.cleaner.backoff.ms"] };
      const described = await admin.describeConfigs({ includeSynonyms: false, resources: [asked] });
      expect(described.resources[0]?.configEntries[0]?.configValue).toBe(`${1000 + nodeId}`);
    }
  });

  test("is still there when all brokers were stopped and started again", async () => {
    folder = temporaryFolder("cluster");
    const data = folder.path;
    brokers = await ThreeBrokers.start({ ephemeral: false, data });
    await brokers.createTopic("orders", 3);
    const { clusterId } = brokers.cluster;
    await brokers.stop();
    brokers = await ThreeBrokers.start({ ephemeral: false, data });
    expect(brokers.cluster.clusterId).toBe(clusterId);
    await brokers.untilAll("orders", ({ isr }) => isr.length === 3);
  });

  test("of a cluster whose ports are taken: it says so in one sentence, and harms nothing", async () => {
    brokers = await ThreeBrokers.start();
    const ports = brokers.cluster.bootstrapServers.split(",").map((address) => Number(address.split(":")[1]));
    // The first of its brokers would listen there.
    const [port = 0] = ports;
    await expect(ThreeBrokers.start({ port })).rejects.toThrow(new RegExp(`port ${port}`));
    await brokers.createTopic("still-here", 1);
    await brokers.untilAll("still-here", ({ isr }) => isr.length === 3);
  });
});

/** The tools of Apache Kafka with which people administer a cluster, as their shell scripts start them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { runJava } from "../../tests/support/java.js";
import { targetForThisFile } from "../../tests/support/target-for-this-file.js";

const broker = targetForThisFile();
const folder = mkdtempSync(join(tmpdir(), "samsa-admin-"));
afterAll(() => rmSync(folder, { recursive: true }));

const kafkaTopics = "org.apache.kafka.tools.TopicCommand";
const kafkaConfigs = "kafka.admin.ConfigCommand";
const kafkaAcls = "org.apache.kafka.tools.AclCommand";
const kafkaReassignPartitions = "org.apache.kafka.tools.reassign.ReassignPartitionsCommand";
const kafkaLeaderElection = "org.apache.kafka.tools.LeaderElectionCommand";
const kafkaFeatures = "org.apache.kafka.tools.FeatureCommand";
const kafkaMetadataQuorum = "org.apache.kafka.tools.MetadataQuorumCommand";
const kafkaCluster = "org.apache.kafka.tools.ClusterTool";
const kafkaClientMetrics = "org.apache.kafka.tools.ClientMetricsCommand";

/** What the tool prints, whether it succeeds or not. Its own words come before the server's address. */
async function tool(mainClass: string, words: readonly string[], options: readonly string[] = []): Promise<string> {
  const result = await runJava(mainClass, [...words, "--bootstrap-server", broker().bootstrapServers, ...options]);
  return `${result.stdout}${result.stderr}`;
}

const create = (topic: string) =>
  tool(kafkaTopics, [], ["--create", "--topic", topic, "--partitions", "1", "--replication-factor", "1"]);

describe("kafka-configs", () => {
  const change = (entity: readonly string[], ...what: string[]) =>
    tool(kafkaConfigs, [], ["--alter", ...entity, ...what]);
  const shown = (entity: readonly string[]) => tool(kafkaConfigs, [], ["--describe", ...entity]);
  const allBrokers = ["--entity-type", "brokers", "--entity-default"];
  const oneBroker = ["--entity-type", "brokers", "--entity-name", "1"];

  test("brokers take settings while they run, one and all", async () => {
    await create("admin-settings");
    await change(allBrokers, "--add-config", "log.segment.bytes=2000000,log.retention.bytes=5000000");
    await change(oneBroker, "--add-config", "log.segment.bytes=3000000");
    expect(await shown(allBrokers)).toContain("DYNAMIC_DEFAULT_BROKER_CONFIG:log.segment.bytes=2000000");
    expect(await shown(oneBroker)).toMatch(
      /log\.segment\.bytes=3000000 .*DYNAMIC_BROKER_CONFIG.*DYNAMIC_DEFAULT_BROKER_CONFIG.*DEFAULT_CONFIG/,
    );
    const topic = await tool(kafkaTopics, [], ["--describe", "--topic", "admin-settings"]);
    expect(topic).toMatch(/segment\.bytes=3000000/);
    await change(oneBroker, "--delete-config", "log.segment.bytes");
    await change(allBrokers, "--delete-config", "log.segment.bytes,log.retention.bytes");
    expect(await shown(oneBroker)).not.toContain("log.segment.bytes");
  });

  test("what a running broker does not take is refused with the reason", async () => {
    expect(await change(oneBroker, "--add-config", "node.id=5")).toContain("Cannot update these configs dynamically");
  });

  test("users have quotas and credentials, which are never shown", async () => {
    const anna = ["--entity-type", "users", "--entity-name", "anna"];
    await change(anna, "--add-config", "SCRAM-SHA-256=[password=secret]");
    await change(anna, "--add-config", "producer_byte_rate=1024");
    const described = await shown(["--entity-type", "users"]);
    expect(described).toContain("Quota configs for user-principal 'anna' are producer_byte_rate=1024.0");
    expect(described).toContain("SCRAM credential configs for user-principal 'anna' are SCRAM-SHA-256=iterations=4096");
    await change(anna, "--delete-config", "SCRAM-SHA-256");
    await change(anna, "--delete-config", "producer_byte_rate");
    expect(await shown(["--entity-type", "users"])).not.toContain("anna");
  });

  test("groups, loggers and subscriptions to metrics are configured as well", async () => {
    const group = ["--entity-type", "groups", "--entity-name", "admins"];
    await change(group, "--add-config", "consumer.session.timeout.ms=50000");
    expect(await shown(group)).toContain("consumer.session.timeout.ms=50000");
    const logger = ["--entity-type", "broker-loggers", "--entity-name", "1"];
    await change(logger, "--add-config", "root=WARN");
    expect(await shown(logger)).toContain("root=WARN");
    const metrics = ["--entity-type", "client-metrics", "--entity-name", "admins"];
    await change(metrics, "--add-config", "interval.ms=5000");
    expect(await shown(metrics)).toContain("interval.ms=5000");
    expect(await tool(kafkaClientMetrics, [], ["--list"])).toContain("admins");
  });
});

test("kafka-reassign-partitions executes, verifies and lists", async () => {
  await create("admin-moved");
  const plan = join(folder, "plan.json");
  writeFileSync(plan, '{"version":1,"partitions":[{"topic":"admin-moved","partition":0,"replicas":[1]}]}');
  const planned = ["--reassignment-json-file", plan];
  const executed = await tool(kafkaReassignPartitions, [], [...planned, "--execute", "--throttle", "1000000"]);
  expect(executed).toContain("Successfully started partition reassignment for admin-moved-0");
  const verified = await tool(kafkaReassignPartitions, [], [...planned, "--verify"]);
  expect(verified).toContain("Reassignment of partition admin-moved-0 is completed.");
  expect(verified).toContain("Clearing broker-level throttles");
  expect(await tool(kafkaReassignPartitions, [], ["--list"])).toContain("No partition reassignments found.");
});

test("kafka-leader-election finds that the preferred replica leads already", async () => {
  await create("admin-elected");
  const election = ["--election-type", "preferred", "--topic", "admin-elected", "--partition", "0"];
  expect(await tool(kafkaLeaderElection, [], election)).toContain(
    "Valid replica already elected for partitions admin-elected-0",
  );
});

test("kafka-features describes, and refuses what there is not", async () => {
  const features = (...words: string[]) =>
    runJava(kafkaFeatures, ["--bootstrap-server", broker().bootstrapServers, ...words]);
  expect((await features("describe")).stdout).toMatch(/Feature: group\.version\s.*FinalizedVersionLevel: 1/);
  const refused = await features("upgrade", "--feature", "group.version=9");
  expect(`${refused.stdout}${refused.stderr}`).toContain("Invalid update version 9 for feature group.version");
});

test("kafka-metadata-quorum shows the one voter", async () => {
  const quorum = (option: string) =>
    runJava(kafkaMetadataQuorum, ["--bootstrap-server", broker().bootstrapServers, "describe", option]);
  expect((await quorum("--status")).stdout).toMatch(/LeaderId:\s+1\n/);
  expect((await quorum("--replication")).stdout).toMatch(/^1\s.*Leader\s*$/m);
});

test("kafka-cluster tells the id and the brokers, and forgets only those that it knows", async () => {
  expect(await tool(kafkaCluster, ["cluster-id"])).toMatch(/Cluster ID: \S{22}/);
  expect(await tool(kafkaCluster, ["list-endpoints"])).toMatch(/^1\s.*unfenced\s+broker/m);
  expect(await tool(kafkaCluster, ["unregister"], ["--id", "7"])).toContain("Broker ID 7 is not currently registered");
});

test("kafka-acls is told that there is no authorizer", async () => {
  expect(await tool(kafkaAcls, [], ["--list"])).toContain("No Authorizer is configured on the broker");
});

/** The console tools of Apache Kafka, as their shell scripts start them. */
import { describe, expect, test } from "vitest";
import { codecs, codecsOnDisk } from "../../tests/support/codecs.js";
import { runJava } from "../../tests/support/java.js";
import { targetForThisFile } from "../../tests/support/target-for-this-file.js";

const broker = targetForThisFile();

const kafkaConsoleProducer = "org.apache.kafka.tools.ConsoleProducer";
const kafkaConsoleConsumer = "org.apache.kafka.tools.consumer.ConsoleConsumer";
const kafkaTopics = "org.apache.kafka.tools.TopicCommand";
const kafkaConsumerGroups = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand";
const kafkaConfigs = "kafka.admin.ConfigCommand";
const kafkaGetOffsets = "org.apache.kafka.tools.GetOffsetShell";

async function tool(mainClass: string, args: readonly string[], input = ""): Promise<string> {
  const result = await runJava(mainClass, ["--bootstrap-server", broker().bootstrapServers, ...args], { input });
  if (result.code !== 0) throw new Error(`${mainClass} ${args.join(" ")}: ${result.stdout}${result.stderr}`);
  return result.stdout;
}

describe("kafka-console-producer and kafka-console-consumer", () => {
  test.each(codecs)("lines sent with %s come back whole, and lie on disk with that codec", async (codec) => {
    const topic = `console-${codec}`;
    const lines = Array.from({ length: 200 }, (_, index) => `line ${index} ${"and again ".repeat(10)}`);
    await tool(kafkaConsoleProducer, ["--topic", topic, "--compression-codec", codec], `${lines.join("\n")}\n`);

    const wanted = ["--topic", topic, "--from-beginning", "--max-messages", String(lines.length)];
    const received = await tool(kafkaConsoleConsumer, wanted);

    expect(received).toBe(`${lines.join("\n")}\n`);
    expect(codecsOnDisk(broker(), topic, 0)).toEqual([codec]);
  });

  test("keys and headers are kept", async () => {
    const topic = "console-fields";
    const reader = ["parse.key=true", "parse.headers=true"].flatMap((setting) => ["--reader-property", setting]);
    await tool(kafkaConsoleProducer, ["--topic", topic, ...reader], "colour:blue\tkey\tvalue\n");

    const printed = ["print.key=true", "print.headers=true"].flatMap((setting) => ["--formatter-property", setting]);
    const wanted = ["--topic", topic, "--from-beginning", "--max-messages", "1"];

    expect(await tool(kafkaConsoleConsumer, [...wanted, ...printed])).toBe("colour:blue\tkey\tvalue\n");
  });
});

test("kafka-topics creates, lists, describes, alters and deletes", async () => {
  const topic = "console-topics";
  const creation = ["--create", "--topic", topic, "--partitions", "2", "--replication-factor", "1"];
  expect(await tool(kafkaTopics, [...creation, "--config", "retention.ms=3600000"])).toContain("Created topic");
  expect((await tool(kafkaTopics, ["--list"])).split("\n")).toContain(topic);

  await tool(kafkaTopics, ["--alter", "--topic", topic, "--partitions", "3"]);
  const described = await tool(kafkaTopics, ["--describe", "--topic", topic]);
  expect(described).toMatch(/PartitionCount: 3\s+ReplicationFactor: 1\s+Configs: .*retention\.ms=3600000/);
  expect(described).toMatch(/Partition: 2\s+Leader: 1\s+Replicas: 1\s+Isr: 1/);

  await tool(kafkaTopics, ["--delete", "--topic", topic]);
  expect((await tool(kafkaTopics, ["--list"])).split("\n")).not.toContain(topic);
});

test("kafka-configs describes and alters the configs of a topic", async () => {
  const topic = "console-configs";
  const entity = ["--entity-type", "topics", "--entity-name", topic];
  await tool(kafkaTopics, ["--create", "--topic", topic]);

  await tool(kafkaConfigs, ["--alter", ...entity, "--add-config", "cleanup.policy=compact,max.message.bytes=2000000"]);
  expect(await tool(kafkaConfigs, ["--describe", ...entity])).toMatch(/max\.message\.bytes=2000000 /);

  await tool(kafkaConfigs, ["--alter", ...entity, "--delete-config", "max.message.bytes"]);
  const described = await tool(kafkaConfigs, ["--describe", ...entity]);
  expect(described).toMatch(/cleanup\.policy=compact /);
  expect(described).not.toContain("max.message.bytes");
});

test("kafka-get-offsets tells where a partition begins and ends", async () => {
  const topic = "console-offsets";
  await tool(kafkaConsoleProducer, ["--topic", topic], "one\ntwo\nthree\n");

  expect(await tool(kafkaGetOffsets, ["--topic", topic])).toBe(`${topic}:0:3\n`);
  expect(await tool(kafkaGetOffsets, ["--topic", topic, "--time", "earliest"])).toBe(`${topic}:0:0\n`);
});

test("a group of the classic protocol commits, and kafka-consumer-groups shows its lag, resets and deletes it", async () => {
  const [topic, group] = ["console-group", "console-readers"];
  const asGroup = ["--group", group, "--command-property", "group.protocol=classic"];
  await tool(kafkaConsoleProducer, ["--topic", topic], "one\ntwo\nthree\n");
  const wanted = ["--topic", topic, "--from-beginning", "--max-messages", "2"];
  expect(await tool(kafkaConsoleConsumer, [...wanted, ...asGroup])).toBe("one\ntwo\n");

  const groups = (...args: string[]) => tool(kafkaConsumerGroups, [...args]);
  expect((await groups("--list")).split("\n")).toContain(group);
  // GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG …
  expect(await groups("--describe", "--group", group)).toMatch(/console-readers\s+console-group\s+0\s+2\s+3\s+1\s/);
  expect(await groups("--describe", "--group", group, "--state")).toMatch(/\sEmpty\s+0/);

  await groups("--group", group, "--topic", topic, "--reset-offsets", "--to-earliest", "--execute");
  expect(await groups("--describe", "--group", group)).toMatch(/console-readers\s+console-group\s+0\s+0\s+3\s+3\s/);

  expect(await groups("--delete", "--group", group)).toContain("was successful");
  expect((await groups("--list")).split("\n")).not.toContain(group);
});

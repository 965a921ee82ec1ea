/** What the settings of the logs do for a client: deletion by age and size, and answers after the sync. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type Admin, Kafka, logLevel } from "kafkajs";
import { expect, onTestFinished, test } from "vitest";
import { startBroker } from "../../src/index.js";
import { folderOfThisTest } from "../support/folder-of-this-test.js";

async function start(properties: Readonly<Record<string, string | number>>) {
  const data = folderOfThisTest();
  const broker = await startBroker({ port: 0, data, properties, logLevel: "silent" });
  onTestFinished(() => broker.stop());
  const kafka = new Kafka({ clientId: "e2e", brokers: [broker.bootstrapServers], logLevel: logLevel.NOTHING });
  const [admin, producer] = [kafka.admin(), kafka.producer()];
  await Promise.all([admin.connect(), producer.connect()]);
  onTestFinished(async () => void (await Promise.all([admin.disconnect(), producer.disconnect()])));
  return { data, admin, producer };
}

async function offsetsOf(admin: Admin, topic: string): Promise<{ low: number; high: number }> {
  const [offsets] = await admin.fetchTopicOffsets(topic);
  return { low: Number(offsets?.low), high: Number(offsets?.high) };
}

test("old records go by retention.ms, and the log goes on where it was", async () => {
  const { data, admin, producer } = await start({
    "log.retention.check.interval.ms": 50,
    "log.initial.task.delay.ms": 50,
    "log.segment.delete.delay.ms": 0,
  });
  const topic = "short-lived";
  const configEntries = [
    { name: "retention.ms", value: "1000" },
    { name: "file.delete.delay.ms", value: "0" },
  ];
  await admin.createTopics({ topics: [{ topic, configEntries }] });
  const old = String(Date.now() - 60_000);
  await producer.send({
    topic,
    messages: [
      { value: "a", timestamp: old },
      { value: "b", timestamp: old },
    ],
  });
  await expect.poll(() => offsetsOf(admin, topic), { timeout: 20_000 }).toEqual({ low: 2, high: 2 });
  const [sent] = await producer.send({ topic, messages: [{ value: "c" }] });
  expect(sent?.baseOffset).toBe("2");
  const logs = () => readdirSync(join(data, `${topic}-0`)).filter((name) => name.includes(".log"));
  await expect.poll(logs, { timeout: 20_000 }).toEqual(["00000000000000000002.log"]);
});

test("with samsa.log.sync=always produces are answered, whatever their acks", async () => {
  const { admin, producer } = await start({ "samsa.log.sync": "always" });
  for (const acks of [-1, 1, 0]) await producer.send({ topic: "synced", acks, messages: [{ value: "v" }] });
  await expect.poll(() => offsetsOf(admin, "synced"), { timeout: 20_000 }).toEqual({ low: 0, high: 3 });
});

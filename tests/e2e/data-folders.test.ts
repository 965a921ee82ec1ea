/** A broker over several real folders: where partitions lie, how they move, and what a folder that fails does to them. */
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Kafka, logLevel } from "kafkajs";
import { expect, onTestFinished, test } from "vitest";
import { type EmbeddedBroker, startBroker } from "../../src/index.js";
import { Produce } from "../../src/protocol/messages/00-produce.js";
import { CreateTopics } from "../../src/protocol/messages/19-create-topics.js";
import { AlterReplicaLogDirs } from "../../src/protocol/messages/34-alter-replica-log-dirs.js";
import { DescribeLogDirs } from "../../src/protocol/messages/35-describe-log-dirs.js";
import { buildBatch } from "../../src/protocol/records/build-batch.js";
import { folderOfThisTest } from "../support/folder-of-this-test.js";
import { WireClient } from "../support/wire-client.js";

async function start(folders: readonly string[]) {
  const properties = { "log.dirs": folders.join(","), "samsa.log.dir.retry.ms": 50, "offsets.topic.num.partitions": 4 };
  const broker = await startBroker({ port: 0, properties, logLevel: "silent" });
  onTestFinished(() => broker.stop());
  const kafka = new Kafka({
    clientId: "e2e",
    brokers: [broker.bootstrapServers],
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
  });
  const [admin, producer] = [kafka.admin(), kafka.producer()];
  await Promise.all([admin.connect(), producer.connect()]);
  onTestFinished(async () => void (await Promise.all([admin.disconnect(), producer.disconnect()])));
  return { broker, admin, producer, wire: await wireTo(broker) };
}

async function wireTo({ bootstrapServers }: EmbeddedBroker): Promise<WireClient> {
  const wire = await WireClient.connect({ host: "127.0.0.1", port: Number(bootstrapServers.split(":").at(-1)) });
  onTestFinished(() => wire.close());
  return wire;
}

/** The partitions of the topic by folder; a copy under way has a star. */
async function whereIs(wire: WireClient, topic: string) {
  const { results } = await wire.request(DescribeLogDirs, 4, { topics: null });
  return new Map(
    results.map(({ logDir, topics, errorCode }) => {
      const partitions = topics.find(({ name }) => name === topic)?.partitions ?? [];
      const indexes = partitions.map(({ partitionIndex, isFutureKey }) => `${partitionIndex}${isFutureKey ? "*" : ""}`);
      return [logDir, errorCode === 0 ? indexes.sort() : `error ${errorCode}`];
    }),
  );
}

function partitionFolders(folder: string, topic: string): string[] {
  return readdirSync(folder).filter((name) => name.startsWith(`${topic}-`));
}

const messages = [0, 1, 2, 3].map((partition) => ({ partition, value: `in ${partition}` }));

test("partitions are spread over the folders, and found again", async () => {
  const folders = [folderOfThisTest(), folderOfThisTest()];
  const [a = "", b = ""] = folders;
  const first = await start(folders);
  await first.admin.createTopics({ topics: [{ topic: "spread", numPartitions: 4 }] });
  await first.producer.send({ topic: "spread", messages });
  const places = await whereIs(first.wire, "spread");
  expect([...places.values()].flat().sort()).toEqual(["0", "1", "2", "3"]);
  expect(folders.map((folder) => partitionFolders(folder, "spread").length)).toEqual([2, 2]);
  const ids = folders.map(
    (folder) => /directory.id=(.+)/.exec(readFileSync(join(folder, "meta.properties"), "utf8"))?.[1],
  );
  expect(new Set(ids).size).toBe(2);
  await first.broker.stop();
  const second = await start([b, a].toReversed());
  expect(await whereIs(second.wire, "spread")).toEqual(places);
  const offsets = await second.admin.fetchTopicOffsets("spread");
  expect(offsets.map(({ high }) => high)).toEqual(["1", "1", "1", "1"]);
});

test("a partition moves to another folder while it is written", async () => {
  const folders = [folderOfThisTest(), folderOfThisTest()];
  const { admin, producer, wire } = await start(folders);
  await admin.createTopics({ topics: [{ topic: "moving", numPartitions: 1 }] });
  const send = () => producer.send({ topic: "moving", messages: Array(100).fill({ value: "v".repeat(1_000) }) });
  for (let count = 0; count < 20; count++) await send();
  const from = [...(await whereIs(wire, "moving"))].find(([, partitions]) => partitions.length > 0)?.[0];
  const to = folders.find((folder) => folder !== from) ?? "";
  const { results } = await wire.request(AlterReplicaLogDirs, 2, {
    dirs: [{ path: to, topics: [{ name: "moving", partitions: [0] }] }],
  });
  expect(results).toEqual([{ topicName: "moving", partitions: [{ partitionIndex: 0, errorCode: 0 }] }]);
  let sent = 20;
  await expect
    .poll(
      async () => {
        await send();
        sent++;
        return (await whereIs(wire, "moving")).get(to);
      },
      { timeout: 20_000 },
    )
    .toEqual(["0"]);
  await send();
  const [offsets] = await admin.fetchTopicOffsets("moving");
  expect(offsets?.high).toBe(String((sent + 1) * 100));
  await expect.poll(() => partitionFolders(to, "moving"), { timeout: 20_000 }).toEqual(["moving-0"]);
});

test("a folder that cannot be used does not stop the others, and comes back without a restart", async () => {
  const folders = [folderOfThisTest(), folderOfThisTest()];
  const [, b = ""] = folders;
  const first = await start(folders);
  await first.admin.createTopics({ topics: [{ topic: "half", numPartitions: 4 }] });
  await first.producer.send({ topic: "half", messages });
  const places = await whereIs(first.wire, "half");
  await first.broker.stop();
  renameSync(b, `${b}-elsewhere`);
  onTestFinished(() => rmSync(`${b}-elsewhere`, { recursive: true, force: true }));
  writeFileSync(b, "no folder");

  const { wire } = await start(folders);
  expect((await whereIs(wire, "half")).get(b)).toBe("error 56");
  // By hand: kafkajs does nothing more where any partition has no leader.
  const records = buildBatch({ records: [{ timestampMs: 0, key: null, value: Buffer.from("more") }] });
  const offsetOf = async (index: number, name = "half") => {
    const topicData = [{ name, partitionData: [{ index, records }] }];
    const { responses } = await wire.request(Produce, 9, {
      transactionalId: null,
      acks: -1,
      timeoutMs: 5_000,
      topicData,
    });
    const answer = responses[0]?.partitionResponses[0];
    return answer?.errorCode === 0 ? answer.baseOffset : `error ${answer?.errorCode}`;
  };
  const isInB = (partition: number) => places.get(b)?.includes(String(partition)) ?? false;
  const [lost = -1] = [0, 1, 2, 3].filter(isInB);
  const [served = -1] = [0, 1, 2, 3].filter((partition) => !isInB(partition));
  expect(await offsetOf(served)).toBe(1);
  expect(await offsetOf(lost)).toBe("error 56");
  // A new topic does without it.
  const fresh = { name: "fresh", numPartitions: 2, replicationFactor: 1, assignments: [], configs: [] };
  await wire.request(CreateTopics, 7, { topics: [fresh], timeoutMs: 5_000 });
  expect(await Promise.all([0, 1].map((index) => offsetOf(index, "fresh")))).toEqual([0, 0]);

  rmSync(b);
  renameSync(`${b}-elsewhere`, b);
  await expect.poll(() => offsetOf(lost), { timeout: 20_000 }).toBe(1);
  expect(await whereIs(wire, "half")).toEqual(places);
});

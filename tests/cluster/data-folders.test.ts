/** A broker among others loses one of its data folders: the first one, where a broker alone would keep its metadata. */
import { readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { type TemporaryFolder, temporaryFolder } from "../support/temporary-folder.js";
import { readAll } from "./read-all.js";
import { nodeIds, ThreeBrokers } from "./three-brokers.js";

const VICTIM = 2;
/** All on the victim, so that some lie in the one folder and some in the other. */
const UNREPLICATED = "unreplicated";
const REPLICATED = "replicated";
const PARTITIONS = 6;
const all = Array.from({ length: PARTITIONS }, (_, partition) => partition);

let folders: TemporaryFolder[] = [];
let brokers: ThreeBrokers;

afterEach(async () => {
  await brokers.stop();
  for (const folder of folders.splice(0)) folder.remove();
});

async function start(): Promise<void> {
  folders = [temporaryFolder("first"), temporaryFolder("second")];
  const properties = { "log.dirs": folders.map(({ path }) => path).join(","), "samsa.log.dir.retry.ms": 100 };
  brokers = await ThreeBrokers.start({ ephemeral: false, logLevel: "silent", properties });
  await brokers.createTopic(REPLICATED, PARTITIONS);
  const admin = await brokers.admin();
  const replicaAssignment = all.map((partition) => ({ partition, replicas: [VICTIM] }));
  await admin.createTopics({ topics: [{ topic: UNREPLICATED, replicaAssignment }] });
}

async function send(topic: string, word: string): Promise<void> {
  const producer = brokers.kafka().producer();
  await producer.connect();
  await producer.send({ topic, acks: -1, messages: all.map((partition) => ({ partition, value: word })) });
  await producer.disconnect();
}

function partitionsIn(folder: string, topic: string): readonly number[] {
  const names = readdirSync(folder).filter((name) => name.startsWith(`${topic}-`));
  return names.map((name) => Number(name.slice(topic.length + 1)));
}

test("a broker starts without its first folder, and has all again as soon as that works", async () => {
  await start();
  for (const topic of [REPLICATED, UNREPLICATED]) await send(topic, "before");
  await brokers.cluster.stopBroker(VICTIM);
  const [first = "", second = ""] = folders.map(({ path }) => join(path, `broker-${VICTIM}`));
  const kept = partitionsIn(second, REPLICATED);
  for (const topic of [REPLICATED, UNREPLICATED]) {
    expect(partitionsIn(first, topic)).not.toEqual([]);
    expect(partitionsIn(second, topic)).not.toEqual([]);
  }
  renameSync(first, `${first}-elsewhere`);
  writeFileSync(first, "no folder");

  await brokers.cluster.startBroker(VICTIM);
  await brokers.untilAll(REPLICATED, ({ isr, partitionId }) => isr.includes(VICTIM) === kept.includes(partitionId));
  await send(REPLICATED, "without");

  rmSync(first);
  renameSync(`${first}-elsewhere`, first);
  await brokers.untilAll(REPLICATED, ({ isr }) => isr.length === nodeIds.length);
  await brokers.untilAll(UNREPLICATED, ({ leader }) => leader === VICTIM);
  for (const topic of [REPLICATED, UNREPLICATED]) await send(topic, "after");
  const words = async (topic: string, count: number) => [...(await readAll(brokers.kafka(), topic, count))].sort();
  const each = (word: string) => all.map(() => word);
  expect(await words(REPLICATED, 3 * PARTITIONS)).toEqual([...each("after"), ...each("before"), ...each("without")]);
  expect(await words(UNREPLICATED, 2 * PARTITIONS)).toEqual([...each("after"), ...each("before")]);
}, 60_000);

test("a broker whose disk was replaced may lead again, also what nobody has written to yet", async () => {
  folders = [temporaryFolder("only")];
  const properties = { "log.dirs": folders[0]?.path ?? "" };
  brokers = await ThreeBrokers.start({ ephemeral: false, logLevel: "silent", properties });
  await brokers.createTopic(REPLICATED, PARTITIONS);
  await brokers.cluster.stopBroker(VICTIM);
  rmSync(join(folders[0]?.path ?? "", `broker-${VICTIM}`), { recursive: true });
  await brokers.cluster.startBroker(VICTIM);
  await brokers.untilAll(REPLICATED, ({ isr }) => isr.length === nodeIds.length);
  for (const other of nodeIds.filter((nodeId) => nodeId !== VICTIM)) {
    await brokers.cluster.stopBroker(other);
    await brokers.untilAll(REPLICATED, ({ isr }) => !isr.includes(other));
  }
  await brokers.untilAll(REPLICATED, ({ leader }) => leader === VICTIM);
}, 60_000);

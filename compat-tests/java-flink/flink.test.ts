/**
 * Flink copies a topic exactly once: its sink commits transactions with its checkpoints, and after a failure it goes on
 * with the transactions of the process before. The job fails, the broker is killed, and Flink is killed.
 */
import { mkdirSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Child } from "../../tests/support/child-process.js";
import { compileJava, loggingArgument } from "../../tests/support/java.js";
import { inRepository } from "../../tests/support/repository.js";
import { targetForThisFile } from "../../tests/support/target-for-this-file.js";
import { temporaryFolder } from "../../tests/support/temporary-folder.js";
import { complaintsOf, dumpFiles, dumpTransactions, filesOf } from "../apache-files/dump-files.js";
import { connect, createTopic } from "../kafkajs/connect.js";
import { readTopic } from "../kafkajs/read-topic.js";

const TEST_MS_MAX = 480_000;
const ARRIVE_MS_MAX = 180_000;

const broker = targetForThisFile();
const folder = temporaryFolder("java-flink");
const running = new Set<Child>();
afterAll(async () => {
  await Promise.all([...running].map((child) => child.kill()));
  folder.remove();
});

// Flink lays down files there, and cannot remove them when it is killed.
const temporaryFiles = join(folder.path, "temporary");
const libraries = `${inRepository(".cache", "flink-2.2.1", "lib")}/*`;

beforeAll(async () => {
  mkdirSync(temporaryFiles);
  await compileJava({ folder: "java-flink", names: ["CopyExactlyOnce"], classPath: libraries }, folder.path);
}, TEST_MS_MAX);

function startCopying(story: Story, checkpoint: string | null): Child {
  const opens = ["java.util", "java.lang"].map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`);
  const places = [loggingArgument("warn"), `-Djava.io.tmpdir=${temporaryFiles}`];
  const jvm = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx512m", ...opens, ...places];
  const { from, to, group, naming, checkpoints } = story;
  const names = [from, to, group, naming, checkpoints, ...(checkpoint === null ? [] : [checkpoint])];
  const args = [...jvm, "CopyExactlyOnce", broker().bootstrapServers, ...names];
  const child = new Child({ command: "java", args, env: { CLASSPATH: `${folder.path}:${libraries}` } });
  running.add(child);
  return child;
}

interface Story {
  readonly naming: string;
  readonly from: string;
  readonly to: string;
  readonly group: string;
  readonly checkpoints: string;
  readonly sent: string[];
}

/** The one that was finished last. */
function lastCheckpoint({ checkpoints }: Story): string {
  const finished = readdirSync(checkpoints, { recursive: true, encoding: "utf8" })
    .filter((path) => /\/chk-\d+\/_metadata$/.test(path))
    .map((path) => join(checkpoints, path));
  const [last] = finished.sort((one, other) => statSync(other).mtimeMs - statSync(one).mtimeMs);
  if (last === undefined) throw new Error("Flink has finished no checkpoint");
  return dirname(last);
}

async function send({ from, sent }: Story, prefix: string): Promise<void> {
  const values = Array.from({ length: 150 }, (_, i) => `${prefix}-${i}`);
  // Else one that meets a broker that has just started may write twice.
  const producer = connect(broker().bootstrapServers).producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  await producer.send({ topic: from, messages: values.map((value, i) => ({ value, partition: i % 2 })) });
  await producer.disconnect();
  sent.push(...values);
}

/** All that was sent, each once. */
async function expectCopied({ to: topic, sent }: Story, copier: Child): Promise<void> {
  const read = { topic, count: sent.length, timeoutMs: ARRIVE_MS_MAX };
  const received = await readTopic(broker().bootstrapServers, read);
  const values = received.map(({ message }) => String(message.value));
  expect(values.sort(), copier.output.slice(-4000)).toEqual([...sent].sort());
}

/** With its checkpoints, the source commits how far it has read. */
async function expectCommitted({ from, group, sent }: Story): Promise<void> {
  const admin = connect(broker().bootstrapServers).admin();
  await admin.connect();
  await vi.waitFor(
    async () => {
      const [topic] = await admin.fetchOffsets({ groupId: group, topics: [from] });
      const half = String(sent.length / 2);
      expect(topic?.partitions.map(({ offset }) => offset)).toEqual([half, half]);
    },
    { timeout: ARRIVE_MS_MAX, interval: 200 },
  );
  await admin.disconnect();
}

test.each(["INCREMENTING", "POOLING"])(
  "each record is copied once, whoever fails, with %s names of transactions",
  async (naming) => {
    const name = naming.toLowerCase();
    const story: Story = {
      naming,
      from: `flink-${name}`,
      to: `flink-${name}-copied`,
      group: `flink-${name}-copiers`,
      checkpoints: join(folder.path, name),
      sent: [],
    };
    await createTopic(connect(broker().bootstrapServers), { topic: story.from, numPartitions: 2 });
    await createTopic(connect(broker().bootstrapServers), { topic: story.to, numPartitions: 2 });

    const first = startCopying(story, null);
    await send(story, "first");
    await expectCopied(story, first);

    const fails = first.firstLine((line) => line === "fails" || undefined, ARRIVE_MS_MAX);
    await send(story, "fail");
    await fails;
    await expectCopied(story, first);

    await send(story, "as the broker is killed");
    await broker().kill();
    await broker().start();
    await expectCopied(story, first);

    await send(story, "as Flink is killed");
    await first.kill();
    await send(story, "without Flink");
    const second = startCopying(story, lastCheckpoint(story));
    await expectCopied(story, second);
    await send(story, "in the end");
    await expectCopied(story, second);
    await expectCommitted(story);
    await second.kill();
  },
  TEST_MS_MAX,
);

test(
  "DumpLogSegments reads what Flink has left",
  async () => {
    await broker().stop();
    const data = broker().dataFolder;
    const transactions = await dumpTransactions(data);
    expect(transactions).toContain(`"transactionalId":"flink-pooling-copiers-`);
    expect(complaintsOf(transactions)).toEqual([]);
    expect(complaintsOf(await dumpFiles(filesOf(data), []))).toEqual([]);
  },
  TEST_MS_MAX,
);

/** Transactions of librdkafka, by way of confluent-kafka-python. */
import { expect, test } from "vitest";
import { inRepository } from "../../tests/support/repository.js";
import { runCommand } from "../../tests/support/run-command.js";
import { targetForThisFile } from "../../tests/support/target-for-this-file.js";
import { connect, createTopic } from "../kafkajs/connect.js";
import { python } from "./python.js";

const TEST_MS_MAX = 120_000;

const broker = targetForThisFile();

async function topicFor(topic: string): Promise<string> {
  await createTopic(connect(broker().bootstrapServers), { topic, numPartitions: 2 });
  return topic;
}

async function run(topic: string, steps: string): Promise<string[]> {
  const program = inRepository("compat-tests", "confluent-kafka-python", "transactions.py");
  const { code, stdout, stderr } = await runCommand(python, [program, broker().bootstrapServers, topic, steps]);
  if (code !== 0) throw new Error(`${program}: ${stdout}${stderr}`);
  return stdout.split("\n").filter((line) => line !== "");
}

test(
  "readers of what is committed see nothing else",
  async () => {
    const topic = await topicFor("ended");
    await run(topic, "commit-and-abort");
    const committed = [0, 2, 4].flatMap((round) => [0, 1].map((partition) => `committed-${round}-${partition}`));
    const aborted = [1, 3].flatMap((round) => [0, 1].map((partition) => `aborted-${round}-${partition}`));
    expect(await run(topic, "read")).toEqual([
      `read_committed ${committed.join(" ")}`,
      `read_uncommitted ${[...aborted, ...committed].join(" ")}`,
    ]);
  },
  TEST_MS_MAX,
);

test(
  "a producer is fenced by the next one with its transactional id",
  async () => {
    const topic = await topicFor("fenced");
    expect(await run(topic, "fence")).toEqual(["the first is refused: yes"]);
    expect(await run(topic, "read")).toEqual([
      "read_committed of-the-second",
      "read_uncommitted of-the-fenced of-the-second",
    ]);
  },
  TEST_MS_MAX,
);

test.each(["classic", "consumer"])(
  "records are copied with their offsets in one transaction, in a group of the %s protocol",
  async (protocol) => {
    const topic = await topicFor(`from-${protocol}`);
    await topicFor(`${topic}-copy`);
    const producer = connect(broker().bootstrapServers).producer();
    const values = Array.from({ length: 200 }, (_, i) => String(i).padStart(3, "0"));
    await producer.connect();
    await producer.send({ topic, messages: values.map((value, i) => ({ value, partition: i % 2 })) });
    await producer.disconnect();
    expect(await run(topic, protocol)).toEqual(["committed 100 100"]);
    const [readCommitted, readUncommitted] = await run(`${topic}-copy`, "read");
    expect(readCommitted).toBe(`read_committed ${values.join(" ")}`);
    expect(readUncommitted?.length).toBeGreaterThan(readCommitted?.length ?? 0);
  },
  TEST_MS_MAX,
);

/**
 * Transactions of the Java clients: 4.3.1 speaks the second generation of the protocol (KIP-890), 2.1.1 the first one.
 * What one of them has written, both must read alike.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { Child } from "../../tests/support/child-process.js";
import { type JavaClient, JavaPrograms } from "../../tests/support/java-programs.js";
import { targetForThisFile } from "../../tests/support/target-for-this-file.js";
import { connect, createTopic } from "../kafkajs/connect.js";

const TEST_MS_MAX = 120_000;
const clients: readonly JavaClient[] = ["java-4.3.1", "java-2.1.1"];

const broker = targetForThisFile({
  properties: {
    "group.min.session.timeout.ms": "1000",
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": "500",
  },
});
const programs = new JavaPrograms("java-transactions");
afterAll(() => programs.remove());

beforeAll(async () => {
  await programs.compile("java-4.3.1", "Transactions", "CopyInTransactions", "TransactionAdmin");
  await programs.compile("java-2.1.1", "Transactions");
}, TEST_MS_MAX);

async function topicFor(topic: string, numPartitions = 2): Promise<string> {
  await createTopic(connect(broker().bootstrapServers), { topic, numPartitions });
  return topic;
}

function run(client: JavaClient, topic: string, steps: string): Promise<string[]> {
  return programs.run(client, "Transactions", broker().bootstrapServers, topic, steps);
}

test.each(clients)(
  "%s commits and aborts: readers of what is committed see nothing else",
  async (client) => {
    const topic = await topicFor(`committed-by-${client}`);
    await run(client, topic, "commit-and-abort");
    const committed = [0, 2, 4].flatMap((round) => [0, 1].map((partition) => `committed-${round}-${partition}`));
    const aborted = [1, 3].flatMap((round) => [0, 1].map((partition) => `aborted-${round}-${partition}`));
    const expected = [
      `read_committed ${committed.join(" ")}`,
      `read_uncommitted ${[...aborted, ...committed].join(" ")}`,
    ];
    for (const reader of clients) expect(await run(reader, topic, "read")).toEqual(expected);
  },
  TEST_MS_MAX,
);

test.each(clients)(
  "%s is fenced by the next producer with its transactional id",
  async (client) => {
    const topic = await topicFor(`fenced-${client}`);
    expect(await run(client, topic, "fence")).toEqual(["the first is refused: yes"]);
    expect(await run("java-4.3.1", topic, "read")).toEqual([
      "read_committed of-the-second",
      "read_uncommitted of-the-fenced of-the-second",
    ]);
  },
  TEST_MS_MAX,
);

test.each(clients)(
  "a transaction of %s that takes too long is aborted, and the next one goes well",
  async (client) => {
    const topic = await topicFor(`slow-${client}`);
    // The new client has nothing to commit any more; to the old one it looks as if it were fenced.
    const refused = client === "java-4.3.1" ? "InvalidTxnStateException" : "yes";
    expect(await run(client, topic, "time-out")).toEqual(["stable up to 2", `the commit is refused: ${refused}`]);
    expect(await run("java-4.3.1", topic, "read")).toEqual([
      "read_committed in-time",
      "read_uncommitted in-time too-slow",
    ]);
  },
  TEST_MS_MAX,
);

test(
  "an administrator sees an open transaction and its producer, and ends it by force",
  async () => {
    const topic = await topicFor("administered", 1);
    expect(await programs.run("java-4.3.1", "TransactionAdmin", broker().bootstrapServers, topic)).toEqual([
      "described Ongoing [administered-0]",
      "ongoing [administered]",
      "open from 0, last sequence 0",
      "open after the abort: false",
      "described Ongoing [administered-0]",
      "ongoing [administered]",
      "described Empty []",
      "ongoing []",
    ]);
  },
  TEST_MS_MAX,
);

test.each(["classic", "consumer"])(
  "records are copied with their offsets in one transaction, in a group of the %s protocol",
  async (protocol) => {
    const [from, to] = [await topicFor(`from-${protocol}`), await topicFor(`to-${protocol}`)];
    const kafka = connect(broker().bootstrapServers);
    const values = Array.from({ length: 1000 }, (_, i) => String(i).padStart(4, "0"));
    const producer = kafka.producer();
    await producer.connect();
    await producer.send({ topic: from, messages: values.map((value, i) => ({ value, partition: i % 2 })) });
    await producer.disconnect();
    // Every third transaction is aborted, and its records are read once more.
    const copier = new Child({
      command: "java",
      args: [
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "CopyInTransactions",
        broker().bootstrapServers,
        from,
        to,
      ].concat([`copiers-${protocol}`, protocol, "3"]),
      env: { CLASSPATH: programs.classPath("java-4.3.1") },
    });
    const admin = kafka.admin();
    await admin.connect();
    const committed = async () => {
      const [offsets] = await admin.fetchOffsets({ groupId: `copiers-${protocol}`, topics: [from] });
      return offsets?.partitions.map(({ offset }) => offset).sort();
    };
    await expect.poll(committed, { timeout: 60_000 }).toEqual(["500", "500"]);
    await copier.kill();
    await admin.disconnect();
    const [readCommitted, readUncommitted] = await run("java-4.3.1", to, "read");
    expect(readCommitted).toBe(`read_committed ${values.join(" ")}`);
    expect(readUncommitted?.length).toBeGreaterThan(readCommitted?.length ?? 0);
  },
  TEST_MS_MAX,
);

/** The newest Java client in a cluster that has turned the second generation of the transaction protocol off. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { runJava } from "../../tests/support/java.js";
import { JavaPrograms } from "../../tests/support/java-programs.js";
import { targetForThisFile } from "../../tests/support/target-for-this-file.js";
import { connect, createTopic } from "../kafkajs/connect.js";

const TEST_MS_MAX = 120_000;

const broker = targetForThisFile({
  properties: { "transaction.abort.timed.out.transaction.cleanup.interval.ms": "500" },
});
const programs = new JavaPrograms("java-transactions");
afterAll(() => programs.remove());

beforeAll(async () => {
  await programs.compile("java-4.3.1", "Transactions");
  const change = ["downgrade", "--feature", "transaction.version=1"];
  const at = ["--bootstrap-server", broker().bootstrapServers];
  const { code, stdout, stderr } = await runJava("org.apache.kafka.tools.FeatureCommand", [...at, ...change]);
  if (code !== 0) throw new Error(`${stdout}${stderr}`);
}, TEST_MS_MAX);

test.each([
  ["commits and aborts", "commit-and-abort", [], 6],
  ["is fenced by the next producer", "fence", ["the first is refused: yes"], 1],
  ["is aborted when it takes too long", "time-out", ["stable up to 2", "the commit is refused: yes"], 1],
] as const)(
  "java-4.3.1 with transactions of the first generation %s",
  async (_what, steps, said, committed) => {
    const { bootstrapServers } = broker();
    await createTopic(connect(bootstrapServers), { topic: steps, numPartitions: 2 });
    expect(await programs.run("java-4.3.1", "Transactions", bootstrapServers, steps, steps)).toEqual(said);
    const [readCommitted = ""] = await programs.run("java-4.3.1", "Transactions", bootstrapServers, steps, "read");
    expect(readCommitted.split(" ")).toHaveLength(1 + committed);
    expect(readCommitted).not.toMatch(/aborted|fenced|slow/);
  },
  TEST_MS_MAX,
);

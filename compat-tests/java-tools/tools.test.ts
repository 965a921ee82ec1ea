/**
 * The tools of Apache Kafka that measure, verify and repair, in one session on one topic: all of them run before the tests,
 * in the order in which they stand here, and each test reads what its tool has printed.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runJava } from "../../tests/support/java.js";
import { targetForThisFile } from "../../tests/support/target-for-this-file.js";
import { temporaryFolder } from "../../tests/support/temporary-folder.js";
import { runTools, type ToolRun } from "./run-tools.js";

const broker = targetForThisFile();
const folder = temporaryFolder("java-tools");
let runs: Awaited<ReturnType<typeof session>>;
beforeAll(async () => {
  runs = await session(broker().bootstrapServers);
}, 150_000);
afterAll(() => folder.remove());

const tools = "org.apache.kafka.tools";

function session(bootstrapServers: string) {
  const at = ["--bootstrap-server", bootstrapServers];
  const deletion = join(folder.path, "delete.json");
  writeFileSync(deletion, '{"version":1,"partitions":[{"topic":"tools","partition":0,"offset":100}]}');
  const topics = (...words: string[]) => [`${tools}.TopicCommand`, ...at, ...words];
  const offsets = (time: string) => [`${tools}.GetOffsetShell`, ...at, "--topic", "tools", "--time", time];
  const groups = (...words: string[]) => [`${tools}.consumer.group.ConsumerGroupCommand`, ...at, ...words];
  const reset = (...words: string[]) => groups("--group", "verifiers", "--topic", "tools", "--reset-offsets", ...words);
  const transactions = (...words: string[]) => [`${tools}.TransactionsCommand`, ...at, ...words];
  const metrics = (...words: string[]) => [`${tools}.ClientMetricsCommand`, ...at, ...words];
  const acls = (...words: string[]) => [`${tools}.AclCommand`, ...at, ...words];
  const produce = (count: string, ...words: string[]) => {
    const what = ["--topic", "tools", "--num-records", count, "--record-size", "100", "--throughput", "-1"];
    return [`${tools}.ProducerPerformance`, ...at, ...what, ...words];
  };
  return runTools({
    created: topics("--create", "--topic", "tools", "--partitions", "1", "--replication-factor", "1"),
    produced: produce("300"),
    consumed: [
      ...[`${tools}.ConsumerPerformance`, ...at, "--topic", "tools", "--num-records", "300"],
      // Its group may take longer to come together than the 10 s that it waits by itself.
      ...["--timeout", "60000"],
    ],
    latency: [`${tools}.EndToEndLatency`, bootstrapServers, "tools-latency", "30", "all", "20"],
    verified: [
      ...[`${tools}.VerifiableConsumer`, ...at, "--topic", "tools", "--group-id", "verifiers"],
      ...["--max-messages", "300", "--reset-policy", "earliest"],
    ],
    latest: offsets("latest"),
    newest: offsets("max-timestamp"),
    afterNow: offsets("4102444800000"),
    listed: [`${tools}.GroupsCommand`, ...at, "--list"],
    lag: groups("--describe", "--group", "verifiers"),
    members: groups("--describe", "--group", "verifiers", "--members"),
    dryRun: reset("--shift-by", "-20", "--dry-run"),
    shifted: reset("--shift-by", "-20", "--execute"),
    toDate: reset("--to-datetime", "2020-01-01T00:00:00.000", "--execute"),
    forgotten: groups("--group", "verifiers", "--topic", "tools", "--delete-offsets"),
    deletedGroup: groups("--delete", "--group", "verifiers"),
    unknownGroup: groups("--describe", "--group", "nobody"),
    deletedRecords: [`${tools}.DeleteRecordsCommand`, ...at, "--offset-json-file", deletion],
    earliest: offsets("earliest"),
    logDirs: [`${tools}.LogDirsCommand`, ...at, "--describe", "--topic-list", "tools"],
    transacted: produce("50", "--transactional-id", "tools-transaction", "--transaction-duration-ms", "10"),
    allTransactions: transactions("list"),
    transaction: transactions("describe", "--transactional-id", "tools-transaction"),
    producers: transactions("describe-producers", "--topic", "tools", "--partition", "0"),
    hanging: transactions("find-hanging", "--broker-id", "1"),
    aborted: transactions("abort", "--topic", "tools", "--partition", "0", "--start-offset", "10"),
    apis: [`${tools}.BrokerApiVersionsCommand`, ...at],
    subscribed: metrics(
      "--alter",
      "--name",
      "producers",
      "--metrics",
      "org.apache.kafka.producer.",
      "--interval",
      "5000",
    ),
    subscription: metrics("--describe", "--name", "producers"),
    unsubscribed: metrics("--delete", "--name", "producers"),
    subscriptions: metrics("--list"),
    allowed: acls("--add", "--allow-principal", "User:anna", "--operation", "Read", "--topic", "tools"),
    acls: acls("--list"),
  });
}

/** What a tool that succeeded has printed. */
function good({ code, output }: ToolRun): string {
  expect(output).not.toContain("Exception");
  expect(code).toBe(0);
  return output;
}

describe("what measures", () => {
  test("kafka-producer-perf-test sends all its records", () => {
    expect(good(runs.produced)).toMatch(/^300 records sent, .* ms 99\.9th\./m);
  });

  test("kafka-consumer-perf-test reads them", () => {
    const [header = "", figures = ""] = good(runs.consumed).trim().split("\n").slice(-2);
    const at = header.split(", ").indexOf("data.consumed.in.nMsg");
    expect(Number(figures.split(", ")[at])).toBe(300);
  });

  test("kafka-e2e-latency makes its topic and meets each record again", () => {
    expect(good(runs.latency)).toMatch(/^Percentiles: 50th = \d+, 99th = \d+, 99\.9th = \d+$/m);
  });
});

describe("what verifies", () => {
  // What it has counted it says only when its process ends.
  test("kafka-verifiable-producer hears of each record", async () => {
    const words = ["--topic", "tools-verifiable", "--max-messages", "20"];
    const at = ["--bootstrap-server", broker().bootstrapServers];
    const { code, stdout } = await runJava(`${tools}.VerifiableProducer`, [...at, ...words]);
    const events = eventsOf({ code, output: stdout });
    expect(events.filter(({ name }) => name === "producer_send_success")).toHaveLength(20);
    expect(events.at(-1)).toMatchObject({ name: "tool_data", sent: 20, acked: 20 });
  });

  test("kafka-verifiable-consumer gets partitions, records and its commits", () => {
    const events = eventsOf(runs.verified);
    expect(events.find(({ name }) => name === "partitions_assigned")).toMatchObject({
      partitions: [{ topic: "tools", partition: 0 }],
    });
    const consumed = events.filter(({ name }) => name === "records_consumed").map(({ count }) => Number(count));
    expect(consumed.reduce((sum, count) => sum + count, 0)).toBe(300);
    const commits = events.filter(({ name }) => name === "offsets_committed");
    expect(commits.at(-1)).toMatchObject({ success: true, offsets: [{ topic: "tools", partition: 0, offset: 300 }] });
  });

  function eventsOf(run: ToolRun): Record<string, unknown>[] {
    return good(run)
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line));
  }
});

describe("kafka-get-offsets", () => {
  test("finds the end, the newest record, and nothing of the future", () => {
    expect(good(runs.latest)).toBe("tools:0:300\n");
    expect(good(runs.newest)).toMatch(/^tools:0:2\d\d\n$/);
    expect(good(runs.afterNow)).toBe("");
  });

  test("begins behind what kafka-delete-records has deleted", () => {
    expect(good(runs.deletedRecords)).toMatch(/partition: tools-0\s+low_watermark: 100/);
    expect(good(runs.earliest)).toBe("tools:0:100\n");
  });
});

describe("kafka-consumer-groups and kafka-groups", () => {
  test("list a group and its lag, whose members are gone", () => {
    expect(good(runs.listed)).toMatch(/^verifiers\s+Classic\s+consumer/m);
    expect(good(runs.lag)).toMatch(/verifiers\s+tools\s+0\s+300\s+300\s+0\s/);
    expect(good(runs.members)).toContain("has no active members");
  });

  test("move a group back, and only show it where it is a dry run", () => {
    expect(good(runs.dryRun)).toMatch(/verifiers\s+tools\s+0\s+280/);
    expect(good(runs.shifted)).toMatch(/verifiers\s+tools\s+0\s+280/);
    expect(good(runs.toDate)).toMatch(/verifiers\s+tools\s+0\s+0/);
  });

  test("forget offsets, then the group", () => {
    expect(good(runs.forgotten)).toMatch(/tools\s+0\s+Successful/);
    expect(good(runs.deletedGroup)).toContain("Deletion of requested consumer groups ('verifiers') was successful.");
    expect(runs.unknownGroup.output).toContain("Group nobody not found");
  });
});

test("kafka-log-dirs tells the size of each partition", () => {
  const [described = ""] = good(runs.logDirs)
    .split("\n")
    .filter((line) => line.startsWith("{"));
  const [{ broker: id, logDirs } = { broker: -1, logDirs: [] }] = JSON.parse(described).brokers;
  expect(id).toBe(1);
  expect(logDirs).toMatchObject([
    { error: null, partitions: [{ partition: "tools-0", offsetLag: 0, isFuture: false }] },
  ]);
  expect(logDirs[0].partitions[0].size).toBeGreaterThan(20_000);
});

describe("kafka-transactions", () => {
  // Apache Kafka answers as soon as the end is decided; the markers may still be on their way then.
  test("lists and describes a transaction that has ended", () => {
    expect(good(runs.transacted)).toContain("50 records sent");
    expect(good(runs.allTransactions)).toMatch(/^tools-transaction\s+1\s+\d+\s+(Prepare|Complete)Commit/m);
    expect(good(runs.transaction)).toMatch(/^1\s+tools-transaction\s+\d+\s+\d+\s+(Prepare|Complete)Commit\s+60000\s/m);
  });

  test("describes the producers of a partition, and finds none that hangs", () => {
    expect(good(runs.producers)).toMatch(/^\d+\s+\d+\s+-1\s+299\s+\d+\s+None\s*$/m);
    expect(good(runs.hanging).trim().split("\n")).toHaveLength(1);
    expect(runs.aborted.output).toContain("Could not find any open transactions starting at offset 10");
  });
});

test("kafka-broker-api-versions can use each API that clients need", () => {
  const output = good(runs.apis);
  for (const name of ["Produce", "Fetch", "Metadata", "OffsetCommit", "ConsumerGroupHeartbeat", "DescribeCluster"]) {
    expect(output).toMatch(new RegExp(`^\\t${name}\\(\\d+\\): .*\\[usable: \\d+\\]`, "m"));
  }
});

test("kafka-client-metrics subscribes, shows and forgets", () => {
  good(runs.subscribed);
  expect(good(runs.subscription)).toMatch(/interval\.ms=5000/);
  good(runs.unsubscribed);
  expect(good(runs.subscriptions)).not.toContain("producers");
});

test("kafka-acls is told that there is no authorizer, whatever it wants", () => {
  for (const run of [runs.allowed, runs.acls]) expect(run.output).toContain("No Authorizer is configured");
});

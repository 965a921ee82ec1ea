/**
 * One broker fills a data folder with everything that a log may hold; Apache Kafka's own tool and ours find nothing wrong
 * with any file of it; the other broker takes the folder over, and clients see the same.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { JavaPrograms } from "../../tests/support/java-programs.js";
import { inRepository } from "../../tests/support/repository.js";
import { runCommand } from "../../tests/support/run-command.js";
import { startTarget } from "../../tests/support/start-target.js";
import type { Target, TargetBroker } from "../../tests/support/target-broker.js";
import { complaintsOf, dumpFiles, filesOf } from "./dump-files.js";

const STEP_MS_MAX = 240_000;
const SETTLED_MS_MAX = 60_000;

/** Retention and compaction are done within a second. */
const hasty = {
  "log.cleaner.backoff.ms": "200",
  "log.initial.task.delay.ms": "200",
  "log.retention.check.interval.ms": "200",
};

const programs = new JavaPrograms("apache-files");
afterAll(() => programs.remove());

beforeAll(() => programs.compile("java-4.3.1", "FillTopics", "DescribeTopics", "EndHanging"), 60_000);

async function runProgram(program: string, { bootstrapServers }: TargetBroker): Promise<string[]> {
  return (await programs.run("java-4.3.1", program, bootstrapServers)).sort();
}

function entriesIn({ dataFolder }: TargetBroker, checkpoint: string): Map<string, number> {
  const lines = readFileSync(join(dataFolder, checkpoint), "utf8").split("\n").slice(2);
  const entries = lines
    .map((line) => line.split(" "))
    .map(([topic, , offset]) => [topic ?? "", Number(offset)] as const);
  return new Map(entries);
}

function lastSegmentOf({ dataFolder }: TargetBroker, topic: string): number {
  const segments = readdirSync(join(dataFolder, `${topic}-0`)).filter((name) => name.endsWith(".log"));
  return Math.max(...segments.map((name) => Number.parseInt(name, 10)));
}

/** All is compacted that may be, and all is deleted that must be. */
async function settled(broker: TargetBroker): Promise<void> {
  const deadlineMs = performance.now() + SETTLED_MS_MAX;
  const tables = ["tables", "transactional.tables"];
  const isSettled = () => {
    const compacted = entriesIn(broker, "cleaner-offset-checkpoint");
    const segments = readdirSync(join(broker.dataFolder, "short-0"));
    return (
      tables.every((topic) => compacted.get(topic) === lastSegmentOf(broker, topic)) &&
      segments.filter((name) => name.endsWith(".log")).length < 3
    );
  };
  while (!isSettled()) {
    if (performance.now() > deadlineMs) throw new Error("retention or compaction does not come to its end");
    await sleep(100);
  }
}

/** The first lines that only one of the two has. */
function differences(before: readonly string[], after: readonly string[]): { missing: string[]; added: string[] } {
  const [known, found] = [new Set(before), new Set(after)];
  const missing = before.filter((line) => !found.has(line)).slice(0, 20);
  return { missing, added: after.filter((line) => !known.has(line)).slice(0, 20) };
}

/** Steady offsets for who looks twice: the heir leaves to the next day what it could compact. */
const unhurried = { "log.cleaner.backoff.ms": "86400000" };

function takeover(first: Target, second: Target): () => TargetBroker {
  let writer: TargetBroker;
  let seen: string[];

  beforeAll(async () => {
    writer = await startTarget(first, { properties: hasty });
    await runProgram("FillTopics", writer);
    await settled(writer);
    seen = await runProgram("DescribeTopics", writer);
    await writer.stop();
  }, STEP_MS_MAX);
  afterAll(async () => {
    await writer.dispose();
  });

  test("there is a file of every kind, and compaction and retention have left their marks", () => {
    const names = filesOf(writer.dataFolder).map((path) => path.slice(path.lastIndexOf("/") + 1));
    for (const suffix of [".log", ".index", ".timeindex", ".txnindex", ".snapshot"]) {
      expect(names.some((name) => name.endsWith(suffix))).toBe(true);
    }
    const offsets = seen.filter((line) => line.startsWith("read_uncommitted tables-0 offset"));
    expect(offsets.length).toBeLessThan(1_000);
    expect(seen).not.toContain("read_uncommitted short-0 from 0 to 1000");
    expect(seen).toContain("read_uncommitted trimmed-0 from 7 to 20");
  });

  test("committed readers stop at the open transaction, and see no aborted record", () => {
    expect(seen).toContain("read_uncommitted hanging-0 from 0 to 10");
    expect(seen).toContain("read_committed hanging-0 from 0 to 0");
    const recordsSeen = (isolation: string) =>
      seen.filter((line) => line.startsWith(`${isolation} transactional-`) && line.includes(" offset ")).length;
    expect(recordsSeen("read_uncommitted")).toBe(600);
    // Of 30 transactions of each producer, 10 are aborted.
    expect(recordsSeen("read_committed")).toBe(400);
    expect(seen).toContain("group movers codec.gzip-0 21 ");
  });

  test("samsa log verify finds no damage", async () => {
    const args = [inRepository("dist", "samsa.js"), "log", "verify", writer.dataFolder];
    const { code, stdout } = await runCommand(process.execPath, args);
    expect(stdout).toMatch(/no damage\.\n$/);
    expect(code).toBe(0);
  });

  test(
    "clients of the other see the same, and the producer that died can end its transaction there",
    async () => {
      const heir = await startTarget(second, { takesOver: writer.dataFolder, properties: unhurried });
      try {
        expect(differences(seen, await runProgram("DescribeTopics", heir))).toEqual({ missing: [], added: [] });
        await runProgram("EndHanging", heir);
        const now = await runProgram("DescribeTopics", heir);
        const committed = now.filter((line) => line.startsWith("read_committed hanging-0 offset"));
        // The open one was aborted by a marker at 10; what others wrote after it began is stable now.
        expect(committed.map((line) => Number(line.split(" ")[3])).sort((x, y) => x - y)).toEqual([5, 6, 7, 8, 9, 11]);
      } finally {
        await heir.dispose();
      }
    },
    STEP_MS_MAX,
  );

  return () => writer;
}

describe("Apache Kafka writes, and Samsa takes over", () => {
  takeover("apache", "samsa");
});

describe("Samsa writes, and Apache Kafka takes over", () => {
  const writer = takeover("samsa", "apache");

  test.each([
    ["any", ["--deep-iteration", "--print-data-log"]],
    ["index", ["--index-sanity-check"]],
    ["index", ["--verify-index-only"]],
    ["__consumer_offsets", ["--offsets-decoder"]],
    ["__transaction_state", ["--transaction-log-decoder"]],
    ["__cluster_metadata", ["--cluster-metadata-decoder"]],
  ] as const)(
    "DumpLogSegments reads every file of this kind without a complaint: %s %j",
    async (kind, args) => {
      const files = filesOf(writer().dataFolder, kind);
      expect(files.length).toBeGreaterThan(0);
      expect(complaintsOf(await dumpFiles(files, args))).toEqual([]);
    },
    STEP_MS_MAX,
  );
});

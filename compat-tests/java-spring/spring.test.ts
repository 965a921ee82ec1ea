/**
 * Applications of Spring Kafka: acknowledgements, dead letters, topics of later tries, transactions, replies and
 * batches. Each is a program that tells what its listeners saw.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { compileJava, runJava } from "../../tests/support/java.js";
import { inRepository } from "../../tests/support/repository.js";
import { targetForThisFile } from "../../tests/support/target-for-this-file.js";
import { temporaryFolder } from "../../tests/support/temporary-folder.js";
import { complaintsOf, dumpFiles, dumpOffsets, filesOf } from "../apache-files/dump-files.js";

const TEST_MS_MAX = 180_000;
const RUN_MS_MAX = 170_000;

const broker = targetForThisFile();
const classes = temporaryFolder("java-spring");
afterAll(() => classes.remove());

const libraries = `${inRepository(".cache", "spring-kafka-4.1.1", "lib")}/*`;

beforeAll(async () => {
  const names = ["Acknowledgements", "DeadLetters", "RetryTopics", "Transactions", "RequestsAndReplies", "Batches"];
  // Spring finds values by the names of parameters.
  const options = ["-parameters", "-sourcepath", inRepository("compat-tests", "java-spring")];
  await compileJava({ folder: "java-spring", names, classPath: libraries }, classes.path, options);
}, TEST_MS_MAX);

/** What the program prints, line by line. */
async function story(name: string): Promise<string[]> {
  const classPath = `${classes.path}:${libraries}`;
  const ran = await runJava(name, [broker().bootstrapServers], { classPath, timeoutMs: RUN_MS_MAX });
  expect(ran.code, `${ran.stdout}${ran.stderr}`).toBe(0);
  return ran.stdout.trimEnd().split("\n");
}

/** As far as this number, parted by blanks. */
function numbers(end: number, step = 1): string {
  return Array.from({ length: Math.ceil(end / step) }, (_, i) => i * step).join(" ");
}

/** The first in the topic itself. */
function tries(value: string, count: number): string {
  const topics = ["spring-retries", "spring-retries-retry-0", "spring-retries-retry-1"];
  return topics
    .slice(0, count)
    .map((topic) => `${value}@${topic}`)
    .join(" ");
}

test(
  "what is acknowledged by hand is not seen again, what is refused comes again",
  async () => {
    expect(await story("Acknowledgements")).toEqual([
      "seen: 0 1 2 3 4 5 5 6 7 8 9",
      "goes on at {0=7}",
      "seen again: 7 8 9",
      "goes on at {0=10}",
    ]);
  },
  TEST_MS_MAX,
);

test(
  "what cannot be taken becomes a dead letter that says where it comes from",
  async () => {
    const from = "in partition 1 from spring-letters-1@4 of spring-letter-readers";
    expect(await story("DeadLetters")).toEqual([
      "seen: 0 1 2 3 4 4 4 5 6 7 8 9",
      `dead: 4 ${from} by java.lang.IllegalArgumentException`,
      "goes on at {1=10}",
    ]);
  },
  TEST_MS_MAX,
);

test(
  "what cannot be taken yet is tried again later, by topics that Spring makes",
  async () => {
    expect(await story("RetryTopics")).toEqual([
      "seen: 0 1 2 3 5 7 8 9",
      "seen later: 6",
      `tries: ${tries("4", 3)} ${tries("6", 2)}`,
      "dead: 4@spring-retries-dlt",
    ]);
  },
  TEST_MS_MAX,
);

test(
  "listeners in transactions copy each record once, though some fail after they have sent",
  async () => {
    expect(await story("Transactions")).toEqual([
      "rolled back on purpose",
      "failed after: 5 11 17",
      `committed: ${numbers(20)}`,
      "all: 0 1 2 3 4 5 5 6 7 8 9 10 11 11 12 13 14 15 16 17 17 18 19",
    ]);
  },
  TEST_MS_MAX,
);

test(
  "each request gets its own reply",
  async () => {
    expect(await story("RequestsAndReplies")).toEqual([`doubles: ${numbers(60, 2)}`]);
  },
  TEST_MS_MAX,
);

test(
  "a batch with one bad record is taken but for that one",
  async () => {
    expect(await story("Batches")).toEqual([
      `seen: ${numbers(30).replace(" 13 ", " ")}`,
      "largest batch 10",
      "tries: 13 13",
      "dead: 13",
      "goes on at {0=30}",
    ]);
  },
  TEST_MS_MAX,
);

test(
  "DumpLogSegments reads what the applications have left",
  async () => {
    await broker().stop();
    const offsets = await dumpOffsets(broker().dataFolder);
    expect(offsets).toContain(`"data":{"group":"spring-copying","topic":"spring-transactions","partition":1}}`);
    expect(complaintsOf(offsets)).toEqual([]);
    expect(complaintsOf(await dumpFiles(filesOf(broker().dataFolder), []))).toEqual([]);
  },
  TEST_MS_MAX,
);

/**
 * Words counted by Kafka Streams exactly once, while the broker restarts, is killed, and the application is killed.
 * Every word makes a record: the counts of each word that are committed must be 1, 2, 3 and so on, up to the truth.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Child } from "../../tests/support/child-process.js";
import { compileJava, loggingArgument, runJava } from "../../tests/support/java.js";
import { inRepository } from "../../tests/support/repository.js";
import { targetForThisFile } from "../../tests/support/target-for-this-file.js";
import { temporaryFolder } from "../../tests/support/temporary-folder.js";
import { complaintsOf, dumpFiles, dumpOffsets, dumpTransactions, filesOf } from "../apache-files/dump-files.js";
import { connect, createTopic } from "../kafkajs/connect.js";

const TEST_MS_MAX = 600_000;
const AT_WORK_MS_MAX = 120_000;
const READ_MS_MAX = 180_000;
const END_MS_MAX = 60_000;
/** A strike comes so long after a sign of work, at most. */
const STRIKE_MS_MAX = 150;

const LINES = "streams-lines";
const COUNTS = "streams-counts";
const APPLICATION = "streams-counter";

const broker = targetForThisFile();
const folder = temporaryFolder("java-streams");
const running = new Set<Child>();
afterAll(async () => {
  await Promise.all([...running].map((child) => child.kill()));
  folder.remove();
});

const libraries = `${inRepository(".cache", "kafka-streams-4.3.1", "lib")}/*`;
const classPath = `${folder.path}:${libraries}`;

beforeAll(async () => {
  const names = ["CountWords", "ProduceLines", "ReadCounts"];
  await compileJava({ folder: "java-streams", names, classPath: libraries }, folder.path);
  for (const topic of [LINES, COUNTS]) {
    await createTopic(connect(broker().bootstrapServers), { topic, numPartitions: 3 });
  }
}, 120_000);

function startProgram(...args: readonly string[]): Child {
  const jvm = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m", loggingArgument("warn")];
  const child = new Child({ command: "java", args: [...jvm, ...args], env: { CLASSPATH: classPath } });
  running.add(child);
  return child;
}

function startCounting(): Child {
  return startProgram("CountWords", broker().bootstrapServers, APPLICATION, LINES, COUNTS, `${folder.path}/state`);
}

/** Until it has counted something more, and then a moment. */
async function atWork(counter: Child): Promise<void> {
  await counter.firstLine((line) => line.startsWith("counted ") || undefined, AT_WORK_MS_MAX);
  await sleep(Math.random() * STRIKE_MS_MAX);
}

async function strikeBroker(how: "stop" | "kill"): Promise<void> {
  await broker()[how]();
  await broker().start();
}

/** By word, how often it is in so many lines of `ProduceLines`. */
function truthOf(lines: number): ReadonlyMap<string, number> {
  const truth = new Map<string, number>();
  for (let line = 0; line < lines; line += 1) {
    for (const word of ["any", `by-seven-${line % 7}`, `by-twenty-${line % 20}`]) {
      truth.set(word, (truth.get(word) ?? 0) + 1);
    }
  }
  return truth;
}

async function readCounts(atLeast: number): Promise<string[]> {
  const args = [broker().bootstrapServers, COUNTS, String(atLeast)];
  const { code, stdout, stderr } = await runJava("ReadCounts", args, { classPath, timeoutMs: READ_MS_MAX });
  if (code !== 0) throw new Error(`${stdout}${stderr}`);
  return stdout.split("\n").filter((line) => line !== "");
}

test(
  "each word is counted exactly once, whoever is struck while the lines come in",
  async () => {
    const producer = startProgram("ProduceLines", broker().bootstrapServers, LINES);
    let counter = startCounting();
    for (const struck of ["stop", "kill", "application", "kill", "stop"] as const) {
      await atWork(counter);
      if (struck === "application") {
        await counter.kill();
        counter = startCounting();
      } else {
        await strikeBroker(struck);
      }
    }
    await atWork(counter);
    await producer.stop(END_MS_MAX);
    const lines = Number(/^sent (\d+)$/m.exec(producer.output)?.[1]);
    expect(lines, producer.output).toBeGreaterThan(0);

    const truth = [...truthOf(lines)].map(([word, count]) => `${word} ${count}`).sort();
    expect((await readCounts(3 * lines)).sort(), counter.output).toEqual(truth);
    await counter.stop(END_MS_MAX);
    expect((await readCounts(3 * lines)).sort()).toEqual(truth);
  },
  TEST_MS_MAX,
);

test(
  "DumpLogSegments reads the offsets and the transactions that the application has left",
  async () => {
    await broker().stop();
    const data = broker().dataFolder;
    const offsets = await dumpOffsets(data);
    expect(offsets).toContain(`key: {"type":"1","data":{"group":"${APPLICATION}","topic":"${LINES}","partition":0}}`);
    expect(offsets).toContain(`key: {"type":"2","data":{"group":"${APPLICATION}"}}`);
    expect(complaintsOf(offsets)).toEqual([]);
    const transactions = await dumpTransactions(data);
    expect(transactions).toContain(`key: {"type":"0","data":{"transactionalId":"${APPLICATION}-`);
    expect(complaintsOf(transactions)).toEqual([]);
    expect(complaintsOf(await dumpFiles(filesOf(data), []))).toEqual([]);
  },
  TEST_MS_MAX,
);

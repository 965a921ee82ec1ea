/**
 * Java clients from before record batches: 0.10.2.2 speaks messages of magic 1, 0.9.0.1 of magic 0. Apache Kafka 4 has
 * dropped both (KIP-896), so these tests want Samsa whatever the target.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Codec, codecsOnDisk } from "../../tests/support/codecs.js";
import { apacheKafkaClassPath, runJava } from "../../tests/support/java.js";
import { inRepository } from "../../tests/support/repository.js";
import { runCommandToSuccess } from "../../tests/support/run-command.js";
import { startSamsa } from "../../tests/support/samsa.js";
import type { TargetBroker } from "../../tests/support/target-broker.js";
import { temporaryFolder } from "../../tests/support/temporary-folder.js";

const TEST_MS_MAX = 120_000;
const RECORDS_PER_CODEC = 40;
const codecsOfMessages: readonly Codec[] = ["none", "gzip", "snappy", "lz4"];
const RECORDS = RECORDS_PER_CODEC * codecsOfMessages.length;

const oldClients = ["java-0.10.2.2", "java-0.9.0.1"] as const;
type OldClient = (typeof oldClients)[number];
type Client = OldClient | "java-4.3.1";

const classPathOf = (version: string) => `${inRepository(".cache", `kafka-clients-${version}`, "lib")}/*`;
const libraries: Readonly<Record<Client, string>> = {
  "java-4.3.1": apacheKafkaClassPath(),
  "java-0.10.2.2": classPathOf("0.10.2.2"),
  "java-0.9.0.1": classPathOf("0.9.0.1"),
};
const ours = (name: string) => inRepository("compat-tests", "java-0.10", name);
const programs: Readonly<Record<Client, readonly string[]>> = {
  "java-4.3.1": [ours("WriteMessages.java"), inRepository("compat-tests", "java-mixed", "ConsumeInGroup.java")],
  "java-0.10.2.2": [ours("WriteMessages.java"), ours("ReadMessages.java")],
  "java-0.9.0.1": [ours("WriteMessages.java"), ours("ReadMessages.java")],
};

let samsa: TargetBroker;
const classes = temporaryFolder("java-0.10");

beforeAll(async () => {
  samsa = await startSamsa();
  for (const [client, sources] of Object.entries(programs) as [Client, readonly string[]][]) {
    mkdirSync(join(classes.path, client));
    await runCommandToSuccess("javac", ["-cp", libraries[client], "-d", join(classes.path, client), ...sources]);
  }
}, TEST_MS_MAX);

afterAll(async () => {
  await samsa.dispose();
  classes.remove();
});

async function run(client: Client, program: string, ...args: readonly string[]): Promise<string[]> {
  const classPath = `${join(classes.path, client)}:${libraries[client]}`;
  const timeoutMs = TEST_MS_MAX;
  const result = await runJava(program, [samsa.bootstrapServers, ...args], { classPath, timeoutMs });
  if (result.code !== 0) throw new Error(`${client} ${program}: ${result.stdout}${result.stderr}`);
  return result.stdout.split("\n").filter((line) => line !== "");
}

const write = (client: Client, topic: string) =>
  run(client, "WriteMessages", topic, client, String(RECORDS_PER_CODEC), codecsOfMessages.join());

/** What `WriteMessages` writes, as `ReadMessages` prints it. */
function written(client: Client, baseOffset: number): string[] {
  return codecsOfMessages.flatMap((codec, index) =>
    Array.from({ length: RECORDS_PER_CODEC }, (_, number) => {
      const text = `${client}-${codec}-${number}`;
      const offset = baseOffset + index * RECORDS_PER_CODEC + number;
      return `${offset} ${number % 5 === 4 ? null : text} ${number % 7 === 6 ? null : text}`;
    }),
  );
}

describe.each(oldClients)("%s and java-4.3.1 share a topic:", (old) => {
  const topic = `shared-with-${old}`;

  test(
    "the old one writes with each codec, and the records lie on disk with it",
    async () => {
      await write(old, topic);
      expect(codecsOnDisk(samsa, topic, 0)).toEqual(codecsOfMessages);
    },
    TEST_MS_MAX,
  );

  test(
    "the new one reads what the old one wrote, and writes with each codec",
    async () => {
      const values = await run("java-4.3.1", "ConsumeInGroup", topic, `new-beside-${old}`, String(RECORDS));
      expect(values).toEqual(written(old, 0).map((line) => line.split(" ")[2]));
      await write("java-4.3.1", topic);
    },
    TEST_MS_MAX,
  );

  test(
    "the old one reads all in order, commits, and goes on from there",
    async () => {
      const half = String(RECORDS);
      const first = await run(old, "ReadMessages", topic, "old", half);
      const second = await run(old, "ReadMessages", topic, "old", String(2 * RECORDS - first.length));
      expect([...first, ...second]).toEqual([...written(old, 0), ...written("java-4.3.1", RECORDS)]);
    },
    TEST_MS_MAX,
  );
});

/**
 * Java clients from before record batches: 0.10.2.2 speaks messages of magic 1, 0.9.0.1 of magic 0. Apache Kafka 4 has
 * dropped both (KIP-896), so these tests want Samsa whatever the target.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Codec, codecsOnDisk } from "../../tests/support/codecs.js";
import { type JavaClient, JavaPrograms } from "../../tests/support/java-programs.js";
import { startSamsa } from "../../tests/support/samsa.js";
import type { TargetBroker } from "../../tests/support/target-broker.js";

const TEST_MS_MAX = 120_000;
const RECORDS_PER_CODEC = 40;
const codecsOfMessages: readonly Codec[] = ["none", "gzip", "snappy", "lz4"];
const RECORDS = RECORDS_PER_CODEC * codecsOfMessages.length;

const oldClients = ["java-0.10.2.2", "java-0.9.0.1"] as const;

let samsa: TargetBroker;
const programs = new JavaPrograms("java-0.10");

beforeAll(async () => {
  samsa = await startSamsa();
  await programs.compile("java-4.3.1", "WriteMessages", "../java-mixed/ConsumeInGroup");
  for (const client of oldClients) await programs.compile(client, "WriteMessages", "ReadMessages");
}, TEST_MS_MAX);

afterAll(async () => {
  await samsa.dispose();
  programs.remove();
});

const run = (client: JavaClient, program: string, ...args: readonly string[]) =>
  programs.run(client, program, samsa.bootstrapServers, ...args);

const write = (client: JavaClient, topic: string) =>
  run(client, "WriteMessages", topic, client, String(RECORDS_PER_CODEC), codecsOfMessages.join());

/** What `WriteMessages` writes, as `ReadMessages` prints it. */
function written(client: JavaClient, baseOffset: number): string[] {
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

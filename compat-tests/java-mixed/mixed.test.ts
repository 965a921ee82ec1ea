/** Old and new at once: the Java clients 4.3.1 and 2.1.1 and kafkajs write to one topic, and each reads what all wrote. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type JavaClient, JavaPrograms } from "../../tests/support/java-programs.js";
import { targetForThisFile } from "../../tests/support/target-for-this-file.js";
import { connect, createTopic, receive } from "../kafkajs/connect.js";

const TOPIC = "mixed";
const RECORDS_PER_WRITER = 50;
const writers = ["java-4.3.1", "java-2.1.1", "kafkajs"] as const;
const everything = writers.flatMap((writer) =>
  Array.from({ length: RECORDS_PER_WRITER }, (_, number) => `${writer}-${number}`),
);

const broker = targetForThisFile();
const programs = new JavaPrograms("java-mixed");
afterAll(() => programs.remove());

beforeAll(async () => {
  for (const client of ["java-4.3.1", "java-2.1.1"] as const) {
    await programs.compile(client, "ProduceNumbers", "ConsumeInGroup");
  }
}, 60_000);

const runProgram = (client: JavaClient, program: string, ...args: string[]) =>
  programs.run(client, program, broker().bootstrapServers, TOPIC, ...args);

test("all three write at once, to a topic with three partitions", async () => {
  const kafka = connect(broker().bootstrapServers);
  await createTopic(kafka, { topic: TOPIC, numPartitions: 3 });
  const producer = kafka.producer();
  await producer.connect();
  const writeWithKafkajs = async () => {
    for (let number = 0; number < RECORDS_PER_WRITER; number += 1) {
      const value = `kafkajs-${number}`;
      await producer.send({ topic: TOPIC, messages: [{ key: value, value }] });
    }
    await producer.disconnect();
  };

  const count = String(RECORDS_PER_WRITER);
  await Promise.all([
    runProgram("java-4.3.1", "ProduceNumbers", "java-4.3.1", count, "gzip"),
    runProgram("java-2.1.1", "ProduceNumbers", "java-2.1.1", count, "none"),
    writeWithKafkajs(),
  ]);
});

test.each(["java-4.3.1", "java-2.1.1"] as const)("%s reads everything that the three wrote", async (client) => {
  const values = await runProgram(client, "ConsumeInGroup", `${client}-readers`, String(everything.length));
  expect(values.sort()).toEqual([...everything].sort());
});

test("kafkajs reads everything that the three wrote", async () => {
  const consumer = connect(broker().bootstrapServers).consumer({ groupId: "kafkajs-readers" });
  await consumer.connect();
  await consumer.subscribe({ topic: TOPIC, fromBeginning: true });
  const received = await receive(consumer, everything.length);
  await consumer.disconnect();

  expect(received.map(({ message }) => message.value?.toString()).sort()).toEqual([...everything].sort());
});

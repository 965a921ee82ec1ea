/**
 * SERVERS TOPIC: an application that writes numbers and reads them back in a group, with kafkajs's default settings.
 * It prints `error …` for whatever the client lets through to it, and at a line of input its counts.
 */
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Kafka, logLevel } from "kafkajs";

const [, , servers = "", topic = ""] = process.argv;
const PAUSE_MS = 10;
const CATCH_UP_MS_MAX = 60_000;

const kafka = new Kafka({ clientId: "rolling", brokers: servers.split(","), logLevel: logLevel.NOTHING });
const acknowledged = new Set<string>();
const read = new Set<string>();
let repeated = 0;
/** Between two acknowledgements. */
let longestMs = 0;
let isEnding = false;

function complain(error: unknown): void {
  console.log(`error ${error}`);
}

async function produce(): Promise<void> {
  const producer = kafka.producer({ idempotent: true });
  await producer.connect();
  let lastMs = performance.now();
  for (let number = 0; !isEnding; number++) {
    const value = String(number);
    await producer
      .send({ topic, acks: -1, messages: [{ key: value, value }] })
      .then(() => acknowledged.add(value), complain);
    longestMs = Math.max(longestMs, performance.now() - lastMs);
    lastMs = performance.now();
    await sleep(PAUSE_MS);
  }
  await producer.disconnect();
}

const consumer = kafka.consumer({ groupId: `${topic}-readers` });
// It starts again by itself after errors that pass; those do not reach the application.
consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
  if (!restart) complain(error);
});
// By partition: the highest offset whose commit was acknowledged.
const committed = new Map<number, number>();
consumer.on(consumer.events.COMMIT_OFFSETS, ({ payload: { topics } }) => {
  for (const { partition, offset } of topics.flatMap(({ partitions }) => partitions)) {
    committed.set(partition, Math.max(committed.get(partition) ?? 0, Number(offset)));
  }
});
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
await consumer.run({
  eachMessage: async ({ partition, message }) => {
    const from = committed.get(partition) ?? 0;
    if (Number(message.offset) < from) complain(`${partition}@${message.offset} comes after the commit of ${from}`);
    const value = message.value?.toString() ?? "";
    if (read.size === 0) console.log("reads");
    if (read.has(value)) repeated++;
    read.add(value);
  },
});
const producing = produce().catch(complain);
await once(process.stdin, "data");
isEnding = true;
await producing;
const missing = () => [...acknowledged].filter((value) => !read.has(value)).length;
const untilMs = performance.now() + CATCH_UP_MS_MAX;
while (missing() > 0 && performance.now() < untilMs) await sleep(PAUSE_MS);
await consumer.disconnect();
console.log(
  `acknowledged ${acknowledged.size} missing ${missing()} repeated ${repeated} longest-ms ${Math.round(longestMs)}`,
);
process.exit(0);

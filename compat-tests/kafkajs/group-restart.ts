/**
 * Three kafkajs consumers in one group read 100,000 records, while two of them leave and come back and the broker is
 * stopped cleanly and started again. No record may be missing. Repeats are allowed by the protocol (what was read but
 * not committed is read again), so they are counted and compared with those that the same script has on Apache Kafka.
 *
 *   npm run compat:groups [-- samsa|apache|both [RECORDS]]
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Consumer, Kafka } from "kafkajs";
import { startTarget, targetNamed, targets } from "../../tests/support/start-target.js";
import type { Target, TargetBroker } from "../../tests/support/target-broker.js";
import { connect, createTopic } from "./connect.js";

const TOPIC = "group-restart";
const GROUP = "group-restart-readers";
const PARTITIONS = 6;
/** The share of the records that may be repeated by chance. */
const REPEATS_BY_CHANCE = 0.01;
const RUN_MS_MAX = 180_000;
/** A consumer pauses now and then, so that the group is still reading when the last member comes back. */
const RECORDS_PER_PAUSE = 20;
const PAUSE_MS = 10;

interface Outcome {
  readonly missing: number;
  readonly repeats: number;
  readonly seconds: number;
}

/** How often each record was read: a record is its number. */
class Readings {
  readonly #times: Uint16Array;
  distinct = 0;
  repeats = 0;

  constructor(records: number) {
    this.#times = new Uint16Array(records);
  }

  add(record: number): void {
    const before = this.#times[record];
    if (before === undefined) throw new Error(`record ${record} was never sent`);
    this.#times[record] = before + 1;
    if (before === 0) this.distinct += 1;
    else this.repeats += 1;
  }
}

async function runOn(target: Target, records: number): Promise<Outcome> {
  const broker = await startTarget(target);
  try {
    const kafka = connect(broker.bootstrapServers, "group-restart");
    await send(kafka, records);
    return await readThroughRestarts(target, broker, kafka, records);
  } finally {
    await broker.dispose();
  }
}

async function send(kafka: Kafka, records: number): Promise<void> {
  await createTopic(kafka, { topic: TOPIC, numPartitions: PARTITIONS });
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  for (let from = 0; from < records; from += 1000) {
    const count = Math.min(1000, records - from);
    const messages = Array.from({ length: count }, (_, index) => {
      const record = from + index;
      return { partition: record % PARTITIONS, value: String(record).padStart(100) };
    });
    await producer.send({ topic: TOPIC, messages });
  }
  await producer.disconnect();
}

async function readThroughRestarts(
  target: Target,
  broker: TargetBroker,
  kafka: Kafka,
  records: number,
): Promise<Outcome> {
  const readings = new Readings(records);
  const startedMs = performance.now();
  const seconds = () => Math.round((performance.now() - startedMs) / 100) / 10;
  const reached = async (share: number) => {
    while (readings.distinct < share * records) {
      if (performance.now() - startedMs > RUN_MS_MAX) return;
      await sleep(20);
    }
  };
  const say = (what: string) =>
    console.log(`${target}: ${what} (${seconds()} s, ${readings.distinct} read, ${readings.repeats} repeats)`);

  const first = await join(kafka, readings);
  let second = await join(kafka, readings);
  let third = await join(kafka, readings);
  await reached(0.15);
  await second.disconnect();
  say("the second member has left");
  await reached(0.3);
  second = await join(kafka, readings);
  say("the second member is back");
  await reached(0.45);
  await broker.stop();
  await broker.start();
  say("the broker is back");
  await reached(0.65);
  await third.disconnect();
  say("the third member has left");
  await reached(0.8);
  third = await join(kafka, readings);
  say("the third member is back");
  if (readings.distinct === records) throw new Error("everything was read before the last member came back");
  await reached(1);
  // What is read twice may come late: a member that has fallen behind reads on from its last commit.
  await sleep(2000);
  const outcome = { missing: records - readings.distinct, repeats: readings.repeats, seconds: seconds() };
  say("done");
  await Promise.all([first, second, third].map((consumer) => consumer.disconnect()));
  return outcome;
}

/** A new consumer of the group, once it has its partitions. */
async function join(kafka: Kafka, readings: Readings): Promise<Consumer> {
  const consumer = kafka.consumer({ groupId: GROUP, maxBytesPerPartition: 65_536 });
  let sinceLastPause = 0;
  await consumer.connect();
  await consumer.subscribe({ topic: TOPIC, fromBeginning: true });
  const joined = new Promise<void>((resolve) => {
    consumer.on(consumer.events.GROUP_JOIN, () => resolve());
  });
  await consumer.run({
    eachMessage: async ({ message }) => {
      readings.add(Number(message.value?.toString()));
      sinceLastPause += 1;
      if (sinceLastPause < RECORDS_PER_PAUSE) return;
      sinceLastPause = 0;
      await sleep(PAUSE_MS);
    },
  });
  await joined;
  return consumer;
}

const [which = "both", count = "100000"] = process.argv.slice(2);
const outcomes = new Map<Target, Outcome>();
for (const target of which === "both" ? targets : [targetNamed(which)]) {
  outcomes.set(target, await runOn(target, Number(count)));
}
for (const [target, { missing, repeats, seconds }] of outcomes) {
  console.log(`${target}: ${count} records, ${missing} missing, ${repeats} repeats, ${seconds} s`);
}
const [samsa, apache] = targets.map((target) => outcomes.get(target));
const lost = [...outcomes.values()].some(({ missing }) => missing > 0);
// What one run repeats depends on when a member was stopped, so two single runs may differ by a little.
const chance = REPEATS_BY_CHANCE * Number(count);
const moreRepeats = samsa !== undefined && apache !== undefined && samsa.repeats > apache.repeats + chance;
if (moreRepeats) console.log("samsa has more repeats than Apache Kafka");
process.exitCode = lost || moreRepeats ? 1 : 0;

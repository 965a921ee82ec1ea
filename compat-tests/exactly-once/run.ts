/**
 * Copies records from one topic to another in transactions, while `kill -9` strikes the client and the broker in turn,
 * so many times each. What comes out must be what went in, each record exactly once and in its order.
 *
 *   npm run compat:eos [-- STRIKES [samsa|apache [java-classic|java-consumer|kafkajs]]]
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Kafka } from "kafkajs";
import { Child } from "../../tests/support/child-process.js";
import { JavaPrograms } from "../../tests/support/java-programs.js";
import { inRepository } from "../../tests/support/repository.js";
import { startTarget, targetNamed } from "../../tests/support/start-target.js";
import type { Target, TargetBroker } from "../../tests/support/target-broker.js";
import { connect, createTopic } from "../kafkajs/connect.js";

const [FROM, TO, GROUP] = ["eos-from", "eos-to", "eos-copiers"];
const PARTITIONS = 3;
const RECORDS_PER_ROUND = 3000;
/** A strike comes within so long after a transaction has got its records, so most strikes leave one open. */
const STRIKE_MS_MAX = 5;
const AT_WORK_MS_MAX = 120_000;
/** At the end the copier may take its time, but not stand still. */
const STANDSTILL_MS_MAX = 60_000;
/** A reader that sees nothing new for so long has read all. */
const QUIET_MS = 5_000;

const properties = {
  "group.min.session.timeout.ms": "1000",
  "group.consumer.min.session.timeout.ms": "1000",
  "group.consumer.session.timeout.ms": "2000",
  "group.consumer.min.heartbeat.interval.ms": "300",
  "group.consumer.heartbeat.interval.ms": "300",
  "transaction.abort.timed.out.transaction.cleanup.interval.ms": "500",
};

/** A copier that is started again whenever it ends. */
class Copier {
  readonly #start: () => Child;
  #child: Child;
  #isWanted = true;

  constructor(start: () => Child) {
    this.#start = start;
    this.#child = start();
    void this.#watch(this.#child);
  }

  get output(): string {
    return this.#child.output;
  }

  /** Until it has committed something more, and begun the next, however often it has to be started for that. */
  async atWork(): Promise<void> {
    let hasCommitted = false;
    const begins = (line: string) => {
      hasCommitted ||= line.startsWith("committed");
      return (hasCommitted && line === "open") || undefined;
    };
    const untilMs = performance.now() + AT_WORK_MS_MAX;
    for (let leftMs = AT_WORK_MS_MAX; leftMs > 0; leftMs = untilMs - performance.now()) {
      const isAtWork = await this.#child.firstLine(begins, leftMs).catch(() => false);
      if (isAtWork) return;
      await sleep(20);
    }
    throw new Error(`the copier does not commit; it said last:\n${this.output.slice(-2000)}`);
  }

  async strike(): Promise<void> {
    await this.#child.kill();
  }

  async end(): Promise<void> {
    this.#isWanted = false;
    await this.#child.kill();
  }

  async #watch(child: Child): Promise<void> {
    await child.ended;
    if (!this.#isWanted) return;
    this.#child = this.#start();
    void this.#watch(this.#child);
  }
}

/** Java's under either group protocol. */
const clients = ["java-classic", "java-consumer", "kafkajs"] as const;
type Client = (typeof clients)[number];
const programs = new JavaPrograms("java-transactions");

function copierOf(client: Client, servers: string): Copier {
  if (client === "kafkajs") {
    const program = inRepository("compat-tests", "exactly-once", "copy-with-kafkajs.ts");
    const args = ["--import", "tsx", program, servers, FROM, TO, GROUP];
    return new Copier(() => new Child({ command: process.execPath, args, cwd: inRepository() }));
  }
  const jvm = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"];
  const protocol = client === "java-classic" ? "classic" : "consumer";
  const args = [...jvm, "CopyInTransactions", servers, FROM, TO, GROUP, protocol];
  const env = { CLASSPATH: programs.classPath("java-4.3.1") };
  return new Copier(() => new Child({ command: "java", args, env }));
}

/** Each partition has its own row of numbers. */
function recordsOf(round: number) {
  return Array.from({ length: RECORDS_PER_ROUND }, (_, i) => {
    const number = round * RECORDS_PER_ROUND + i;
    return { partition: number % PARTITIONS, value: String(number) };
  });
}

async function runOn(target: Target, client: Client, strikes: number): Promise<boolean> {
  const rounds = 2 * strikes;
  const broker = await startTarget(target, { properties });
  const kafka = connect(broker.bootstrapServers, "eos");
  for (const topic of [FROM, TO]) await createTopic(kafka, { topic, numPartitions: PARTITIONS });
  const copier = copierOf(client, broker.bootstrapServers);
  const startedMs = performance.now();
  try {
    for (let round = 0; round < rounds; round += 1) {
      const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
      await producer.connect();
      await producer.send({ topic: FROM, messages: recordsOf(round) });
      await copier.atWork();
      await sleep(Math.random() * STRIKE_MS_MAX);
      await (round % 2 === 0 ? copier.strike() : strikeBroker(broker));
      await producer.disconnect();
    }
    const isCaughtUp = await caughtUp(kafka, rounds);
    if (!isCaughtUp) console.log(`the copier has not caught up; it said last:\n${copier.output.slice(-2000)}`);
    await copier.end();
    const seconds = Math.round((performance.now() - startedMs) / 100) / 10;
    const outcome = compare(await read(kafka, "committed"), rounds);
    const all = (await read(kafka, "all")).flat().length;
    const told = `${target}, ${client}: ${rounds} rounds in ${seconds} s, half struck the client, half the broker`;
    console.log(`${told}: ${outcome}, ${all - outcome.count} records of aborted transactions`);
    return isCaughtUp && outcome.isExact;
  } finally {
    await copier.end();
    await broker.dispose();
  }
}

async function strikeBroker(broker: TargetBroker): Promise<void> {
  await broker.kill();
  await broker.start();
}

/** Until the group has committed all that was sent, or commits nothing any more. */
async function caughtUp(kafka: Kafka, rounds: number): Promise<boolean> {
  const admin = kafka.admin();
  await admin.connect();
  const wanted = rounds * RECORDS_PER_ROUND;
  let committed = 0;
  let lastMs = performance.now();
  while (committed < wanted && performance.now() < lastMs + STANDSTILL_MS_MAX) {
    const [offsets] = await admin.fetchOffsets({ groupId: GROUP, topics: [FROM] }).catch(() => []);
    const each = offsets?.partitions.map(({ offset }) => Math.max(0, Number(offset))) ?? [];
    const now = each.reduce((sum, offset) => sum + offset, 0);
    if (now > committed) lastMs = performance.now();
    committed = Math.max(committed, now);
    await sleep(50);
  }
  await admin.disconnect();
  return committed === wanted;
}

/** By partition, what a reader sees until nothing comes for a while. */
async function read(kafka: Kafka, what: "committed" | "all"): Promise<readonly number[][]> {
  const rows: number[][] = Array.from({ length: PARTITIONS }, () => []);
  const consumer = kafka.consumer({ groupId: `${GROUP}-${what}`, readUncommitted: what === "all" });
  await consumer.connect();
  await consumer.subscribe({ topic: TO, fromBeginning: true });
  let lastMs = performance.now() + 10_000;
  await consumer.run({
    eachMessage: async ({ partition, message }) => {
      rows[partition]?.push(Number(message.value?.toString()));
      lastMs = performance.now();
    },
  });
  while (performance.now() < lastMs + QUIET_MS) await sleep(50);
  await consumer.disconnect();
  return rows;
}

function compare(rows: readonly number[][], rounds: number) {
  const sent = rounds * RECORDS_PER_ROUND;
  const out = rows.flat();
  const distinct = new Set(out).size;
  const isInOrder = rows.every((row) => row.every((number, i) => i === 0 || number > (row[i - 1] ?? 0)));
  const [missing, repeats] = [sent - distinct, out.length - distinct];
  const isExact = missing === 0 && repeats === 0 && isInOrder;
  const order = isInOrder ? "in order" : "OUT OF ORDER";
  return {
    isExact,
    count: out.length,
    toString: () => `${sent} records in, ${out.length} out, ${missing} missing, ${repeats} repeated, ${order}`,
  };
}

const [strikes = "5", target = "samsa", only] = process.argv.slice(2);
await programs.compile("java-4.3.1", "CopyInTransactions");
let areAllExact = true;
for (const client of clients.filter((client) => only === undefined || only === client)) {
  areAllExact = (await runOn(targetNamed(target), client, Number(strikes))) && areAllExact;
}
programs.remove();
process.exitCode = areAllExact ? 0 : 1;

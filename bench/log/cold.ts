/** What a producer notices of a consumer that reads a cold log, and of retention that deletes one. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Child } from "../../tests/support/child-process.js";
import { inRepository } from "../../tests/support/repository.js";
import { BenchBroker, produceMany } from "./broker.js";
import { makeCold } from "./disk.js";
import { BYTES_PER_GB, BYTES_PER_MB, type Figure, inGb, median, told } from "./figures.js";
import { batchOfBytes } from "./open-logs.js";
import type { Part } from "./part.js";
import { latencyFigures, PROBED_TOPIC, type Round, watch } from "./produce-latency.js";

const LOG_BYTES = 20 * BYTES_PER_GB;
const LOG_BYTES_QUICK = 2 * BYTES_PER_GB;
/** The log is read, and later deleted, in so many rounds, each with an idle time of its own. */
const ROUNDS = 5;
const IDLE_MS = 8_000;
const IDLE_MS_QUICK = 2_000;
const BATCH_BYTES = 64 * 1024;
const READ_MS_MAX = 300_000;
const DELETED_POLL_MS = 20;
const READ_TOPIC = "read";

export const cold: Part = {
  name: "cold",
  title: "Produce beside a consumer of a cold log, and beside retention",
  diskBytes: (isQuick) => logBytes(isQuick),
  run: async (isQuick) => {
    const properties = {
      "log.retention.check.interval.ms": "100",
      "log.initial.task.delay.ms": "100",
      "log.segment.delete.delay.ms": "0",
    };
    return BenchBroker.use(properties, async (broker) => {
      await fill(broker, logBytes(isQuick));
      const wasCold = makeCold(folderOf(broker));
      return [...(await besideReader(broker, isQuick, wasCold)), ...(await besideRetention(broker, isQuick))];
    });
  },
};

function logBytes(isQuick: boolean): number {
  return isQuick ? LOG_BYTES_QUICK : LOG_BYTES;
}

function idleMs(isQuick: boolean): number {
  return isQuick ? IDLE_MS_QUICK : IDLE_MS;
}

function folderOf(broker: BenchBroker): string {
  return join(broker.dataFolder, `${READ_TOPIC}-0`);
}

/** After the restart the broker, too, holds nothing of the log in memory. */
async function fill(broker: BenchBroker, bytes: number): Promise<void> {
  await broker.createTopic(PROBED_TOPIC, 1);
  await broker.createTopic(READ_TOPIC, 1, { "segment.bytes": String(bytes / ROUNDS / 4) });
  const batch = batchOfBytes(BATCH_BYTES);
  let sent = 0;
  await produceMany(broker.client, READ_TOPIC, () => {
    sent += batch.length;
    return sent <= bytes ? batch : null;
  });
  await broker.stop();
  await broker.start();
}

async function besideReader(broker: BenchBroker, isQuick: boolean, wasCold: boolean): Promise<readonly Figure[]> {
  const rounds: Round[] = [];
  const speeds: number[] = [];
  const bytes = logBytes(isQuick) / ROUNDS;
  let offset = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const idle = await watch(broker, () => sleep(idleMs(isQuick)));
    const consumer = readFrom(broker.port, offset, bytes);
    await consumer.firstLine((line) => (line === "reading" ? true : undefined), READ_MS_MAX);
    const startedMs = performance.now();
    const end = consumer.firstLine(nextOffsetIn, READ_MS_MAX);
    const beside = await watch(broker, () => end);
    speeds.push((bytes * 1000) / (performance.now() - startedMs));
    offset = await end;
    rounds.push({ idle, beside });
  }
  const what = `one consumer of a ${wasCold ? "cold" : "warm"} log of ${inGb(logBytes(isQuick))}`;
  return [
    told("the consumer's speed", `${(median(speeds) / BYTES_PER_MB).toFixed(0)} MB/s`),
    ...latencyFigures(what, rounds),
  ];
}

function readFrom(port: number, offset: number, bytes: number): Child {
  const script = inRepository("bench", "log", "consumer.ts");
  const args = [...process.execArgv, script, String(port), READ_TOPIC, String(offset), String(bytes)];
  return new Child({ command: process.execPath, args });
}

function nextOffsetIn(line: string): number | undefined {
  const [word, offset] = line.split(" ");
  return word === "nextOffset" ? Number(offset) : undefined;
}

/** Each round lowers `retention.bytes` and ends when the files are gone. */
async function besideRetention(broker: BenchBroker, isQuick: boolean): Promise<readonly Figure[]> {
  const rounds: Round[] = [];
  const bytes = logBytes(isQuick);
  for (let round = 1; round < ROUNDS; round++) {
    const idle = await watch(broker, () => sleep(idleMs(isQuick)));
    const kept = Math.ceil(bytes * (1 - round / ROUNDS));
    const beside = await watch(broker, () => cutTo(broker, kept, bytes / ROUNDS));
    rounds.push({ idle, beside });
  }
  return latencyFigures("retention deleting segments", rounds);
}

async function cutTo(broker: BenchBroker, kept: number, slack: number): Promise<void> {
  await broker.setTopicConfig(READ_TOPIC, "retention.bytes", String(kept));
  while (bytesIn(folderOf(broker)) > kept + slack / 2) await sleep(DELETED_POLL_MS);
}

function bytesIn(folder: string): number {
  const sizes = readdirSync(folder).map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0);
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}

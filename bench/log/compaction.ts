/** What a compaction of five gigabytes costs: time, memory, and patience of a producer beside it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { RecordBatch } from "../../src/protocol/records/batch.js";
import { buildBatch } from "../../src/protocol/records/build-batch.js";
import { asBuffer } from "../../src/protocol/records/int64.js";
import { HEADER_BYTES } from "../../src/protocol/records/layout.js";
import { RecordCursor } from "../../src/storage/compaction/record-cursor.js";
import { BenchBroker, produceMany } from "./broker.js";
import { atMost, BYTES_PER_GB, BYTES_PER_MB, type Figure, inGb, inMb, inSeconds, told } from "./figures.js";
import type { Part } from "./part.js";
import { latencyFigures, PROBED_TOPIC, watch } from "./produce-latency.js";

const LOG_BYTES = 5 * BYTES_PER_GB;
const LOG_BYTES_QUICK = 0.5 * BYTES_PER_GB;
const KEYS = 1_000_000;
const RECORDS_PER_BATCH = 64;
const VALUE_BYTES = 1_000;
const KEY_DIGITS = 12;
const IDLE_MS = 15_000;
const IDLE_MS_QUICK = 3_000;
const SEGMENTS = 10;
const MEMORY_ABOVE_REST_MAX = 256 * BYTES_PER_MB;
const DONE_POLL_MS = 20;
const TOPIC = "compacted";
/** Two primes: each multiple of the one, modulo the keys, comes by every key in an order that looks like chance. */
const KEY_STRIDE = 611_953;

export const compaction: Part = {
  name: "compaction",
  title: "Compaction of 5 GB with a million keys, beside a producer",
  // What is being written anew lies there twice for a while.
  diskBytes: (isQuick) => 2 * logBytes(isQuick),
  run: async (isQuick) => {
    const properties = { "log.cleaner.backoff.ms": "50", "log.segment.delete.delay.ms": "0" };
    return BenchBroker.use(properties, (broker) =>
      measure(broker, logBytes(isQuick), isQuick ? IDLE_MS_QUICK : IDLE_MS),
    );
  },
};

function logBytes(isQuick: boolean): number {
  return isQuick ? LOG_BYTES_QUICK : LOG_BYTES;
}

async function measure(broker: BenchBroker, bytes: number, idleMs: number): Promise<readonly Figure[]> {
  await broker.createTopic(PROBED_TOPIC, 1);
  await broker.createTopic(TOPIC, 1, {
    "cleanup.policy": "compact",
    "min.cleanable.dirty.ratio": "1",
    "segment.bytes": String(bytes / SEGMENTS),
  });
  await fill(broker, bytes);
  await broker.stop();
  await broker.start();
  const before = await watch(broker, () => sleep(idleMs));
  const startedMs = performance.now();
  const beside = await watch(broker, () => compact(broker));
  const tookMs = performance.now() - startedMs;
  const after = await watch(broker, () => sleep(idleMs));
  const above = beside.seen.peakResidentBytes - before.seen.residentBytes;
  return [
    told(`compaction of ${inGb(bytes)} with ${KEYS} keys`, inSeconds(tookMs)),
    told("the same", `${(bytes / BYTES_PER_MB / (tookMs / 1000)).toFixed(0)} MB/s`),
    atMost("peak memory above rest", above, MEMORY_ABOVE_REST_MAX, inMb),
    ...latencyFigures("compaction", [
      { idle: before, beside },
      { idle: after, beside },
    ]),
  ];
}

async function fill(broker: BenchBroker, bytes: number): Promise<void> {
  const batches = new KeyedBatches();
  let sent = 0;
  await produceMany(broker.client, TOPIC, () => {
    const batch = batches.next();
    sent += batch.length;
    return sent <= bytes ? batch : null;
  });
}

/** Lets the cleaner begin, and waits until it says that it is done. */
async function compact(broker: BenchBroker): Promise<void> {
  await broker.setTopicConfig(TOPIC, "min.cleanable.dirty.ratio", "0.01");
  while (!cleanerCheckpoint(broker).includes(`${TOPIC} 0 `)) await sleep(DONE_POLL_MS);
}

function cleanerCheckpoint(broker: BenchBroker): string {
  try {
    return readFileSync(join(broker.dataFolder, "cleaner-offset-checkpoint"), "utf8");
  } catch {
    return "";
  }
}

/** Batches whose records have other keys each time: the digits of the keys are written where they lie in one model. */
class KeyedBatches {
  readonly #model: Uint8Array;
  readonly #keyPositions: readonly number[];
  #count = 0;

  constructor() {
    const record = {
      timestampMs: Date.now(),
      key: Buffer.alloc(KEY_DIGITS, "0"),
      value: Buffer.alloc(VALUE_BYTES, "v"),
    };
    this.#model = buildBatch({ records: Array.from({ length: RECORDS_PER_BATCH }, () => record) });
    const cursor = new RecordCursor(asBuffer(this.#model).subarray(HEADER_BYTES));
    const positions: number[] = [];
    while (cursor.next()) positions.push(HEADER_BYTES + cursor.keyStart);
    this.#keyPositions = positions;
  }

  next(): Uint8Array {
    const batch = Buffer.from(this.#model);
    for (const position of this.#keyPositions) {
      const key = (this.#count++ * KEY_STRIDE) % KEYS;
      batch.write(String(key).padStart(KEY_DIGITS, "0"), position, "latin1");
    }
    new RecordBatch(batch, 0).writeCrc();
    return batch;
  }
}

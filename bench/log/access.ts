/**
 * Whether a fetch takes as long from a log of 30 GB as from one of a gigabyte. There is one log on the disk; the smaller
 * ones are its first segments once more, linked into folders of their own, so that all can be measured in turns.
 */
import { linkSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { PartitionLog } from "../../src/storage/partition-log.js";
import { temporaryFolder } from "../../tests/support/temporary-folder.js";
import { makeCold } from "./disk.js";
import { asRatio, atMost, BYTES_PER_GB, type Figure, inUs, percentile, told } from "./figures.js";
import { appendTo, batchOfBytes, CONFIG, openLogs, TOPIC, TOPIC_ID, warmChecksum } from "./open-logs.js";
import type { Part } from "./part.js";

/** In segments, which have a gibibyte each. */
const SIZES = [1, 10, 30] as const;
const SIZES_QUICK = [1, 2, 3] as const;
const BATCH_BYTES = 16 * 1024;
const FETCH_BYTES = 64 * 1024;
const OFFSETS = 2_000;
/** How often each offset is read for a figure, once its pages are warm. */
const PASSES = 7;
const RATIO_MAX = 1.2;
/** A prime: in steps of it the offsets are visited in a fixed order that no read-ahead guesses. */
const STRIDE = 769;
/** The system would hold all that is appended in memory, if it were not made durable now and then. */
const FLUSH_BYTES = 256 * 1024 * 1024;
const WARM_BYTES = {
  /** All that was read once is taken to be in memory. */
  "at once": 64 * BYTES_PER_GB,
  /** The default of `samsa.log.warm.bytes`: most of these reads go through the thread pool. */
  "through the thread pool": 256 * 1024 * 1024,
};
const ways = ["at once", "through the thread pool"] as const;
type Way = (typeof ways)[number];

/** The log of which the others are parts. */
const WHOLE = "whole";
const WHOLE_ID = "AAAAAAAAAAAAAAAAAAAAAg";

export const access: Part = {
  name: "access",
  title: "Fetch of 64 KiB at 2,000 offsets spread over a log",
  diskBytes: (isQuick) => Math.max(...sizesOf(isQuick)) * CONFIG.segmentBytes,
  run: async (isQuick) => {
    const folder = temporaryFolder("bench-access");
    try {
      warmChecksum();
      const logs = join(folder.path, "logs");
      const sizes = sizesOf(isQuick);
      await write(logs, Math.max(...sizes));
      for (const [partition, segments] of sizes.entries()) link(logs, partition, segments);
      const figures: Figure[] = [];
      for (const way of ways) figures.push(...(await fetchWarm(logs, sizes, way)));
      return [...figures, ...(await fetchCold(logs, sizes))];
    } finally {
      folder.remove();
    }
  },
};

function sizesOf(isQuick: boolean): readonly number[] {
  return isQuick ? SIZES_QUICK : SIZES;
}

/** The whole log, in a folder that no partition of the bench has. */
async function write(folder: string, segments: number): Promise<void> {
  const batch = batchOfBytes(BATCH_BYTES);
  const { store, close } = await openLogs(folder, WARM_BYTES["at once"]);
  const log = store.openOrCreate(WHOLE, 0, WHOLE_ID, CONFIG);
  let unflushedBytes = 0;
  while (log.internals.segments.all.length <= segments) {
    appendTo(log, batch);
    unflushedBytes += batch.length;
    if (unflushedBytes < FLUSH_BYTES) continue;
    unflushedBytes = 0;
    await log.flush();
  }
  await close();
}

/** A partition of the first segments of the log. */
function link(folder: string, partition: number, segments: number): void {
  const [whole, part] = [join(folder, `${WHOLE}-0`), join(folder, `${TOPIC}-${partition}`)];
  const baseOffsets = readdirSync(whole)
    .filter((name) => name.endsWith(".log"))
    .map((name) => name.slice(0, -".log".length))
    .sort();
  const kept = new Set(baseOffsets.slice(0, segments));
  mkdirSync(part);
  for (const name of readdirSync(whole)) {
    if (kept.has(name.slice(0, name.indexOf(".")))) linkSync(join(whole, name), join(part, name));
  }
}

async function fetchWarm(folder: string, sizes: readonly number[], way: Way): Promise<readonly Figure[]> {
  const { store, close } = await openLogs(folder, WARM_BYTES[way]);
  const measured = sizes.map((segments, partition) => {
    const log = store.openOrCreate(TOPIC, partition, TOPIC_ID, CONFIG);
    const times: number[] = [];
    return { segments, log, times };
  });
  for (const { log } of measured) await fetchAll(log);
  for (let pass = 0; pass < PASSES; pass++) {
    for (const { log, times } of measured) times.push(...(await fetchAll(log)));
  }
  await close();
  const [smallest, largest] = [measured[0], measured.at(-1)];
  if (smallest === undefined || largest === undefined) return [];
  const ratio = percentile(largest.times, 0.5) / percentile(smallest.times, 0.5);
  const what = `warm, ${way}: p50 of ${largest.segments} GiB to that of ${smallest.segments} GiB`;
  return [
    ...measured.map(({ segments, times }) => told(`warm, ${way}, ${segments} GiB`, summary(times))),
    atMost(what, ratio, RATIO_MAX, asRatio),
  ];
}

async function fetchCold(folder: string, sizes: readonly number[]): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const [partition, segments] of sizes.entries()) {
    const isCold = makeCold(join(folder, `${TOPIC}-${partition}`));
    const { store, close } = await openLogs(folder, WARM_BYTES["through the thread pool"]);
    const times = isCold ? await fetchAll(store.openOrCreate(TOPIC, partition, TOPIC_ID, CONFIG)) : null;
    await close();
    figures.push(told(`cold, ${segments} GiB`, times === null ? "not measured" : summary(times)));
  }
  return figures;
}

/** How long each fetch took, in milliseconds. */
async function fetchAll(log: PartitionLog): Promise<number[]> {
  const times: number[] = [];
  for (let at = 0; at < OFFSETS; at++) {
    const offset = Math.floor((((at * STRIDE) % OFFSETS) * log.endOffset) / OFFSETS);
    const startedMs = performance.now();
    const read = log.fetch(offset, FETCH_BYTES, log.endOffset, true);
    const records = read instanceof Promise ? await read : read;
    times.push(performance.now() - startedMs);
    if ("errorCode" in records) throw new Error(`a fetch failed with error ${records.errorCode}`);
    records.release();
  }
  return times;
}

function summary(times: readonly number[]): string {
  return `p50 ${inUs(percentile(times, 0.5))}, p99 ${inUs(percentile(times, 0.99))}`;
}

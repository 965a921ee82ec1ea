/** How close an append comes to the least that it must do: a checksum and a write. */
import { closeSync, openSync, rmSync, writevSync } from "node:fs";
import { join } from "node:path";
import { crc32c } from "../../src/protocol/records/crc32c.js";
import { ATTRIBUTES } from "../../src/protocol/records/layout.js";
import { temporaryFolder } from "../../tests/support/temporary-folder.js";
import { warmMemory } from "../warm-memory.js";
import { atLeast, BYTES_PER_MB, type Figure, median, told } from "./figures.js";
import { appendTo, batchOfBytes, CONFIG, openLogs, TOPIC, TOPIC_ID, warmChecksum } from "./open-logs.js";
import type { Part } from "./part.js";

const BATCH_BYTES = 64 * 1024;
const ROUND_BYTES = 256 * 1024 * 1024;
const ROUNDS = 21;
const ROUNDS_QUICK = 7;
/** The first rounds also compile the code that they run: they are not counted. */
const ROUNDS_UNCOUNTED = 2;
const SHARE_MIN = 0.8;
const WARM_BYTES = 256 * 1024 * 1024;

export const append: Part = {
  name: "append",
  title: "Append of 64 KiB batches, in process",
  diskBytes: () => ROUND_BYTES,
  run: async (isQuick) => {
    const folder = temporaryFolder("bench-append");
    try {
      // Whoever writes removes it at once: no more than this is ever in use.
      warmMemory(2 * ROUND_BYTES);
      warmChecksum();
      return await measure(folder.path, isQuick ? ROUNDS_QUICK : ROUNDS);
    } finally {
      folder.remove();
    }
  },
};

/** Both take their turns in every round, and each removes what it wrote: the two meet the same machine. */
async function measure(folder: string, rounds: number): Promise<readonly Figure[]> {
  const { store, close } = await openLogs(join(folder, "logs"), WARM_BYTES);
  const batch = batchOfBytes(BATCH_BYTES);
  const bare: number[] = [];
  const logs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    bare.push(writeBare(join(folder, "bare"), batch));
    const log = store.openOrCreate(TOPIC, round, TOPIC_ID, CONFIG);
    logs.push(
      perSecond(() => {
        for (let bytes = 0; bytes < ROUND_BYTES; bytes += batch.length) appendTo(log, batch);
      }),
    );
    log.release();
    rmSync(log.folder, { recursive: true });
  }
  await close();
  const counted = bare
    .slice(ROUNDS_UNCOUNTED)
    .map((speed, at) => ({ bare: speed, log: logs[at + ROUNDS_UNCOUNTED] ?? 0 }));
  const share = median(counted.map((round) => round.log / round.bare));
  const inMbPerSecond = (speeds: readonly number[]) => `${(median(speeds) / BYTES_PER_MB).toFixed(0)} MB/s`;
  return [
    told("CRC-32C and writevSync, bare", inMbPerSecond(counted.map((round) => round.bare))),
    told("PartitionLog.appendAsLeader", inMbPerSecond(counted.map((round) => round.log))),
    atLeast("share of the bare loop, median of the rounds", share, SHARE_MIN, (value) => value.toFixed(2)),
  ];
}

function writeBare(path: string, batch: Uint8Array): number {
  const descriptor = openSync(path, "w");
  const speed = perSecond(() => {
    for (let at = 0; at < ROUND_BYTES; at += batch.length) {
      crc32c(batch.subarray(ATTRIBUTES));
      writevSync(descriptor, [batch], at);
    }
  });
  closeSync(descriptor);
  rmSync(path);
  return speed;
}

function perSecond(write: () => void): number {
  const startedMs = performance.now();
  write();
  return (ROUND_BYTES * 1000) / (performance.now() - startedMs);
}

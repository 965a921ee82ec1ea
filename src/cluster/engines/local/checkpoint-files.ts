/**
 * Snapshots beside the metadata log, in Apache Kafka's form (KIP-630): `<20 digits of the offset>-<10 of the
 * epoch>.checkpoint` holds record batches between a header and a footer. Such a file is whole: it got its name after it
 * had been written and synced.
 */
import type { File, Files } from "../../../lib/environment.js";
import { invariant } from "../../../lib/invariant.js";
import { EngineProblem, type Snapshot } from "../../../metadata/engine.js";
import { checkpointFooter, checkpointHeader } from "../../../metadata/snapshots/checkpoint-ends.js";
import { RecordBatch, readBatches } from "../../../protocol/records/batch.js";
import { asBuffer } from "../../../protocol/records/int64.js";

/** How much of a file is read at a time; more where a single batch is larger. */
const SLICE_BYTES = 1024 * 1024;

interface Checkpoint {
  readonly name: string;
  readonly next: number;
  readonly epoch: number;
}

/** The newest snapshot in the folder of the log, or null. */
export function newestCheckpoint(files: Files, folder: string): Snapshot | null {
  const newest = checkpoints(files, folder).at(-1);
  if (newest === undefined) return null;
  const { next, epoch, name } = newest;
  return { next, epoch, batches: slicesOf(files, `${folder}/${name}`) };
}

/** Reads all of it. Rejects with `EngineProblem` when it is damaged. */
export async function checkSnapshot({ batches }: Snapshot): Promise<void> {
  for await (const slice of batches) invariant(slice.length > 0, "a slice holds batches");
}

/** Writes one, and then removes what is older. */
export async function writeCheckpoint(
  files: Files,
  folder: string,
  { next, epoch, batches }: Snapshot,
  timestampMs: number,
): Promise<void> {
  const name = `${String(next).padStart(20, "0")}-${String(epoch).padStart(10, "0")}.checkpoint`;
  const temporary = `${folder}/${name}.part`;
  const file = files.open(temporary, "create");
  try {
    file.truncate(0);
    await writeBatches(file, batches, { leaderEpoch: epoch, timestampMs });
    await file.sync();
  } finally {
    file.close();
  }
  files.rename(temporary, `${folder}/${name}`);
  await files.syncFolderInPool(folder);
  for (const older of checkpoints(files, folder)) if (older.next < next) files.remove(`${folder}/${older.name}`);
}

/** Header and footer count as records of the snapshot, so each batch moves on by one. */
async function writeBatches(
  file: File,
  batches: AsyncIterable<Uint8Array>,
  at: { readonly leaderEpoch: number; readonly timestampMs: number },
): Promise<void> {
  let baseOffset = 0;
  let bytes = 0;
  const write = (batch: Uint8Array): void => {
    file.write([batch], bytes);
    bytes += batch.length;
    baseOffset += new RecordBatch(asBuffer(batch), 0).lastOffsetDelta + 1;
  };
  write(checkpointHeader({ baseOffset, ...at }));
  for await (const batch of batches) {
    const copy = Buffer.from(batch);
    new RecordBatch(copy, 0).place(baseOffset, at.leaderEpoch);
    write(copy);
  }
  write(checkpointFooter({ baseOffset, ...at }));
}

/** Oldest first. The snapshot of offset 0 that Apache Kafka's formatting leaves says nothing that the log does not say. */
function checkpoints(files: Files, folder: string): Checkpoint[] {
  return files
    .list(folder)
    .map((name) => ({ name, parts: /^([0-9]{20})-([0-9]{10})\.checkpoint$/.exec(name) }))
    .map(({ name, parts }) => ({ name, next: Number(parts?.[1] ?? 0), epoch: Number(parts?.[2] ?? 0) }))
    .filter(({ next }) => next > 0);
}

async function* slicesOf(files: Files, path: string): AsyncGenerator<Uint8Array> {
  const file = files.open(path, "read");
  try {
    let sliceBytes = SLICE_BYTES;
    let at = 0;
    while (at < file.bytes) {
      const slice = Buffer.allocUnsafe(Math.min(sliceBytes, file.bytes - at));
      const read = await file.readCold(slice, at);
      const { batches, end, stop } = readBatches(slice.subarray(0, read));
      const isDamaged = batches.some((batch) => !batch.hasValidCrc());
      if (isDamaged || (end === 0 && (stop !== "torn" || read < sliceBytes))) {
        throw new EngineProblem(`The snapshot ${path} of the metadata is damaged at byte ${at + end}.`);
      }
      if (end === 0) sliceBytes *= 2;
      else yield slice.subarray(0, end);
      at += end;
    }
  } finally {
    file.close();
  }
}

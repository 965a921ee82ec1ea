/** Why no batch could be read at a position, in words. */
import type { File } from "../../lib/environment.js";
import { unreachable } from "../../lib/invariant.js";
import { LENGTH, MAGIC, PREFIX_BYTES } from "../../protocol/records/layout.js";
import { BATCH_BYTES_MAX, type ScanEnd } from "./batch-scan.js";

/** Goes on behind the name of the file. `end` is the end of a scan that stopped. */
export function sentenceOfStop(log: File, { position, stop }: ScanEnd): string {
  const start = Buffer.alloc(MAGIC + 1);
  const found = start.subarray(0, log.read(start, position));
  if (found.length < PREFIX_BYTES) return "ends in the middle of a header";
  if (found.every((byte) => byte === 0)) return "has zeros where a batch should begin";
  const batchBytes = PREFIX_BYTES + found.readInt32BE(LENGTH);
  switch (stop) {
    case "torn":
      return `has a batch that should be ${batchBytes} bytes long, but ends after ${log.bytes - position}`;
    case "bad length":
      return `has a batch that would be only ${batchBytes} bytes long, less than its header`;
    case "bad magic":
      return `has no batch of magic 2 where one should begin, but magic ${found.readInt8(MAGIC)}`;
    case "too large":
      return `has a batch of ${batchBytes} bytes, more than the ${BATCH_BYTES_MAX} that can be read`;
    case null:
      return "has batches to its end";
    default:
      return unreachable(stop);
  }
}

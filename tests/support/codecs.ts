/** Which codecs the batches of a partition really have on disk. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readBatches } from "../../src/protocol/records/batch.js";
import { type CodecName, codecs as codecIds } from "../../src/protocol/records/codecs.js";
import type { TargetBroker } from "./target-broker.js";

export type Codec = CodecName;

export const codecs: readonly Codec[] = ["none", "gzip", "snappy", "lz4", "zstd"];

/**
 * The codecs of the batches in the first segment of a partition, each named once, in the order of their first batch.
 * A client that thinks a broker too old for a codec may leave it out without a word; the disk tells.
 */
export function codecsOnDisk(broker: TargetBroker, topic: string, partition: number): Codec[] {
  const segment = readFileSync(join(broker.dataFolder, `${topic}-${partition}`, "00000000000000000000.log"));
  const { batches, stop } = readBatches(segment);
  if (stop !== null) throw new Error(`the segment of ${topic}-${partition} ends with a batch that is ${stop}`);
  const ids = new Set(batches.map((batch) => batch.codec));
  return codecs.filter((codec) => ids.has(codecIds[codec]));
}

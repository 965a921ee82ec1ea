/**
 * The small files of a log, read strictly: the broker takes a damaged one for a missing one and makes it anew, a tool
 * says what is wrong with it.
 */
import { crc32c } from "../../protocol/records/crc32c.js";
import { decode } from "../../protocol/schema/codec.js";
import { array, id, int16, int32, offset, timestamp } from "../../protocol/schema/fields.js";
import { type DecodedOf, message } from "../../protocol/schema/message.js";
import type { EpochStart } from "../leader-epochs.js";

/** What stands behind the version and the CRC of a `.snapshot`. */
const ProducerSnapshot = message({
  name: "ProducerSnapshot",
  versions: "1",
  flexible: "none",
  fields: {
    producers: array({
      producerId: id(),
      producerEpoch: int16(),
      lastSequence: int32(),
      lastOffset: offset(),
      offsetDelta: int32(),
      lastTimestampMs: timestamp(),
      coordinatorEpoch: int32(),
      /** -1: no transaction is under way. */
      currentTxnFirstOffset: offset(),
    }),
  },
});

export type SnapshotProducer = DecodedOf<typeof ProducerSnapshot>["producers"][number];

export interface Unreadable {
  readonly damage: string;
}

const SNAPSHOT_VERSION = 1;
const SNAPSHOT_CRC_AT = 2;
const SNAPSHOT_CONTENT_AT = 6;

export function readProducers(snapshot: Buffer): readonly SnapshotProducer[] | Unreadable {
  if (snapshot.length < SNAPSHOT_CONTENT_AT)
    return { damage: `is ${snapshot.length} bytes long, too short for a header` };
  const version = snapshot.readInt16BE(0);
  if (version !== SNAPSHOT_VERSION) return { damage: `is of version ${version}, which is unknown` };
  const content = snapshot.subarray(SNAPSHOT_CONTENT_AT);
  const [stored, computed] = [snapshot.readUInt32BE(SNAPSHOT_CRC_AT), crc32c(content)];
  if (stored !== computed) return { damage: `has a wrong CRC: stored is ${stored}, computed ${computed}` };
  const decoded = decode(ProducerSnapshot, SNAPSHOT_VERSION, content);
  return decoded.ok ? decoded.value.producers : { damage: `does not decode: ${decoded.malformed}` };
}

/** The text of a `leader-epoch-checkpoint`. */
export function readEpochStarts(text: string): readonly EpochStart[] | Unreadable {
  // Apache Kafka ends lines as the system does on which it runs.
  const [version, count, ...lines] = text.replace(/\r?\n$/, "").split(/\r?\n/);
  if (version !== "0") return { damage: `is of version ${JSON.stringify(version)}, which is unknown` };
  if (count !== String(lines.length)) {
    return { damage: `says that it has ${JSON.stringify(count)} entries, but has ${lines.length}` };
  }
  const entries: EpochStart[] = [];
  for (const line of lines) {
    const numbers = /^(\d{1,10}) (\d{1,16})$/.exec(line);
    if (numbers === null) return { damage: `has a line that is no entry: ${JSON.stringify(line.slice(0, 80))}` };
    const entry = { epoch: Number(numbers[1]), startOffset: Number(numbers[2]) };
    const before = entries.at(-1);
    if (before !== undefined && (entry.epoch <= before.epoch || entry.startOffset <= before.startOffset)) {
      return { damage: `does not rise: the entry "${line}" stands behind "${before.epoch} ${before.startOffset}"` };
    }
    entries.push(entry);
  }
  return entries;
}

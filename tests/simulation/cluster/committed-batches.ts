/** What is committed in one partition, batch by batch, as the replica tells that came so far first. */
import type { Partition } from "../../../src/cluster/replication/partition.js";
import type { DiskFolder, Inode } from "../../../src/environments/simulated/disk.js";
import type { SimulatedHost } from "../../../src/environments/simulated/simulation.js";
import { invariant } from "../../../src/lib/invariant.js";
import { partitionFolder } from "./replica-bytes.js";

/** How far the batches of one log were looked at. */
export interface LogCursor {
  readonly segment: Inode;
  readonly position: number;
  /** That of the batch at the position, if there is one. */
  readonly nextOffset: number;
}

interface OffsetRange {
  readonly from: number;
  /** Exclusive. */
  readonly upTo: number;
}

const HEADER_BYTES = 61;
const LENGTH_ENDS_AT = 12;
const [LENGTH_AT, EPOCH_AT, CRC_AT, LAST_DELTA_AT] = [8, 12, 17, 23];

export class CommittedBatches {
  readonly #name: string;
  readonly #header = Buffer.alloc(HEADER_BYTES);
  /** By first offset: what tells one batch from another. */
  readonly #batches = new Map<number, string>();

  constructor(name: string) {
    this.#name = name;
  }

  /** Compares what one replica has committed since the last look. Compaction changes batches: those logs are left out. */
  compare(host: SimulatedHost, partition: Partition, cursor: LogCursor | null, range: OffsetRange): LogCursor | null {
    if (partition.config.cleanupPolicy.compact) return null;
    const folder = partitionFolder(host, partition.topic, partition.index);
    if (folder === null) return null;
    // A log that was begun anew has other segments.
    let at = cursor !== null && hasSegment(folder, cursor.segment) ? cursor : firstOf(folder);
    while (at !== null && at.nextOffset < range.upTo) {
      if (at.position + HEADER_BYTES > at.segment.seen.length) {
        const next = segmentAfter(folder, at.segment);
        if (next === null) return at;
        at = { ...at, segment: next, position: 0 };
        continue;
      }
      at.segment.seen.read(this.#header, at.position);
      const baseOffset = Number(this.#header.readBigInt64BE(0));
      if (baseOffset >= range.upTo) return at;
      if (baseOffset >= range.from) this.#check(baseOffset);
      at = {
        segment: at.segment,
        position: at.position + LENGTH_ENDS_AT + this.#header.readInt32BE(LENGTH_AT),
        nextOffset: baseOffset + 1 + this.#header.readInt32BE(LAST_DELTA_AT),
      };
    }
    return at;
  }

  #check(baseOffset: number): void {
    const header = this.#header;
    const batch = `epoch ${header.readInt32BE(EPOCH_AT)}, CRC ${header.readUInt32BE(CRC_AT)}, ${1 + header.readInt32BE(LAST_DELTA_AT)} records`;
    const known = this.#batches.get(baseOffset) ?? batch;
    invariant(known === batch, `${this.#name} has at offset ${baseOffset} ${known} here, and ${batch} there`);
    this.#batches.set(baseOffset, batch);
  }
}

function segmentsOf(folder: DiskFolder): Inode[] {
  const segments = [...folder.entries].filter(([name]) => name.endsWith(".log"));
  segments.sort(([one], [other]) => (one < other ? -1 : 1));
  return segments.flatMap(([, entry]) => (entry.kind === "file" ? [entry.content] : []));
}

function hasSegment(folder: DiskFolder, segment: Inode): boolean {
  for (const entry of folder.entries.values()) if (entry.kind === "file" && entry.content === segment) return true;
  return false;
}

function firstOf(folder: DiskFolder): LogCursor | null {
  const [segment] = segmentsOf(folder);
  return segment === undefined ? null : { segment, position: 0, nextOffset: 0 };
}

/** Null: there is none yet. */
function segmentAfter(folder: DiskFolder, segment: Inode): Inode | null {
  const segments = segmentsOf(folder);
  return segments[segments.indexOf(segment) + 1] ?? null;
}

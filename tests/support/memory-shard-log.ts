import type { BatchToWrite, ShardLog } from "../../src/coordination/shard-log.js";
import { invariant } from "../../src/lib/invariant.js";
import { type ErrorCode, errors } from "../../src/protocol/errors.js";
import { RecordBatch } from "../../src/protocol/records/batch.js";
import { buildBatch } from "../../src/protocol/records/build-batch.js";

/** A shard log in memory that commits when the test says so, or at once. */
export class MemoryShardLog implements ShardLog {
  readonly epoch: number;
  readonly batches: Uint8Array[] = [];
  endOffset = 0;
  committedOffset = 0;
  commitsAtOnce = true;
  isClosed = false;
  batchBytesMax = 1_000_000;
  /** It says that it takes no records. */
  refusing: ErrorCode | null = null;
  /** It takes none, whatever it has said. */
  failing: ErrorCode | null = null;
  /** Runs between two slices of a loading. */
  whileReading: () => void = () => {};
  #onCommitted: (committedOffset: number) => void = () => {};
  #onLost: (why: ErrorCode) => void = () => {};

  constructor(epoch = 1, batches: readonly Uint8Array[] = []) {
    this.epoch = epoch;
    for (const batch of batches) this.add(batch);
    this.committedOffset = this.endOffset;
  }

  refusal(): ErrorCode | null {
    return this.refusing;
  }

  append({ records, timestampMs, producer }: BatchToWrite): { endOffset: number } | { refused: ErrorCode } {
    const refused = this.failing ?? this.refusing;
    if (refused !== null) return { refused };
    const transaction = producer === null ? {} : { producer: { ...producer, baseSequence: -1 }, isTransactional: true };
    this.add(buildBatch({ records: records.map((record) => ({ ...record, timestampMs })), ...transaction }));
    if (this.commitsAtOnce) this.commit();
    return { endOffset: this.endOffset };
  }

  /** Puts a batch at the end, as it is. */
  add(batch: Uint8Array): void {
    const placed = Buffer.from(batch);
    const header = new RecordBatch(placed, 0);
    header.place(this.endOffset, this.epoch);
    this.batches.push(placed);
    this.endOffset += header.lastOffsetDelta + 1;
  }

  commit(offset: number = this.endOffset): void {
    invariant(offset <= this.endOffset, "only what is there is committed");
    this.committedOffset = offset;
    this.#onCommitted(offset);
  }

  lose(why: ErrorCode = errors.NOT_LEADER_OR_FOLLOWER.code): void {
    this.#onLost(why);
  }

  async *read(offset: number): AsyncGenerator<Uint8Array> {
    const batches = this.batches.filter((batch) => new RecordBatch(Buffer.from(batch), 0).lastOffset >= offset);
    for (const batch of batches) {
      yield batch;
      this.whileReading();
    }
  }

  onCommitted(run: (committedOffset: number) => void): void {
    this.#onCommitted = run;
  }

  onLost(run: (why: ErrorCode) => void): void {
    this.#onLost = run;
  }

  close(): void {
    this.isClosed = true;
  }
}

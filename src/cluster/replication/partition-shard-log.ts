import type { BatchToWrite, ShardLog } from "../../coordination/shard-log.js";
import { invariant } from "../../lib/invariant.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { buildBatch } from "../../protocol/records/build-batch.js";
import type { Partition } from "./partition.js";

/** How much of the log is read at once while a coordinator loads: `offsets.load.buffer.size`. */
const LOAD_BYTES = 5 * 1024 * 1024;

/** The partition that this broker leads, as the log under a coordinator. It ends when the leader epoch does. */
export class PartitionShardLog implements ShardLog {
  readonly epoch: number;
  readonly #partition: Partition;
  /** The ways to be told no more. */
  readonly #stops: (() => void)[];
  #isLost = false;

  constructor(partition: Partition) {
    const { leaderEpoch } = partition;
    invariant(leaderEpoch !== null, "a coordinator's shard is led by this broker");
    this.epoch = leaderEpoch;
    this.#partition = partition;
    const stop = partition.onLost(() => {
      this.#isLost = true;
    });
    this.#stops = [stop];
  }

  get endOffset(): number {
    return this.#partition.endOffset;
  }

  get committedOffset(): number {
    return this.#partition.highWatermark;
  }

  get batchBytesMax(): number {
    const { maxMessageBytes, segmentBytes } = this.#partition.config;
    return Math.min(maxMessageBytes, segmentBytes);
  }

  refusal(): ErrorCode | null {
    return this.#isLost ? errors.NOT_LEADER_OR_FOLLOWER.code : this.#partition.refusal(-1);
  }

  append({ records, timestampMs, producer }: BatchToWrite): { endOffset: number } | { refused: ErrorCode } {
    if (this.#isLost) return { refused: errors.NOT_LEADER_OR_FOLLOWER.code };
    const batch = buildBatch({
      records: records.map(({ key, value }) => ({ timestampMs, key, value })),
      leaderEpoch: this.epoch,
      // Coordinators write transactional offsets for a producer without sequences of its own.
      ...(producer === null ? {} : { producer: { ...producer, baseSequence: -1 }, isTransactional: true }),
    });
    const result = this.#partition.append(batch, "coordinator", -1, producer === null ? null : "not wanted");
    return "errorCode" in result ? { refused: result.errorCode } : { endOffset: this.#partition.endOffset };
  }

  async *read(offset: number): AsyncIterable<Uint8Array> {
    const endOffset = this.endOffset;
    let from = Math.max(offset, this.#partition.logStartOffset);
    while (from < endOffset) {
      const read = await this.#partition.read(from, LOAD_BYTES, "end of log", true);
      if ("errorCode" in read) {
        const { logStartOffset } = this.#partition;
        if (logStartOffset <= from) return;
        // What retention has taken away meanwhile is wanted by nobody; what is behind that is.
        from = logStartOffset;
        continue;
      }
      if (read.records.length === 0) return;
      yield read.records;
      from = read.nextOffset;
    }
  }

  onCommitted(run: (committedOffset: number) => void): void {
    this.#stops.push(this.#partition.onCommitted(run));
  }

  onLost(run: (why: ErrorCode) => void): void {
    this.#stops.push(this.#partition.onLost(run));
  }

  close(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }
}

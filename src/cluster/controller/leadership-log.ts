/**
 * The metadata log under the controller. One append is in flight at a time; what is decided meanwhile queues up and goes
 * out as one batch, so a busy controller writes few, large batches. What came as one batch is never split.
 */
import { batchBytesAtMost } from "../../coordination/batch-bytes.js";
import type { BatchToWrite, ShardLog } from "../../coordination/shard-log.js";
import { invariant } from "../../lib/invariant.js";
import { type Leadership, type MetadataEngine, SnapshotReplaced } from "../../metadata/engine.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { RecordBatch } from "../../protocol/records/batch.js";
import { type BatchToBuild, buildBatch } from "../../protocol/records/build-batch.js";
import { asBuffer } from "../../protocol/records/int64.js";

type LogToLead = Pick<MetadataEngine, "batchBytesMax" | "latestSnapshot" | "follow">;

export class LeadershipLog implements ShardLog {
  readonly epoch: number;
  readonly #engine: LogToLead;
  readonly #leadership: Leadership;
  readonly #waiting: BatchToWrite[] = [];
  #endOffset: number;
  #committedOffset: number;
  #inFlight = false;
  #isOver = false;
  #failure: unknown = null;
  #onCommitted: (committedOffset: number) => void = () => {};
  #onLost: (why: ErrorCode) => void = () => {};

  constructor(engine: LogToLead, leadership: Leadership) {
    this.epoch = leadership.epoch;
    this.#engine = engine;
    this.#leadership = leadership;
    this.#endOffset = leadership.next;
    this.#committedOffset = leadership.next;
    leadership.lost.addEventListener("abort", () => this.#end(errors.NOT_CONTROLLER.code), { once: true });
  }

  get endOffset(): number {
    return this.#endOffset;
  }

  get committedOffset(): number {
    return this.#committedOffset;
  }

  /** What the engine failed with, or null: for the log of the broker. */
  get failure(): unknown {
    return this.#failure;
  }

  get batchBytesMax(): number {
    return this.#engine.batchBytesMax;
  }

  refusal(): ErrorCode | null {
    return this.#isOver ? errors.NOT_CONTROLLER.code : null;
  }

  append(batch: BatchToWrite): { readonly endOffset: number } | { readonly refused: ErrorCode } {
    invariant(batch.producer === null, "the metadata log has no producers");
    const refused = this.refusal();
    if (refused !== null) return { refused };
    this.#waiting.push(batch);
    this.#endOffset += batch.records.length;
    if (!this.#inFlight) void this.#appendWaiting();
    return { endOffset: this.#endOffset };
  }

  /** From the beginning, that is: the newest snapshot, and then what is behind it. */
  async *read(offset: number): AsyncGenerator<Uint8Array> {
    let slices: readonly Uint8Array[] | null = null;
    while (slices === null && !this.#isOver) slices = await this.#readWhole(offset, this.#committedOffset);
    if (slices !== null) yield* slices;
  }

  onCommitted(run: (committedOffset: number) => void): void {
    this.#onCommitted = run;
  }

  onLost(run: (why: ErrorCode) => void): void {
    this.#onLost = run;
  }

  close(): void {
    this.#onCommitted = () => {};
    this.#onLost = () => {};
  }

  /** Null: a snapshot that the controller before was still saving has taken the place of what was being read. */
  async #readWhole(offset: number, end: number): Promise<readonly Uint8Array[] | null> {
    const slices: Uint8Array[] = [];
    const snapshot = offset === 0 ? await this.#engine.latestSnapshot() : null;
    try {
      for await (const slice of snapshot?.batches ?? []) slices.push(slice);
    } catch (failure) {
      if (failure instanceof SnapshotReplaced) return null;
      throw failure;
    }
    const from = snapshot?.next ?? offset;
    if (from >= end) return slices;
    const enough = new AbortController();
    this.#leadership.lost.addEventListener("abort", () => enough.abort(), { once: true });
    const take = (batch: Uint8Array): void => {
      slices.push(Uint8Array.from(batch));
      if (new RecordBatch(asBuffer(batch), 0).lastOffset + 1 >= end) enough.abort();
    };
    const outcome = await this.#engine.follow(from, take, enough.signal);
    if (outcome === "aborted") return slices;
    invariant(offset === 0, "what a controller has written is not trimmed while it loads");
    return null;
  }

  async #appendWaiting(): Promise<void> {
    this.#inFlight = true;
    while (this.#waiting.length > 0 && !this.#isOver) {
      const records = this.#takeRecords();
      const baseOffset = this.#committedOffset;
      const outcome = await this.#leadership
        .append(baseOffset, buildBatch({ baseOffset, leaderEpoch: this.epoch, records }))
        .catch((failure: unknown) => {
          this.#failure = failure;
          return "failed" as const;
        });
      if (outcome === "failed") this.#end(errors.KAFKA_STORAGE_ERROR.code);
      else if (outcome === "fenced") this.#end(errors.NOT_CONTROLLER.code);
      else this.#committed(baseOffset + records.length);
    }
    this.#inFlight = false;
  }

  /** As much of what waits as fits into one batch. */
  #takeRecords(): BatchToBuild["records"] {
    const taken: BatchToBuild["records"][number][] = [];
    let bytesLeft = this.#engine.batchBytesMax;
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      bytesLeft -= batchBytesAtMost(next);
      if (taken.length > 0 && bytesLeft < 0) break;
      const { timestampMs } = next;
      for (const { key, value } of next.records) taken.push({ timestampMs, key, value });
      this.#waiting.shift();
    }
    return taken;
  }

  #committed(offset: number): void {
    if (this.#isOver) return;
    this.#committedOffset = offset;
    this.#onCommitted(offset);
  }

  #end(why: ErrorCode): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#waiting.length = 0;
    this.#onLost(why);
  }
}

/**
 * What may be appended to a log, and what becomes of it: a batch is checked against the rules of the topic and what is
 * known of its producer, gets its place, and is written.
 */
import type { Instant } from "../../lib/environment.js";
import { RecordBatch } from "../../protocol/records/batch.js";
import { buildEndTxnMarker } from "../../protocol/records/control.js";
import { asBuffer } from "../../protocol/records/int64.js";
import type { LogConfig } from "../log-config.js";
import type { LogHealth } from "../log-health.js";
import type { LogOffsets } from "../log-offsets.js";
import { type Appended, type AppendOrigin, type AppendResult, storageError } from "../log-results.js";
import type { TransactionMarker } from "../producers/producer-state.js";
import type { VerificationBrought } from "../producers/verifications.js";
import { checkAppend, checkFollowerAppend } from "./check-append.js";
import type { LogWriter } from "./log-writer.js";

export interface AppendAsLeader {
  readonly leaderEpoch: number;
  readonly now: Instant;
}

export interface AppendOfProducer extends AppendAsLeader {
  readonly origin: AppendOrigin;
  /** Only of a transactional batch. */
  readonly verification?: VerificationBrought;
}

export class LogAppender {
  readonly #writer: LogWriter;
  readonly #offsets: LogOffsets;
  readonly #health: LogHealth;
  readonly #onRoll: () => void;

  /** `onRoll`: a new segment was begun, the old one can be made durable. */
  constructor(writer: LogWriter, offsets: LogOffsets, health: LogHealth, onRoll: () => void) {
    this.#writer = writer;
    this.#offsets = offsets;
    this.#health = health;
    this.#onRoll = onRoll;
  }

  asLeader(records: Uint8Array, at: AppendOfProducer, config: LogConfig): AppendResult {
    if (this.#health.failure !== null) return storageError(this.#health.failure);
    const batch = checkAppend(records, at.origin, config, at.now);
    if ("errorCode" in batch) return batch;
    const verdict = this.#writer.producers.check(batch, at.origin, at.verification ?? null);
    if (verdict.name === "refuse") return { errorCode: verdict.errorCode, errorMessage: verdict.errorMessage };
    if (verdict.name === "duplicate") return this.#appended(verdict.of, verdict.of.maxTimestampMs);
    return this.#place(batch, at, config);
  }

  marker(marker: TransactionMarker, at: AppendAsLeader, config: LogConfig): AppendResult {
    if (this.#health.failure !== null) return storageError(this.#health.failure);
    const refusal = this.#writer.producers.checkMarker(marker);
    if (refusal !== null) return { errorCode: refusal.errorCode, errorMessage: refusal.errorMessage };
    const producer = { id: marker.producerId, epoch: marker.producerEpoch };
    const batch = new RecordBatch(asBuffer(buildEndTxnMarker(marker, producer, at.now.wallMs)), 0);
    return this.#place(batch, at, config);
  }

  asFollower(records: Uint8Array, now: Instant, config: LogConfig): AppendResult {
    if (this.#health.failure !== null) return storageError(this.#health.failure);
    const baseOffset = this.#offsets.endOffset;
    const batches = checkFollowerAppend(records, baseOffset);
    if ("errorCode" in batches) return batches;
    return this.#health.attemptWrite(() => {
      this.#write(records, batches, now, config);
      return this.#appended({ baseOffset, lastOffset: this.#offsets.endOffset - 1 }, -1);
    });
  }

  #place(batch: RecordBatch, { leaderEpoch, now }: AppendAsLeader, config: LogConfig): AppendResult {
    const takesAppendTime = config.messageTimestampType === "LogAppendTime";
    batch.place(this.#offsets.endOffset, leaderEpoch);
    if (takesAppendTime) batch.stampLogAppendTime(now.wallMs);
    return this.#health.attemptWrite(() => {
      this.#write(batch.bytes, [batch], now, config);
      return this.#appended(batch, takesAppendTime ? now.wallMs : -1);
    });
  }

  #write(records: Uint8Array, batches: readonly RecordBatch[], now: Instant, config: LogConfig): void {
    if (this.#writer.append(records, batches, config, now)) this.#onRoll();
  }

  #appended(batch: { readonly baseOffset: number; readonly lastOffset: number }, logAppendTimeMs: number): Appended {
    const { baseOffset, lastOffset } = batch;
    return { baseOffset, lastOffset, logAppendTimeMs, logStartOffset: this.#offsets.logStartOffset };
  }
}

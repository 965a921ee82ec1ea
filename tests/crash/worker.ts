/** Works on one log, and notes in its model what it did. */
import type { RandomStream } from "../../src/environments/simulated/random-stream.js";
import { type Clock, FileError, type Instant } from "../../src/lib/environment.js";
import { invariant } from "../../src/lib/invariant.js";
import { errors } from "../../src/protocol/errors.js";
import { RecordBatch, sequenceAfter } from "../../src/protocol/records/batch.js";
import { type BatchToBuild, buildBatch } from "../../src/protocol/records/build-batch.js";
import { codecs } from "../../src/protocol/records/codecs.js";
import { BASE_OFFSET } from "../../src/protocol/records/layout.js";
import type { LogStore } from "../../src/storage/folders/log-store.js";
import type { AppendResult } from "../../src/storage/log-results.js";
import type { PartitionLog } from "../../src/storage/partition-log.js";
import type { ExpectedLog, LogModel } from "./log-model.js";
import { producersIn } from "./naive.js";

export interface StepContext {
  readonly store: LogStore;
  readonly clock: Clock;
  /** Whether the disk has failed: then the log may refuse what it is asked. */
  readonly isFailing: () => boolean;
  /** Meanwhile no operation is made to fail. */
  readonly undisturbed: <T>(run: () => T) => T;
}

const RECORDS_MAX = 4;
const VALUE_BYTES_MAX = 250;
const KEYS = 6;
const PRODUCERS = 3;
/** The ids of transactional producers begin here. */
const TRANSACTIONAL_FROM = 11;

export class Worker {
  readonly model: LogModel;
  readonly #random: RandomStream;
  #log: PartitionLog | null = null;
  #records = 0;
  #timestampMs = 1_000_000;

  constructor(model: LogModel, random: RandomStream) {
    this.model = model;
    this.#random = random;
  }

  /** The log in this life; null while it has no record. */
  give(log: PartitionLog | null): void {
    this.#log = log;
    if (log === null) return;
    this.model.leaderEpoch++;
    log.assignEpoch(this.model.leaderEpoch, log.endOffset);
  }

  lifeEnded(isPowerCut: boolean): void {
    this.model.startOffset = this.#startOffset;
    if (isPowerCut) {
      this.model.isUncertain = true;
      this.model.exists = this.model.isKept;
    }
    this.#log = null;
  }

  expected(): ExpectedLog {
    return { ...this.model.expected(), startOffset: this.#startOffset };
  }

  async step(context: StepContext): Promise<void> {
    const log = this.#logFor(context);
    if (log === null) return;
    const { isFailing } = context;
    const draw = this.#random.below(20);
    if (draw < 8) this.#append(log, this.#batch(), context);
    else if (draw < 11) this.#appendOfProducer(log, context);
    else if (draw < 13) this.#transact(log, context);
    else if (draw < 16) await this.#flush(log, isFailing);
    else if (draw < 18) void this.#flush(log, isFailing);
    else if (draw < 19) this.#cut(log, context);
    else if (!this.model.config.cleanupPolicy.compact) this.#deleteRecords(log);
  }

  get #startOffset(): number {
    return Math.max(this.model.startOffset, this.#log?.logStartOffset ?? 0);
  }

  #logFor({ store, isFailing }: StepContext): PartitionLog | null {
    if (this.#log !== null) return this.#log;
    if (isFailing()) return null;
    const { topic, topicId, config, leaderEpoch } = this.model;
    try {
      this.#log = store.openOrCreate(topic, 0, topicId, config);
    } catch (failure) {
      if (failure instanceof FileError && isFailing()) return null;
      throw failure;
    }
    this.model.exists = true;
    this.#log.assignEpoch(leaderEpoch, 0);
    return this.#log;
  }

  #append(log: PartitionLog, batch: BatchToBuild, context: StepContext): void {
    const records = buildBatch(batch);
    const at = { ...this.#at(context.clock), origin: "client", verification: "not wanted" } as const;
    this.#note(log, log.appendAsLeader(records, at), context);
  }

  #note(log: PartitionLog, result: AppendResult, { isFailing, undisturbed }: StepContext): void {
    if ("errorCode" in result) {
      invariant(isFailing(), `a sound disk takes a batch, but: ${JSON.stringify(result)}`);
      return;
    }
    const read = undisturbed(() => log.read(result.baseOffset, 1, log.endOffset, true));
    invariant(!("errorCode" in read), "what was appended can be read");
    this.model.appended(new RecordBatch(Buffer.from(read.records), 0));
    read.release();
    log.setHighWatermark(log.endOffset);
  }

  #at(clock: Clock): { readonly leaderEpoch: number; readonly now: Instant } {
    const now = { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() };
    return { leaderEpoch: this.model.leaderEpoch, now };
  }

  /** A batch of a transaction, or its end. Compaction would treat aborted records as others, and is not told of them here. */
  #transact(log: PartitionLog, context: StepContext): void {
    if (this.model.config.cleanupPolicy.compact) return;
    const id = TRANSACTIONAL_FROM + this.#random.below(PRODUCERS);
    const last = producersIn(this.model.batches).get(id);
    const isOpen = log.hasOngoingTransaction(id);
    const isForgotten = !isOpen && last !== undefined && last.lastOffset < log.logStartOffset;
    const epoch = (last?.epoch ?? 0) + (isForgotten ? 1 : 0);
    if (isOpen && this.#random.chance(0.5)) {
      const commit = this.#random.chance(0.5);
      const marker = { producerId: id, producerEpoch: epoch, commit, coordinatorEpoch: 1, transactionVersion: 1 };
      this.#note(log, log.appendMarker(marker, this.#at(context.clock)), context);
      return;
    }
    const baseSequence = last === undefined || isForgotten ? 0 : sequenceAfter(last.lastSequence, 1);
    const producer = { id, epoch, baseSequence };
    this.#append(log, { ...this.#batch(), producer, isTransactional: true }, context);
  }

  #batch(): BatchToBuild {
    const random = this.#random;
    const isTable = this.model.config.cleanupPolicy.compact;
    const records = Array.from({ length: random.between(1, RECORDS_MAX) }, () => {
      this.#timestampMs += random.pick(0, 1, 5, -7, 20);
      const value = `${++this.#records} ${"v".repeat(random.below(random.pick(10, VALUE_BYTES_MAX)))}`;
      return {
        timestampMs: this.#timestampMs,
        key: isTable ? Buffer.from(`k${random.below(KEYS)}`) : null,
        value: isTable && random.chance(0.2) ? null : Buffer.from(value),
      };
    });
    return { records, codec: random.chance(0.15) ? codecs.lz4 : codecs.none };
  }

  /** A batch of an idempotent producer, which goes on where the log knows it to be; now and then the last one again. */
  #appendOfProducer(log: PartitionLog, context: StepContext): void {
    const id = 1 + this.#random.below(PRODUCERS);
    const last = producersIn(this.model.batches).get(id);
    // Whoever is forgotten with the records that it wrote begins anew, with a later epoch.
    const isForgotten = last !== undefined && last.lastOffset < log.logStartOffset;
    const bumps = isForgotten || this.#random.chance(0.1);
    const epoch = (last?.epoch ?? 0) + (bumps ? 1 : 0);
    const baseSequence = last === undefined || bumps ? 0 : sequenceAfter(last.lastSequence, 1);
    const batch = { ...this.#batch(), producer: { id, epoch, baseSequence } };
    this.#append(log, batch, context);
    if (this.#random.chance(0.2) && !context.isFailing()) this.#repeatLast(log, context.clock);
  }

  #repeatLast(log: PartitionLog, clock: Clock): void {
    const last = this.model.batches.at(-1);
    if (last === undefined) return;
    const records = Buffer.from(last.bytes).fill(0, BASE_OFFSET, BASE_OFFSET + 8);
    const result = log.appendAsLeader(records, { ...this.#at(clock), origin: "client" });
    const isKnown = "baseOffset" in result && result.baseOffset === last.baseOffset;
    invariant(
      isKnown && log.endOffset === this.model.endOffset,
      `a batch that is sent again is not written again, but: ${JSON.stringify(result)}`,
    );
  }

  async #flush(log: PartitionLog, isFailing: () => boolean): Promise<void> {
    const mark = this.model.flushBegins();
    const wasFailing = isFailing();
    const errorCode = await log.flush();
    if (errorCode === errors.NONE.code) this.model.flushed(mark);
    else
      invariant(
        wasFailing || isFailing() || log !== this.#log,
        `a sound disk lets a log be flushed, not error ${errorCode}: ${log.failure}`,
      );
  }

  /** As a follower does whose last records the new leader does not have. */
  #cut(log: PartitionLog, { store, isFailing }: StepContext): void {
    const cuttable = this.model.batches.filter(({ baseOffset }) => baseOffset >= log.logStartOffset).slice(-8);
    const first = cuttable[this.#random.below(cuttable.length)];
    if (first === undefined || this.model.config.cleanupPolicy.compact) return;
    this.model.truncationBegins(first.baseOffset);
    if (store.truncate(log, first.baseOffset) !== errors.NONE.code) {
      invariant(isFailing(), "a sound disk lets a log be cut");
      this.model.truncationFailed();
      return;
    }
    this.model.truncated(first.baseOffset);
    invariant(log.endOffset === this.model.endOffset, "a log ends where it was cut");
    this.model.leaderEpoch++;
    log.assignEpoch(this.model.leaderEpoch, log.endOffset);
  }

  #deleteRecords(log: PartitionLog): void {
    const { logStartOffset, highWatermark } = log;
    const offset = logStartOffset + this.#random.below(Math.max(1, highWatermark - logStartOffset + 1));
    invariant(log.deleteRecordsBefore(offset) === errors.NONE.code, "records below the high watermark can be deleted");
  }
}

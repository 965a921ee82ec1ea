/**
 * Which transactional producers are being asked after (KIP-890). A client's batch may begin a transaction only when the
 * transaction coordinator knows of it; else nobody would ever end it, and read-committed readers would wait for good.
 * While the coordinator is asked the log keeps a guard. A marker takes it away, so that an answer which comes too late
 * counts no more.
 */
import type { RecordBatch } from "../../protocol/records/batch.js";

/** A batch that would begin a transaction. */
export interface ProducerToVerify {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  /** Whether the client bumps its epoch with every transaction (KIP-890, transaction version 2). */
  readonly supportsEpochBump: boolean;
}

/** The guard: who brings it has asked the coordinator. It is known by its identity. */
export class Verification {
  readonly startedMs: number;
  readonly supportsEpochBump: boolean;
  #epoch: number;
  #lowestSequence: number;

  constructor({ producerEpoch, baseSequence, supportsEpochBump }: ProducerToVerify, startedMs: number) {
    this.startedMs = startedMs;
    this.supportsEpochBump = supportsEpochBump;
    this.#epoch = producerEpoch;
    this.#lowestSequence = baseSequence;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** The first batch of the transaction: those behind it must not overtake it while it waits. */
  get lowestSequence(): number {
    return this.#lowestSequence;
  }

  /** Another batch of the producer wants the same. */
  join({ producerEpoch, baseSequence }: ProducerToVerify): void {
    if (producerEpoch < this.#epoch) return;
    const isFirst = producerEpoch > this.#epoch || baseSequence < this.#lowestSequence;
    if (isFirst) this.#lowestSequence = baseSequence;
    this.#epoch = producerEpoch;
  }
}

/** What a batch brings along. "not wanted": nobody has to ask, the broker is set up so or has asked another way. */
export type VerificationBrought = Verification | "not wanted" | null;

export class Verifications {
  readonly #byProducer = new Map<number, Verification>();

  get(producerId: number): Verification | undefined {
    return this.#byProducer.get(producerId);
  }

  begin(producer: ProducerToVerify, nowMs: number): Verification {
    const current = this.#byProducer.get(producer.producerId);
    if (current !== undefined) {
      current.join(producer);
      return current;
    }
    const begun = new Verification(producer, nowMs);
    this.#byProducer.set(producer.producerId, begun);
    return begun;
  }

  isSatisfiedBy(producerId: number, brought: VerificationBrought): boolean {
    if (brought === "not wanted") return true;
    return brought !== null && this.#byProducer.get(producerId) === brought;
  }

  /** A transactional batch or a marker was written: the transaction is open now, or at its end. */
  written(batch: RecordBatch): void {
    if (this.#byProducer.size === 0) return;
    const { producerId } = batch;
    const current = this.#byProducer.get(producerId);
    // A late marker of transaction version 2 has the epoch with which the next transaction begins.
    const isForNext = batch.isControl && current?.supportsEpochBump === true && current.epoch === batch.producerEpoch;
    if (!isForNext) this.#byProducer.delete(producerId);
  }

  /** Forgets those that were begun so long ago: nobody has come back. */
  expire(nowMs: number, expirationMs: number): void {
    for (const [producerId, { startedMs }] of this.#byProducer) {
      if (nowMs - startedMs >= expirationMs) this.#byProducer.delete(producerId);
    }
  }
}

import { invariant } from "../../../src/lib/invariant.js";
import { errors } from "../../../src/protocol/errors.js";
import { buildBatch } from "../../../src/protocol/records/build-batch.js";
import { codecs } from "../../../src/protocol/records/codecs.js";
import { initProducer, produce, produceBlindly } from "../calls.js";
import type { ExpectedLog } from "./expected-log.js";
import { anyLog, mustBeAmong, passing, type Worker, type WorkerOptions } from "./worker.js";

/** One large record, or some small ones: a batch fits into the smallest segment. */
const sizes = {
  few: { records: 1, bytesMax: 200 },
  many: { records: 10, bytesMax: 200 },
  large: { records: 1, bytesMax: 6_000 },
};

interface Batch {
  readonly log: ExpectedLog;
  readonly values: readonly string[];
  readonly sequence: number;
}

/** Produces to any partition, idempotently or not. What an idempotent producer heard nothing of it sends again. */
export class Producer implements Worker {
  readonly #options: WorkerOptions;
  readonly #isIdempotent: boolean;
  #identity: { readonly id: number; readonly epoch: number; readonly powerCuts: number } | null = null;
  readonly #nextSequences = new Map<ExpectedLog, number>();
  #unanswered: Batch | null = null;
  #records = 0;

  constructor(options: WorkerOptions, isIdempotent: boolean) {
    this.#options = options;
    this.#isIdempotent = isIdempotent;
  }

  async step(): Promise<void> {
    if (this.#isIdempotent && this.#identity === null) await this.#begin();
    const batch = this.#unanswered ?? this.#newBatch();
    if (batch === null) return;
    const { client, expected, random } = this.#options;
    const { log, values } = batch;
    log.sending(values);
    const records = this.#encode(batch);
    if (!this.#isIdempotent && random.chance(0.2)) {
      produceBlindly(client, log.place, records);
      return;
    }
    this.#unanswered = this.#isIdempotent ? batch : null;
    const acks = this.#isIdempotent && expected.isReplicated ? -1 : random.pick(1, -1);
    const { errorCode, baseOffset } = await produce(client, log.place, acks, records);
    this.#unanswered = null;
    if (errorCode !== errors.NONE.code) this.#refused(errorCode);
    else {
      if (acks === -1 || !expected.isReplicated) log.acknowledged(baseOffset, values);
      this.#nextSequences.set(log, batch.sequence + values.length);
    }
  }

  async #begin(): Promise<void> {
    const { client, expected } = this.#options;
    const { errorCode, producerId: id, producerEpoch: epoch } = await initProducer(client);
    invariant(errorCode === errors.NONE.code, "a producer id is given to everybody");
    expected.gotProducerId(id);
    this.#identity = { id, epoch, powerCuts: expected.powerCuts };
    this.#nextSequences.clear();
  }

  /** A power cut may take the batches from which the next sequence would follow. Nothing else may. */
  #refused(errorCode: number): void {
    const sawPowerCut = this.#identity !== null && this.#identity.powerCuts < this.#options.expected.powerCuts;
    const allowed = sawPowerCut ? [...passing, errors.OUT_OF_ORDER_SEQUENCE_NUMBER.code] : passing;
    mustBeAmong(allowed, errorCode, "a produce");
    this.#identity = null;
  }

  #newBatch(): Batch | null {
    const log = anyLog(this.#options);
    if (log === null) return null;
    const { random, client } = this.#options;
    const { records, bytesMax } = sizes[random.pick("few", "many", "large")];
    const value = (): string => `${client.clientId}.${++this.#records} ${".".repeat(random.below(bytesMax))}`;
    const values = Array.from({ length: random.between(1, records) }, value);
    return { log, values, sequence: this.#nextSequences.get(log) ?? 0 };
  }

  #encode({ values, sequence }: Batch): Uint8Array {
    const { random, clock } = this.#options;
    const timestampMs = clock.wallMs();
    return buildBatch({
      records: values.map((value) => ({ timestampMs, key: null, value: Buffer.from(value, "latin1") })),
      codec: random.pick(codecs.none, codecs.none, codecs.gzip, codecs.lz4),
      ...(this.#identity === null ? {} : { producer: { ...this.#identity, baseSequence: sequence } }),
    });
  }
}

import { invariant } from "../../../src/lib/invariant.js";
import { errorName, errors } from "../../../src/protocol/errors.js";
import { buildBatch } from "../../../src/protocol/records/build-batch.js";
import { initProducer, type Place, produce } from "../calls.js";
import type { ClusterWorker, ClusterWorkerOptions } from "./cluster-worker.js";
import { passing } from "./cluster-worker.js";

const RECORDS_MAX = 5;
const VALUE_BYTES_MAX = 200;

interface Batch {
  readonly place: Place;
  readonly values: readonly string[];
  readonly sequence: number;
}

/** An idempotent producer with acks=all. It sends a batch again, and nothing else, until it is acknowledged. */
export class ClusterProducer implements ClusterWorker {
  readonly #options: ClusterWorkerOptions;
  readonly #nextSequences = new Map<number, number>();
  #identity: { readonly id: number; readonly epoch: number } | null = null;
  #unanswered: Batch | null = null;
  #records = 0;

  constructor(options: ClusterWorkerOptions) {
    this.#options = options;
  }

  get isIdle(): boolean {
    return this.#unanswered === null;
  }

  async step(): Promise<void> {
    this.#identity ??= await this.#begin();
    if (this.#identity === null) return;
    const batch = this.#unanswered ?? this.#newBatch();
    const { client, ledger } = this.#options;
    const { topic, partition } = batch.place;
    this.#unanswered = batch;
    ledger.sending(batch.values);
    const leader = await client.leaderOf(topic, partition);
    if (leader === null) return;
    const { errorCode, baseOffset } = await produce(leader.client, batch.place, -1, this.#encode(batch)).catch(
      (failure) => {
        client.forget(partition);
        throw failure;
      },
    );
    if (errorCode !== errors.NONE.code) {
      invariant(passing.has(errorCode), `a produce was answered with ${errorName(errorCode)}`);
      client.forget(partition);
      return;
    }
    ledger.promised(partition, baseOffset, batch.values);
    this.#nextSequences.set(partition, batch.sequence + batch.values.length);
    this.#unanswered = null;
  }

  async #begin(): Promise<{ readonly id: number; readonly epoch: number } | null> {
    const { errorCode, producerId: id, producerEpoch: epoch } = await initProducer(this.#options.client.any());
    return errorCode === errors.NONE.code ? { id, epoch } : null;
  }

  #newBatch(): Batch {
    const { random, client, places } = this.#options;
    const place = places[random.below(places.length)];
    invariant(place !== undefined, "the topic has partitions");
    const value = (): string => `${client.clientId}.${++this.#records} ${".".repeat(random.below(VALUE_BYTES_MAX))}`;
    const values = Array.from({ length: random.between(1, RECORDS_MAX) }, value);
    return { place, values, sequence: this.#nextSequences.get(place.partition) ?? 0 };
  }

  #encode({ values, sequence }: Batch): Uint8Array {
    const timestampMs = this.#options.client.environment.clock.wallMs();
    const producer = this.#identity === null ? {} : { producer: { ...this.#identity, baseSequence: sequence } };
    const records = values.map((value) => ({ timestampMs, key: null, value: Buffer.from(value, "latin1") }));
    return buildBatch({ records, ...producer });
  }
}

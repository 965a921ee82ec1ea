import { invariant } from "../../../src/lib/invariant.js";
import { errors } from "../../../src/protocol/errors.js";
import { buildBatch } from "../../../src/protocol/records/build-batch.js";
import { createTopic, initProducer, type Place, produce, topicsOf } from "../calls.js";
import { mustBeAmong, passing, type Worker, type WorkerOptions } from "../crash/worker.js";

/** The dash: nobody else writes there, and nothing is deleted. */
const TOPIC = "fenced-producers";
const ALL = -1;

/**
 * Two processes with one producer id. One takes over with the next epoch; what the other then sends is refused for good, in
 * whatever state and by whatever leader (KIP-98): all that it needs to be known by was acknowledged.
 */
export class FencedProducer implements Worker {
  readonly #options: WorkerOptions;
  #place: Place | null = null;
  #producerId: number | null = null;
  /** Of whoever took over last. */
  #epoch = 0;
  /** The next one of this epoch, and of the one before. */
  #sequence = 0;
  #sequenceBefore = 0;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  async step(): Promise<void> {
    const { client, random } = this.#options;
    this.#place ??= await this.#makeTopic();
    if (this.#place === null) return;
    if (this.#producerId === null) {
      const { errorCode, producerId } = await initProducer(client);
      invariant(errorCode === errors.NONE.code, "a producer id is given to everybody");
      this.#options.expected.gotProducerId(producerId);
      this.#producerId = producerId;
    }
    const isKnown = this.#sequence > 0;
    if (isKnown && this.#epoch > 0 && random.chance(0.5)) return this.#writesOn(this.#place, this.#producerId);
    if (isKnown && random.chance(0.5)) this.#takeOver();
    await this.#write(this.#place, this.#producerId);
  }

  async #makeTopic(): Promise<Place | null> {
    const { client } = this.#options;
    await createTopic(client, TOPIC, 1, {});
    const [topic] = await topicsOf(client, [TOPIC]);
    return topic?.errorCode === errors.NONE.code ? { topic: TOPIC, topicId: topic.topicId, partition: 0 } : null;
  }

  #takeOver(): void {
    this.#epoch++;
    this.#sequenceBefore = this.#sequence;
    this.#sequence = 0;
  }

  /** The same again until it is answered. */
  async #write(place: Place, id: number): Promise<void> {
    const producer = { id, epoch: this.#epoch, baseSequence: this.#sequence };
    const { errorCode } = await produce(this.#options.client, place, ALL, this.#batch(producer));
    if (errorCode === errors.NONE.code) this.#sequence++;
    else mustBeAmong(passing, errorCode, "a produce with the newest epoch");
  }

  /** It goes on where it was, or begins again. */
  async #writesOn(place: Place, id: number): Promise<void> {
    const { client, random } = this.#options;
    const baseSequence = random.pick(0, this.#sequenceBefore);
    const records = this.#batch({ id, epoch: this.#epoch - 1, baseSequence });
    const { errorCode } = await produce(client, place, ALL, records);
    mustBeAmong([...passing, errors.INVALID_PRODUCER_EPOCH.code], errorCode, "what a fenced producer wrote");
  }

  #batch(producer: { readonly id: number; readonly epoch: number; readonly baseSequence: number }): Uint8Array {
    const record = { timestampMs: this.#options.clock.wallMs(), key: null, value: Buffer.from("v") };
    return buildBatch({ records: [record], producer });
  }
}

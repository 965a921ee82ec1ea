/** Clients at work: each does one thing after another until it is told to pause, and tells `Expected` what it did. */
import type { RandomStream } from "../../src/environments/simulated/random-stream.js";
import type { Environment } from "../../src/lib/environment.js";
import { invariant } from "../../src/lib/invariant.js";
import { type ErrorCode, errorName, errors } from "../../src/protocol/errors.js";
import { buildBatch } from "../../src/protocol/records/build-batch.js";
import { codecs } from "../../src/protocol/records/codecs.js";
import { commitKey, recordsIn } from "./audit.js";
import {
  commitOffset,
  createTopic,
  deleteRecords,
  deleteTopic,
  EARLIEST,
  fetch,
  initProducer,
  offsetAt,
  type Place,
  produce,
  produceBlindly,
} from "./calls.js";
import { ConnectionLost, type SimulatedClient } from "./client.js";
import type { Expected } from "./expected.js";
import type { ExpectedLog } from "./expected-log.js";

export interface WorkerOptions {
  readonly client: SimulatedClient;
  readonly environment: Environment;
  readonly expected: Expected;
  readonly random: RandomStream;
}

export interface Worker {
  /** Does one thing. */
  step(): Promise<void>;
}

/** Answers that every client must be ready for: the topic was just deleted, or the broker is about to stop. */
const passing: readonly number[] = [
  errors.UNKNOWN_TOPIC_ID.code,
  errors.UNKNOWN_TOPIC_OR_PARTITION.code,
  errors.NOT_LEADER_OR_FOLLOWER.code,
  errors.LEADER_NOT_AVAILABLE.code,
];

const coordinatorMoves: readonly number[] = [
  errors.NOT_COORDINATOR.code,
  errors.COORDINATOR_NOT_AVAILABLE.code,
  errors.COORDINATOR_LOAD_IN_PROGRESS.code,
];

function mustBe(errorCode: number, allowed: readonly number[], what: string): void {
  invariant(allowed.includes(errorCode), `${what} was refused with ${errorName(errorCode as ErrorCode)}`);
}

export class Producer implements Worker {
  readonly #options: WorkerOptions;
  readonly #isIdempotent: boolean;
  #identity: { readonly id: number; readonly epoch: number; readonly powerCuts: number } | null = null;
  readonly #sequences = new Map<string, number>();
  /** A batch of an idempotent producer that was not answered: it is sent again as it was. */
  #unanswered: { readonly log: ExpectedLog; readonly values: readonly string[]; readonly sequence: number } | null =
    null;
  #sent = 0;

  constructor(options: WorkerOptions, isIdempotent: boolean) {
    this.#options = options;
    this.#isIdempotent = isIdempotent;
  }

  async step(): Promise<void> {
    const { random, expected } = this.#options;
    if (this.#isIdempotent && this.#identity === null) await this.#begin();
    if (this.#unanswered !== null) return this.#produce(this.#unanswered);
    const log = anyOf(random, expected.logs);
    if (log === null) return;
    const values = this.#values();
    const sequence = this.#sequences.get(keyOf(log.place)) ?? 0;
    await this.#produce({ log, values, sequence });
  }

  async #begin(): Promise<void> {
    const { client, expected } = this.#options;
    const { errorCode, producerId: id, producerEpoch: epoch } = await initProducer(client);
    invariant(errorCode === 0, "a producer id is given to everybody");
    expected.gotProducerId(id);
    this.#identity = { id, epoch, powerCuts: expected.powerCuts };
    this.#sequences.clear();
  }

  async #produce(batch: NonNullable<Producer["_batch"]>): Promise<void> {
    const { client, random } = this.#options;
    const { log, values, sequence } = batch;
    log.sending(values);
    const records = this.#batch(values, sequence);
    if (!this.#isIdempotent && random.chance(0.2)) {
      produceBlindly(client, log.place, records);
      return;
    }
    this.#unanswered = this.#isIdempotent ? batch : null;
    const { errorCode, baseOffset } = await produce(client, log.place, random.pick(1, -1), records);
    this.#unanswered = null;
    if (errorCode === errors.NONE.code) {
      log.acknowledged(baseOffset, values);
      this.#sequences.set(keyOf(log.place), sequence + values.length);
    } else this.#refused(errorCode);
  }
}

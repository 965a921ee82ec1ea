import { errors } from "../../../src/protocol/errors.js";
import { buildBatch } from "../../../src/protocol/records/build-batch.js";
import { createTopic, type Place, topicsOf } from "../calls.js";
import {
  addOffsets,
  addPartition,
  commitInTransaction,
  endTransaction,
  type Generation,
  initTransactions,
  type ProducerIdentity,
  produceInTransaction,
} from "../transaction-calls.js";
import type { ExpectedLedger, ExpectedTransaction } from "./expected-ledger.js";
import { mustBeAmong, passing, type Worker, type WorkerOptions } from "./worker.js";

const PARTITIONS = 3;
const RECORDS_MAX = 4;
const VALUE_BYTES_MAX = 400;
/** Among several brokers a request that was given up may still arrive when the network is well again. */
const ON_ITS_WAY_MS_MAX = 15_000;

/** Asks again. */
const retriable: readonly number[] = [
  ...passing,
  errors.CONCURRENT_TRANSACTIONS.code,
  errors.COORDINATOR_LOAD_IN_PROGRESS.code,
  errors.COORDINATOR_NOT_AVAILABLE.code,
  errors.NOT_COORDINATOR.code,
  // The partition's leader could not ask the coordinator.
  errors.NOT_ENOUGH_REPLICAS.code,
];

/** Another one has its transactional id, or its transaction took too long. */
const fencing: readonly number[] = [
  errors.INVALID_PRODUCER_EPOCH.code,
  errors.PRODUCER_FENCED.code,
  errors.INVALID_TXN_STATE.code,
  errors.TRANSACTION_ABORTABLE.code,
];

/** One request; until it is answered it is sent again, or its producer starts over. */
interface Step {
  send(): Promise<number>;
  done(): void;
  /** Whoever is asked asks the coordinator in turn. */
  readonly isIndirect?: true;
}

export interface Rivalry {
  readonly name: string;
  /** Others have the same transactional id: they fence each other. */
  readonly hasRivals: boolean;
}

/** The group whose offsets are committed within the transactions of one transactional id. */
export function groupOf(transactionalId: string): string {
  return `group of ${transactionalId}`;
}

/** Writes records and offsets in transactions, which it commits, aborts, or leaves behind. */
export class TransactionalProducer implements Worker {
  readonly #options: WorkerOptions;
  readonly #rivalry: Rivalry;
  readonly #generation: Generation;
  readonly #timeoutMs: number;
  #ledger: ExpectedLedger;
  #identity: ProducerIdentity | null = null;
  #transaction: ExpectedTransaction | null = null;
  #beganMs = 0;
  #step: Step | null = null;
  readonly #nextSequences = new Map<Place, number>();
  readonly #added = new Set<Place>();
  #records = 0;
  /** When it last gave up on an InitProducerId that nobody answered. */
  #lostInitMs = Number.NEGATIVE_INFINITY;

  constructor(options: WorkerOptions, rivalry: Rivalry) {
    this.#options = options;
    this.#rivalry = rivalry;
    this.#generation = options.random.pick("first", "second");
    this.#timeoutMs = options.random.pick(100, 2_000, 60_000);
    this.#ledger = options.expected.ledger;
  }

  async step(): Promise<void> {
    const { ledger } = this.#options.expected;
    if (this.#ledger !== ledger) this.#startOver(ledger);
    if (ledger.places.length === 0) return this.#makeTopic();
    if (this.#step !== null && this.#options.random.chance(0.1)) this.#startOver(ledger);
    this.#step ??= this.#nextStep();
    const errorCode = await this.#step.send();
    if (retriable.includes(errorCode)) return;
    const { done, isIndirect = false } = this.#step;
    this.#step = null;
    if (errorCode === errors.NONE.code) done();
    else this.#fenced(errorCode, isIndirect);
  }

  #startOver(ledger: ExpectedLedger): void {
    this.#ledger = ledger;
    this.#identity = null;
    this.#transaction = null;
    this.#step = null;
    this.#nextSequences.clear();
    this.#added.clear();
  }

  async #makeTopic(): Promise<void> {
    const { client, random } = this.#options;
    const ledger = this.#ledger;
    const configs = {
      "internal.segment.bytes": String(random.pick(4_000, 20_000, 1_000_000)),
      "index.interval.bytes": String(random.pick(0, 500, 4_096)),
    };
    await createTopic(client, ledger.topic, PARTITIONS, configs);
    const [topic] = await topicsOf(client, [ledger.topic]);
    if (topic?.errorCode !== errors.NONE.code || topic.partitions.length !== PARTITIONS) return;
    const { topicId, partitions } = topic;
    if (ledger.places.length > 0) return;
    ledger.places = partitions.map(({ partitionIndex: partition }) => ({ topic: ledger.topic, topicId, partition }));
  }

  /** Who asks a coordinator that is none any more is misled: the real one still takes the abort. */
  #fenced(errorCode: number, mayBeMisled: boolean): void {
    mustBeAmong(fencing, errorCode, "a step of a transaction");
    if (mayBeMisled && this.#options.expected.isReplicated) this.#step = this.#abandon();
    else {
      if (!this.#mayBeFenced()) mustBeAmong([], errorCode, "a step of a transaction in time");
      this.#startOver(this.#ledger);
    }
  }

  #mayBeFenced(): boolean {
    const nowMs = this.#options.clock.monotonicMs();
    const isLate = this.#transaction !== null && nowMs - this.#beganMs >= this.#timeoutMs;
    const fencesItself = this.#options.expected.isReplicated && nowMs - this.#lostInitMs < ON_ITS_WAY_MS_MAX;
    return isLate || fencesItself || this.#rivalry.hasRivals;
  }

  /** Nobody knows what of the transaction was written: the producer starts over after it. */
  #abandon(): Step | null {
    if (this.#identity === null || this.#transaction === null) return null;
    const { send } = this.#end(this.#identity, this.#transaction, false);
    return { send, done: () => this.#startOver(this.#ledger) };
  }

  #nextStep(): Step {
    const { random } = this.#options;
    if (this.#identity === null) return this.#init();
    const transaction = this.#transaction;
    if (transaction === null) return this.#produce(this.#identity, this.#begin(this.#identity));
    switch (random.pick("produce", "produce", "produce", "offset", "commit", "commit", "abort", "leave")) {
      case "offset":
        return this.#offset(this.#identity, transaction);
      case "commit":
        return this.#end(this.#identity, transaction, true);
      case "abort":
        return this.#end(this.#identity, transaction, false);
      case "leave":
        return this.#init();
      default:
        return this.#produce(this.#identity, transaction);
    }
  }

  /** A power cut may bring back old epochs in one place and not in another: then it takes another id. */
  get #transactionalId(): string {
    return `${this.#rivalry.name} of ${this.#ledger.topic}`;
  }

  #init(): Step {
    const transactionalId = this.#transactionalId;
    let identity: ProducerIdentity = { transactionalId, id: -1, epoch: -1 };
    return {
      send: async () => {
        const { client, clock } = this.#options;
        const { errorCode, producerId, producerEpoch } = await initTransactions(
          client,
          transactionalId,
          this.#timeoutMs,
        ).catch((failure: unknown) => {
          this.#lostInitMs = clock.monotonicMs();
          throw failure;
        });
        identity = { transactionalId, id: producerId, epoch: producerEpoch };
        return errorCode;
      },
      done: () => {
        this.#startOver(this.#ledger);
        this.#ledger.initialised(identity);
        this.#identity = identity;
      },
    };
  }

  #begin(identity: ProducerIdentity): ExpectedTransaction {
    const transaction = this.#ledger.begin(identity);
    this.#transaction = transaction;
    this.#beganMs = this.#options.clock.monotonicMs();
    this.#added.clear();
    return transaction;
  }

  #produce(identity: ProducerIdentity, transaction: ExpectedTransaction): Step {
    const { client, random, clock } = this.#options;
    const place = this.#ledger.places[random.below(PARTITIONS)] ?? this.#ledger.firstPlace;
    const isAdded = this.#generation === "second" || this.#added.has(place);
    if (!isAdded) return { send: () => addPartition(client, identity, place), done: () => void this.#added.add(place) };
    const filling = (): string => ".".repeat(random.below(VALUE_BYTES_MAX));
    const value = (): string => `${transaction.number} ${client.clientId}.${++this.#records} ${filling()}`;
    const values = Array.from({ length: random.between(1, RECORDS_MAX) }, value);
    const baseSequence = this.#nextSequences.get(place) ?? 0;
    const records = buildBatch({
      records: values.map((one) => ({ timestampMs: clock.wallMs(), key: null, value: Buffer.from(one, "latin1") })),
      producer: { ...identity, baseSequence },
      isTransactional: true,
    });
    let baseOffset = -1;
    return {
      isIndirect: true,
      send: async () => {
        const answer = await produceInTransaction(client, this.#generation, identity, place, Buffer.from(records));
        baseOffset = answer.baseOffset;
        return answer.errorCode;
      },
      done: () => {
        this.#ledger.acknowledged(transaction, place, baseOffset, values);
        this.#nextSequences.set(place, baseSequence + values.length);
      },
    };
  }

  #offset(identity: ProducerIdentity, transaction: ExpectedTransaction): Step {
    const { client } = this.#options;
    const groupId = groupOf(identity.transactionalId);
    const place = this.#ledger.firstPlace;
    const committed = { groupId, place, offset: transaction.number, metadata: String(transaction.number) };
    return {
      isIndirect: true,
      send: async () => {
        const errorCode = this.#generation === "first" ? await addOffsets(client, identity, groupId) : errors.NONE.code;
        if (errorCode !== errors.NONE.code) return errorCode;
        return commitInTransaction(client, this.#generation, identity, committed);
      },
      done: () => {
        transaction.hasOffset = true;
      },
    };
  }

  #end(identity: ProducerIdentity, transaction: ExpectedTransaction, commits: boolean): Step {
    let next = identity;
    return {
      send: async () => {
        if (commits) this.#ledger.asksForCommit(transaction);
        const { client } = this.#options;
        const answer = await endTransaction(client, this.#generation, identity, commits);
        const { errorCode, producerId: id, producerEpoch: epoch } = answer;
        if (this.#generation === "second") next = { ...identity, id, epoch };
        return errorCode;
      },
      done: () => {
        if (commits) this.#ledger.committed(transaction);
        this.#transaction = null;
        if (next.epoch !== identity.epoch) this.#nextSequences.clear();
        this.#identity = next;
      },
    };
  }
}

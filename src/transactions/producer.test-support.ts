/** A transactional producer as the tests need one: it remembers its id and epoch, and what the coordinator said. */
import { invariant } from "../lib/invariant.js";
import { type ErrorCode, errors } from "../protocol/errors.js";
import type { TopicPartitions } from "./partition-set.js";
import { LAST_PRODUCER_EPOCH } from "./states.js";
import type { Answer, TransactionShard } from "./transaction-shard.test-support.js";
import type { InitProducerIdCall, ProducerReply } from "./transaction-types.js";

export const T0: TopicPartitions = { name: "t", partitions: [0] };
export const T1: TopicPartitions = { name: "t", partitions: [1] };
export const U0: TopicPartitions = { name: "u", partitions: [0] };

export class TestProducer {
  readonly shard: TransactionShard;
  readonly transactionalId: string;
  /** 2: a new epoch after every end (KIP-890). */
  readonly generation: number;
  producerId = -1;
  producerEpoch = -1;

  constructor(
    shard: TransactionShard,
    options: { readonly transactionalId?: string; readonly generation?: number } = {},
  ) {
    this.shard = shard;
    this.transactionalId = options.transactionalId ?? "tx";
    this.generation = options.generation ?? 2;
  }

  /** Starts anew, as a process does that knows nothing. */
  init(options: Partial<InitProducerIdCall> = {}): ErrorCode {
    const answer = this.initLater(options);
    while (answer.reply === null && this.shard.errands.length > 0) this.shard.finishErrand();
    return this.take(answer);
  }

  initLater(options: Partial<InitProducerIdCall> = {}): Answer<ProducerReply> {
    return this.shard.call("initProducerId", {
      transactionalId: this.transactionalId,
      transactionTimeoutMs: 60_000,
      producerId: -1,
      producerEpoch: -1,
      enable2Pc: false,
      keepPreparedTxn: false,
      ...options,
    });
  }

  /** Goes on with its id, as a producer does after an error (KIP-360). */
  initAgain(): ErrorCode {
    return this.init({ producerId: this.producerId, producerEpoch: this.producerEpoch });
  }

  addLater(...topics: readonly TopicPartitions[]) {
    const clientTransactionVersion = this.generation;
    return this.shard.call("addPartitions", { ...this.#identity, topics, clientTransactionVersion });
  }

  add(...topics: readonly TopicPartitions[]): ErrorCode {
    return replyOf(this.addLater(...topics)).errorCode;
  }

  verify(...topics: readonly TopicPartitions[]): ErrorCode[] {
    const reply = replyOf(this.shard.call("verifyPartitions", { ...this.#identity, topics }));
    return reply.topics.flatMap(({ partitions }) => partitions.map(({ errorCode }) => errorCode));
  }

  endLater(committed: boolean): Answer<ProducerReply> {
    const clientTransactionVersion = this.generation;
    return this.shard.call("endTransaction", { ...this.#identity, committed, clientTransactionVersion });
  }

  /** Ends its transaction and takes over what it is told to go on with. */
  end(committed: boolean): ErrorCode {
    const answer = this.endLater(committed);
    if (answer.reply === null) this.shard.finishErrand();
    return this.take(answer);
  }

  take(answer: Answer<ProducerReply>): ErrorCode {
    const { errorCode, producerId, producerEpoch } = replyOf(answer);
    if (errorCode === errors.NONE.code && producerId !== -1) {
      this.producerId = producerId;
      this.producerEpoch = producerEpoch;
    }
    return errorCode;
  }

  /** Another process that has the same id and epoch: a zombie, or a retry. */
  twin(): TestProducer {
    const { transactionalId, generation } = this;
    const twin = new TestProducer(this.shard, { transactionalId, generation });
    twin.producerId = this.producerId;
    twin.producerEpoch = this.producerEpoch;
    return twin;
  }

  get state(): string | undefined {
    return this.shard.state.transactions.get(this.transactionalId)?.logged.state;
  }

  get #identity() {
    const { transactionalId, producerId, producerEpoch } = this;
    return { transactionalId, producerId, producerEpoch };
  }
}

export function replyOf<R>(answer: Answer<R>): R {
  invariant(answer.reply !== null, `the call was answered (${answer.errorCode})`);
  return answer.reply;
}

/** A producer that has its first epoch. */
export function started(
  shard: TransactionShard,
  options: { readonly transactionalId?: string; readonly generation?: number } = {},
): TestProducer {
  const producer = new TestProducer(shard, options);
  invariant(producer.init() === errors.NONE.code, "a new producer can start");
  return producer;
}

/** A producer that has the last epoch of its id. */
export function atLastEpoch(shard: TransactionShard, options: { readonly generation?: number } = {}): TestProducer {
  const producer = started(shard, options);
  producer.producerEpoch = LAST_PRODUCER_EPOCH;
  shard.rewrite(producer.transactionalId, { producerEpoch: LAST_PRODUCER_EPOCH });
  return producer;
}

/** Steps that the scenarios of transactions share. */
import { errors } from "../../src/protocol/errors.js";
import { Produce } from "../../src/protocol/messages/00-produce.js";
import { Fetch } from "../../src/protocol/messages/01-fetch.js";
import { InitProducerId } from "../../src/protocol/messages/22-init-producer-id.js";
import { AddPartitionsToTxn } from "../../src/protocol/messages/24-add-partitions-to-txn.js";
import { EndTxn } from "../../src/protocol/messages/26-end-txn.js";
import { DescribeTransactions } from "../../src/protocol/messages/65-describe-transactions.js";
import type { ResponseReceived } from "../../src/protocol/schema/message.js";
import { batchOf, fetchFrom, produceTo } from "./requests.js";
import type { Connection } from "./scenario.js";

export const READ_COMMITTED = 1;
const { CONCURRENT_TRANSACTIONS, COORDINATOR_LOAD_IN_PROGRESS } = errors;
/** The second while the broker fetches a block of producer ids. */
const passing: readonly number[] = [CONCURRENT_TRANSACTIONS.code, COORDINATOR_LOAD_IN_PROGRESS.code];

/** All that a producer asks of its connection to the coordinator. */
export type Asker = Pick<Connection, "send" | "sendUntil">;

/** A producer that speaks for a transactional id, in the words of one generation of the protocol. */
export class TransactionalProducer {
  readonly transactionalId: string;
  producerId = -1;
  epoch = -1;
  sequence = 0;
  readonly #connection: Asker;

  constructor(connection: Asker, transactionalId: string) {
    this.#connection = connection;
    this.transactionalId = transactionalId;
  }

  get identity() {
    return { transactionalId: this.transactionalId, producerId: this.producerId, producerEpoch: this.epoch };
  }

  /** As clients do, it asks again while another transaction of the id is being ended. */
  async init(version: number, more: { readonly goesOn?: boolean; readonly transactionTimeoutMs?: number } = {}) {
    const { producerId, epoch: producerEpoch } = this;
    const answer = await this.#connection.sendUntil(
      InitProducerId,
      version,
      {
        transactionalId: this.transactionalId,
        transactionTimeoutMs: more.transactionTimeoutMs ?? 60_000,
        producerId: more.goesOn === true ? producerId : -1,
        producerEpoch: more.goesOn === true ? producerEpoch : -1,
      },
      ({ errorCode }) => !passing.includes(errorCode),
    );
    if (answer.errorCode === 0) this.#become(answer.producerId, answer.producerEpoch);
    return answer;
  }

  async add(version: number, topic: string, partitions: readonly number[] = [0]) {
    return this.#connection.sendUntil(
      AddPartitionsToTxn,
      version,
      {
        v3AndBelowTransactionalId: this.transactionalId,
        v3AndBelowProducerId: this.producerId,
        v3AndBelowProducerEpoch: this.epoch,
        v3AndBelowTopics: [{ name: topic, partitions }],
      },
      ({ resultsByTopicV3AndBelow: [first] }) =>
        first?.resultsByPartition[0]?.partitionErrorCode !== CONCURRENT_TRANSACTIONS.code,
    );
  }

  async produce(version: number, topic: string, ...values: string[]): Promise<ResponseReceived<typeof Produce>> {
    const answer = await this.#connection.send(Produce, version, this.produceRequest(topic, values));
    const errorCode = answer.responses[0]?.partitionResponses[0]?.errorCode;
    if (errorCode === 0) this.sequence += values.length;
    return answer;
  }

  produceRequest(topic: string, values: readonly string[], partition = 0) {
    const producer = { id: this.producerId, epoch: this.epoch, baseSequence: this.sequence };
    const records = batchOf(values, { producer, isTransactional: true });
    return { ...produceTo(topic, records, { partition }), transactionalId: this.transactionalId };
  }

  async end(version: number, committed: boolean) {
    const request = { ...this.identity, committed };
    const isSettled = ({ errorCode }: ResponseReceived<typeof EndTxn>) => !passing.includes(errorCode);
    const answer = await this.#connection.sendUntil(EndTxn, version, request, isSettled);
    if (version >= 5 && answer.errorCode === 0) this.#become(answer.producerId ?? -1, answer.producerEpoch ?? -1);
    return answer;
  }

  #become(producerId: number, epoch: number): void {
    this.producerId = producerId;
    this.epoch = epoch;
    this.sequence = 0;
  }
}

/** Waits until the transactions of these ids are ended to the last marker; what it shows then is recorded. */
export async function ended(connection: Connection, ...transactionalIds: string[]): Promise<void> {
  await connection.sendUntil(DescribeTransactions, 0, { transactionalIds }, ({ transactionStates }) =>
    transactionStates.every(({ transactionState }) => !transactionState.startsWith("Prepare")),
  );
}

/** What a consumer sees that reads only what is committed, when all transactions are ended. */
export async function readCommitted(connection: Connection, topic: string, fetchOffset = 0): Promise<void> {
  const request = { ...fetchFrom(topic, fetchOffset), isolationLevel: READ_COMMITTED };
  await connection.sendUntil(Fetch, 11, request, ({ responses }) => {
    const [partition] = responses[0]?.partitions ?? [];
    return partition !== undefined && partition.highWatermark === partition.lastStableOffset;
  });
}

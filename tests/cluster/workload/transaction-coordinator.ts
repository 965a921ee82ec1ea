/** What a transactional producer asks of its coordinator, wherever that is just now. First generation (KIP-98). */
import { setTimeout as sleep } from "node:timers/promises";
import type { Address } from "../../../src/lib/environment.js";
import { errors } from "../../../src/protocol/errors.js";
import { FindCoordinator } from "../../../src/protocol/messages/10-find-coordinator.js";
import { InitProducerId } from "../../../src/protocol/messages/22-init-producer-id.js";
import { AddPartitionsToTxn } from "../../../src/protocol/messages/24-add-partitions-to-txn.js";
import { EndTxn } from "../../../src/protocol/messages/26-end-txn.js";
import type { ClusterClient } from "./cluster-client.js";
import { isRetriable } from "./send-batch.js";

const [FIND_VERSION, INIT_VERSION, ADD_VERSION, END_VERSION] = [2, 4, 3, 3];
const TRANSACTION_KEY = 1;
const TRANSACTION_TIMEOUT_MS = 20_000;
const BETWEEN_ATTEMPTS_MS = 50;

export interface Identity {
  readonly id: number;
  readonly epoch: number;
}

export class TransactionCoordinator {
  readonly #client: ClusterClient;
  readonly #transactionalId: string;
  readonly #givingUp: AbortSignal;
  #coordinator: Address | null = null;

  constructor(client: ClusterClient, transactionalId: string, givingUp: AbortSignal) {
    this.#client = client;
    this.#transactionalId = transactionalId;
    this.#givingUp = givingUp;
  }

  /** A new epoch; a transaction of the one before that is still open is aborted. Null: it was refused or given up. */
  async init(): Promise<Identity | null> {
    const request = { transactionalId: this.#transactionalId, transactionTimeoutMs: TRANSACTION_TIMEOUT_MS };
    const answer = await this.#untilKnown(
      (to) => this.#client.ask(to, InitProducerId, INIT_VERSION, request),
      ({ errorCode }) => errorCode,
    );
    return answer?.errorCode === errors.NONE.code ? { id: answer.producerId, epoch: answer.producerEpoch } : null;
  }

  /** Gives the error code; null: given up. */
  async addPartitions(identity: Identity, partitions: readonly number[]): Promise<number | null> {
    const codeIn = (answer: { readonly resultsByTopicV3AndBelow: readonly TopicResult[] }) => {
      const codes = answer.resultsByTopicV3AndBelow.flatMap(({ resultsByPartition }) =>
        resultsByPartition.map(({ partitionErrorCode }) => partitionErrorCode),
      );
      return codes.find((code) => code !== errors.NONE.code) ?? errors.NONE.code;
    };
    const request = {
      v3AndBelowTransactionalId: this.#transactionalId,
      v3AndBelowProducerId: identity.id,
      v3AndBelowProducerEpoch: identity.epoch,
      v3AndBelowTopics: [{ name: this.#client.topic, partitions: [...partitions] }],
    };
    const answer = await this.#untilKnown(
      (to) => this.#client.ask(to, AddPartitionsToTxn, ADD_VERSION, request),
      codeIn,
    );
    return answer === null ? null : codeIn(answer);
  }

  /** Gives the error code; null: given up. */
  async end({ id, epoch }: Identity, committed: boolean): Promise<number | null> {
    const request = { transactionalId: this.#transactionalId, producerId: id, producerEpoch: epoch, committed };
    const answer = await this.#untilKnown(
      (to) => this.#client.ask(to, EndTxn, END_VERSION, request),
      ({ errorCode }) => errorCode,
    );
    return answer?.errorCode ?? null;
  }

  async #untilKnown<T>(ask: (to: Address) => Promise<T | null>, codeIn: (answer: T) => number): Promise<T | null> {
    while (!this.#givingUp.aborted) {
      this.#coordinator ??= await this.#find();
      const answer = this.#coordinator === null ? null : await ask(this.#coordinator);
      const code = answer === null ? null : codeIn(answer);
      if (answer !== null && code !== null && !isRetriable(code)) return answer;
      if (code !== errors.CONCURRENT_TRANSACTIONS.code) this.#coordinator = null;
      await sleep(BETWEEN_ATTEMPTS_MS);
    }
    return null;
  }

  async #find(): Promise<Address | null> {
    const request = { key: this.#transactionalId, keyType: TRANSACTION_KEY };
    const answer = await this.#client.askNext(FindCoordinator, FIND_VERSION, request);
    return answer?.errorCode === errors.NONE.code ? { host: answer.host, port: answer.port } : null;
  }
}

interface TopicResult {
  readonly resultsByPartition: readonly { readonly partitionErrorCode: number }[];
}

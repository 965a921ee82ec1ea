import type { BrokerConfig } from "../../config/broker-config.js";
import { transactionRecordCodec } from "../../transactions/records/transaction-record.js";
import { transactionMachine } from "../../transactions/transaction-machine.js";
import type { TransactionTypes } from "../../transactions/transaction-types.js";
import type { ProducerIds } from "../controlling/producer-ids.js";
import { transactionTopic } from "../internal-topics.js";
import type { MarkerDelivery } from "./marker-delivery.js";
import { type CoordinatorKind, type CoordinatorRooms, Shards } from "./shards.js";
import { runTransactionErrand } from "./transaction-errands.js";

/** The default of Kafka's `request.timeout.ms`. */
const COMMIT_TIMEOUT_MS = 30_000;

interface TransactionShardsOptions extends CoordinatorRooms {
  readonly config: BrokerConfig;
  readonly producerIds: ProducerIds;
  readonly delivery: MarkerDelivery;
}

/** The transaction coordinator: one shard for each partition of `__transaction_state` that this broker leads. */
export function transactionShards(options: TransactionShardsOptions): Shards<TransactionTypes> {
  // KIP-939 is unstable in Apache Kafka 4.3, and the version of InitProducerId that asks for it is not served.
  const config = { ...options.config.transactions, transactionTwoPhaseCommitEnable: false };
  const kind: CoordinatorKind<TransactionTypes> = {
    topic: transactionTopic,
    coordinates: "transactions",
    machineFor: (leaderEpoch) => transactionMachine(config, leaderEpoch),
    codec: transactionRecordCodec,
    runErrand: (errand) => runTransactionErrand(errand, options),
    commitTimeoutMs: COMMIT_TIMEOUT_MS,
  };
  return new Shards(kind, options);
}

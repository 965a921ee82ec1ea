/** The transaction coordinator: one shard for each partition of `__transaction_state` that this broker leads. */
import { PartitionShardLog } from "../../cluster/replication/partition-shard-log.js";
import type { Partitions } from "../../cluster/replication/partitions.js";
import type { BrokerConfig } from "../../config/broker-config.js";
import { Runner } from "../../coordination/runner.js";
import { coordinatorAnswers } from "../../coordination/runner-options.js";
import type { Environment } from "../../lib/environment.js";
import { invariant } from "../../lib/invariant.js";
import type { MetadataImage } from "../../metadata/image.js";
import type { Logger } from "../../observability/logger.js";
import { errorName } from "../../protocol/errors.js";
import { codecs } from "../../protocol/records/codecs.js";
import { transactionRecordCodec } from "../../transactions/records/transaction-record.js";
import { transactionMachine } from "../../transactions/transaction-machine.js";
import type { TransactionTypes } from "../../transactions/transaction-types.js";
import type { ProducerIds } from "../controlling/producer-ids.js";
import { transactionTopic } from "../internal-topics.js";
import type { MarkerDelivery } from "./marker-delivery.js";
import { Shards } from "./shards.js";
import { runTransactionErrand } from "./transaction-errands.js";

/** Callers that may wait in one shard at a time. */
const ticketsMax = 100_000;
/** How long an answer waits for its records to be committed: the default of Kafka's `request.timeout.ms`. */
const commitTimeoutMs = 30_000;

export function transactionShards(options: {
  readonly config: BrokerConfig;
  readonly environment: Environment;
  readonly logger: Logger;
  readonly partitions: Partitions;
  readonly producerIds: ProducerIds;
  readonly delivery: MarkerDelivery;
  readonly image: () => MetadataImage;
}): Shards<TransactionTypes> {
  const { config, environment, logger, partitions, image } = options;
  // KIP-939 is unstable in Apache Kafka 4.3, and the version of InitProducerId that asks for it is not served.
  const transactionConfig = { ...config.transactions, transactionTwoPhaseCommitEnable: false };
  return new Shards(transactionTopic, partitions, environment.wire, (partition, onOver) => {
    const { index, leaderEpoch } = partition;
    invariant(leaderEpoch !== null, "a shard is led by this broker");
    return new Runner<TransactionTypes>({
      machine: transactionMachine(transactionConfig, leaderEpoch),
      log: new PartitionShardLog(partition, codecs.none),
      codec: transactionRecordCodec,
      environment,
      metadata: image,
      runErrand: (errand) => runTransactionErrand(errand, options),
      answers: coordinatorAnswers,
      limits: { commitTimeoutMs, ticketsMax },
      onOver: (why) => {
        logger.debug(
          { partition: index, why: errorName(why) },
          "this broker no longer coordinates the transactions of a partition",
        );
        onOver();
      },
      onBug: (error) =>
        logger.error({ err: error, partition: index }, "a transaction coordinator failed for a reason of ours"),
    });
  });
}

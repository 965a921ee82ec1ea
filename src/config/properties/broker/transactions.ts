/** Idempotent producers and transactions. */
import { boolean, int, internal, short, withoutEffect } from "../definition.js";
import { atLeast } from "../validators.js";

export const transactionProperties = {
  "producer.id.expiration.ms": int(
    86_400_000,
    "How long a partition remembers an idle producer's sequence numbers.",
    atLeast(1),
    "cluster-wide",
  ),
  "producer.id.expiration.check.interval.ms": internal(
    int(600_000, "How often idle producers are looked for.", atLeast(1)),
  ),
  "add.partitions.to.txn.retry.backoff.ms": int(
    20,
    "Wait before a Produce asks the coordinator again while the producer's last transaction is being ended.",
    atLeast(1),
  ),
  "add.partitions.to.txn.retry.backoff.max.ms": int(
    100,
    "How long a Produce asks again; then the producer hears of it, and asks by itself.",
    atLeast(0),
  ),
  "transaction.abort.timed.out.transaction.cleanup.interval.ms": int(
    10_000,
    "How often transactions that took too long are aborted.",
    atLeast(1),
  ),
  "transaction.max.timeout.ms": int(900_000, "Longest timeout that a producer may ask for.", atLeast(1)),
  "transaction.partition.verification.enable": boolean(
    true,
    "Whether a partition asks the coordinator before it takes transactional records.",
    "cluster-wide",
  ),
  "transaction.remove.expired.transaction.cleanup.interval.ms": int(
    3_600_000,
    "How often unused transactional ids are removed.",
    atLeast(1),
  ),
  "transaction.state.log.min.isr": int(
    2,
    "Replicas that must hold writes to `__transaction_state`, at most as many as it has when it is created.",
    atLeast(1),
  ),
  "transaction.state.log.num.partitions": int(
    50,
    "Partitions of `__transaction_state`, fixed once it exists.",
    atLeast(1),
  ),
  "transaction.state.log.replication.factor": short(
    3,
    "Replicas of `__transaction_state`, at most the number of brokers when it is created.",
    atLeast(1),
  ),
  "transaction.state.log.segment.bytes": int(104_857_600, "Segment size of `__transaction_state`.", atLeast(1)),
  "transactional.id.expiration.ms": int(604_800_000, "How long an unused transactional id is kept.", atLeast(1)),
} as const;

export const transactionPropertiesWithoutEffect = {
  ...withoutEffect("every shard works on the one event loop and writes at the end of each turn", {
    "transaction.state.log.load.buffer.size": int(5_242_880, "Bytes read at once while a shard loads.", atLeast(1)),
  } as const),
  ...withoutEffect("KIP-939 is unstable in Apache Kafka 4.3, and its InitProducerId is not served", {
    "transaction.two.phase.commit.enable": boolean(false, "Whether two-phase commit (KIP-939) is offered."),
  } as const),
} as const;

/**
 * KIP-890: what a partition wants to know before a producer's records begin a transaction in it. Batches of transactions
 * that are open there already pass at once; for the others the coordinator is asked, all of a request together.
 */
import type { Broker } from "../../broker/broker.js";
import type { Partition } from "../../cluster/replication/partition.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import type { Verification, VerificationBrought } from "../../storage/producers/verifications.js";
import {
  askForPartitions,
  isVerificationWanted,
  type TransactionalProducer,
  type TransactionSupport,
} from "./transaction-support.js";

export interface TransactionalBatch {
  readonly partition: Partition;
  readonly baseSequence: number;
}

export type Admission =
  | { readonly verification: VerificationBrought }
  | { readonly errorCode: ErrorCode; readonly errorMessage?: string };

const OPEN_ALREADY: Admission = { verification: null };
const NOT_WANTED: Admission = { verification: "not wanted" };

/** One admission for each batch, in their order. */
export function admitToTransaction(
  broker: Broker,
  producer: TransactionalProducer,
  batches: readonly TransactionalBatch[],
  support: TransactionSupport,
): readonly Admission[] | Promise<readonly Admission[]> {
  if (!isVerificationWanted(broker, support)) return batches.map(() => NOT_WANTED);
  const admissions = begin(producer, batches, support);
  return admissions.some(isToBeAsked) ? askPatiently(broker, producer, batches, support, admissions) : admissions;
}

function begin(
  { producerId, producerEpoch }: TransactionalProducer,
  batches: readonly TransactionalBatch[],
  support: TransactionSupport,
): readonly Admission[] {
  const supportsEpochBump = support === "adds partitions";
  return batches.map(({ partition, baseSequence }) => {
    const begun = partition.beginVerification({ producerId, producerEpoch, baseSequence, supportsEpochBump });
    if (begun === "open") return OPEN_ALREADY;
    return "errorCode" in begun ? { errorCode: begun.errorCode } : { verification: begun };
  });
}

function isToBeAsked(admission: Admission): admission is { readonly verification: Verification } {
  return "verification" in admission && admission.verification !== null && admission.verification !== "not wanted";
}

/**
 * A client that bumps its epochs may write before the end of its last transaction has reached all partitions, so it is
 * asked again for a moment. Its marker may have taken the guards away meanwhile: each try has its own.
 */
async function askPatiently(
  broker: Broker,
  producer: TransactionalProducer,
  batches: readonly TransactionalBatch[],
  support: TransactionSupport,
  first: readonly Admission[],
): Promise<readonly Admission[]> {
  const { addPartitionsToTxnRetryBackoffMs: backoffMs, addPartitionsToTxnRetryBackoffMaxMs: patienceMs } =
    broker.config.transactions;
  const { wire } = broker.environment;
  const untilMs = wire.monotonicMs() + patienceMs;
  let begun = first;
  for (;;) {
    const { errorCodes, admissions } = await ask(broker, producer, batches, support, begun);
    const isPassing = errorCodes.includes(errors.CONCURRENT_TRANSACTIONS.code);
    if (!isPassing || support !== "adds partitions" || wire.monotonicMs() >= untilMs) return admissions;
    await new Promise<void>((resolve) => {
      wire.at(wire.monotonicMs() + backoffMs, resolve);
    });
    begun = begin(producer, batches, support);
  }
}

async function ask(
  broker: Broker,
  producer: TransactionalProducer,
  batches: readonly TransactionalBatch[],
  support: TransactionSupport,
  begun: readonly Admission[],
) {
  const toAsk = batches.filter((_, i) => begun[i] !== undefined && isToBeAsked(begun[i]));
  const names = toAsk.map(({ partition }) => ({ topic: partition.topic, partition: partition.index }));
  const errorCodes = names.length === 0 ? [] : await askForPartitions(broker, producer, names, support);
  const answers = errorCodes.values();
  const admissions = begun.map((admission) => {
    const errorCode = isToBeAsked(admission) ? answers.next().value : undefined;
    return errorCode === undefined || errorCode === errors.NONE.code ? admission : refused(errorCode, support);
  });
  return { errorCodes, admissions };
}

/** What befell the coordinator old clients could not ask again for: they are given an error that they do. */
function refused(errorCode: ErrorCode, support: TransactionSupport): Admission {
  switch (errorCode) {
    case errors.INVALID_TXN_STATE.code:
      return { errorCode, errorMessage: "The partition was not added to the transaction" };
    case errors.COORDINATOR_LOAD_IN_PROGRESS.code:
    case errors.COORDINATOR_NOT_AVAILABLE.code:
    case errors.NOT_COORDINATOR.code:
      return askAgain(errorCode);
    case errors.CONCURRENT_TRANSACTIONS.code:
      return support === "adds partitions" ? { errorCode } : askAgain(errorCode);
    default:
      return { errorCode };
  }
}

function askAgain(why: ErrorCode): Admission {
  return {
    errorCode: errors.NOT_ENOUGH_REPLICAS.code,
    errorMessage: `The coordinator could not say whether the partition is in the transaction (error ${why})`,
  };
}

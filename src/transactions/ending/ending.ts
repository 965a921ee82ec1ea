/**
 * How a transaction ends: the outcome is prepared, markers carry it to every partition, and then it is complete. The
 * outcome is certain as soon as it is prepared; producers need not wait for the markers.
 */
import { invariant } from "../../lib/invariant.js";
import { noPartitions, partitionsOf, stillThere, type TopicPartition } from "../partition-set.js";
import type { LoggedTransaction } from "../records/transaction-record.js";
import { bumpsEpoch, isExhausted, isPrepared, type LoggedState, mayBecome } from "../states.js";
import type { Circumstances, TransactionDecision, WriteMarkersErrand } from "../transaction-types.js";
import type { Transaction, TransactionsState } from "../transactions-state.js";

export interface Ending {
  readonly commit: boolean;
  /** Of the client that ends it; that of the cluster where the coordinator does so itself. */
  readonly transactionVersion: number;
  /** The epoch that the markers carry. */
  readonly producerEpoch: number;
  /** The producer id to go on with after the last epoch; -1 while there are epochs left. */
  readonly nextProducerId: number;
}

/** What is not named stays as it is. */
export function transition(
  from: LoggedTransaction,
  to: { readonly state: LoggedState } & Partial<LoggedTransaction>,
): LoggedTransaction {
  invariant(mayBecome(from.state, to.state), `a transaction goes from ${from.state} to ${to.state}`);
  return { ...from, previousProducerId: from.producerId, ...to };
}

function prepared(from: LoggedTransaction, ending: Ending, { now }: Circumstances): LoggedTransaction {
  return transition(from, {
    state: ending.commit ? "PrepareCommit" : "PrepareAbort",
    producerEpoch: ending.producerEpoch,
    nextProducerId: ending.nextProducerId,
    transactionLastUpdateTimestampMs: now.wallMs,
    // An abort of what was never begun has no start of its own (KIP-890).
    transactionStartTimestampMs: from.state === "Ongoing" ? from.transactionStartTimestampMs : now.wallMs,
    clientTransactionVersion: bumpsEpoch(ending.transactionVersion) ? ending.transactionVersion : 0,
  });
}

export function completed(from: LoggedTransaction, { now }: Circumstances): LoggedTransaction {
  const { nextProducerId, clientTransactionVersion } = from;
  const goesOnWithNext = bumpsEpoch(clientTransactionVersion) && nextProducerId !== -1;
  return transition(from, {
    state: from.state === "PrepareCommit" ? "CompleteCommit" : "CompleteAbort",
    ...(goesOnWithNext ? { producerId: nextProducerId, producerEpoch: 0 } : {}),
    nextProducerId: -1,
    partitions: noPartitions,
    transactionLastUpdateTimestampMs: now.wallMs,
  });
}

/** Ends the transaction, at once where no partition waits for a marker. */
export function end(
  state: Readonly<TransactionsState>,
  { id, logged }: Transaction,
  ending: Ending,
  circumstances: Circumstances,
): Pick<TransactionDecision, "records" | "touches" | "errands"> & { readonly outcome: LoggedTransaction } {
  const prepare = prepared(logged, ending, circumstances);
  const outcome = completed(prepare, circumstances);
  const first = { transactionalId: id, value: prepare };
  const partitions = stillThere(partitionsOf(prepare.partitions), state.metadata);
  if (partitions.length === 0) {
    return { records: [first, { transactionalId: id, value: outcome }], touches: [], errands: [], outcome };
  }
  return {
    records: [first],
    touches: [{ type: "markersSent", transactionalId: id, partitions }],
    errands: [markersOf(id, prepare, partitions, circumstances)],
    outcome,
  };
}

export function markersOf(
  transactionalId: string,
  { state, producerId, producerEpoch, clientTransactionVersion }: LoggedTransaction,
  partitions: readonly TopicPartition[],
  { coordinatorEpoch }: Circumstances,
): WriteMarkersErrand {
  invariant(isPrepared(state), "markers are written once the outcome is certain");
  return {
    type: "writeMarkers",
    transactionalId,
    producerId,
    producerEpoch,
    coordinatorEpoch,
    commit: state === "PrepareCommit",
    transactionVersion: clientTransactionVersion,
    partitions,
  };
}

/** -1 while the producer id has epochs left; null when a fresh one is needed first. */
export function nextProducerIdOf(
  { producerEpoch }: LoggedTransaction,
  transactionVersion: number,
  freshProducerId: number | null,
): number | null {
  return bumpsEpoch(transactionVersion) && isExhausted(producerEpoch) ? freshProducerId : -1;
}

/**
 * The coordinator ends a transaction by itself, because it took too long or because its producer is replaced: it is
 * aborted under an epoch that its producer does not have, so that nothing of it can come afterwards.
 */
import { bumpsEpoch, epochAfter } from "../states.js";
import type { Circumstances, TransactionDecision } from "../transaction-types.js";
import type { Transaction, TransactionsState } from "../transactions-state.js";
import { end, nextProducerIdOf } from "./ending.js";

/** Null: a fresh producer id is needed first, for the producer to go on with. */
export function fence(
  state: Readonly<TransactionsState>,
  transaction: Transaction,
  freshProducerId: number | null,
  circumstances: Circumstances,
): Pick<TransactionDecision, "records" | "touches" | "errands"> | null {
  const transactionVersion = finalizedTransactionVersion(state);
  const nextProducerId = nextProducerIdOf(transaction.logged, transactionVersion, freshProducerId);
  if (nextProducerId === null) return null;
  const producerEpoch = epochAfter(transaction.logged.producerEpoch);
  const ending = { commit: false, transactionVersion, producerEpoch, nextProducerId };
  const { records, touches, errands } = end(state, transaction, ending, circumstances);
  const forgets = { type: "lastProducerEpoch", transactionalId: transaction.id, epoch: -1 } as const;
  // In the first generation the old producer must not get the new epoch; in the second it may come back for it.
  return { records, errands, touches: bumpsEpoch(transactionVersion) ? touches : [forgets, ...touches] };
}

/** The version that the whole cluster has agreed on. */
function finalizedTransactionVersion({ metadata }: Readonly<TransactionsState>): number {
  return metadata.features.get("transaction.version") ?? 0;
}

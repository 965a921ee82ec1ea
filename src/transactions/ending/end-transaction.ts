/**
 * EndTxn: a producer commits or aborts its transaction. Clients of the first generation keep their epoch; those of the
 * second get a new one at every end (KIP-890), so that nothing that was sent before can belong to the next transaction.
 * There the epoch also tells a retry from the next end, and a client that does not know whether anything of its
 * transaction arrived may abort what was never begun.
 */
import { reply } from "../../coordination/state-machine.js";
import { unreachable } from "../../lib/invariant.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { needsProducerId, refusal } from "../producer-reply.js";
import type { LoggedTransaction } from "../records/transaction-record.js";
import { bumpsEpoch, epochAfter, LAST_PRODUCER_EPOCH } from "../states.js";
import {
  answer,
  type CallNamed,
  type Circumstances,
  decision,
  type EndTransactionCall,
  type TransactionDecision,
} from "../transaction-types.js";
import type { Transaction, TransactionsState } from "../transactions-state.js";
import { end, nextProducerIdOf } from "./ending.js";

type EndCall = CallNamed<"endTransaction">;

/** What an EndTxn means: an end, the repetition of one that has succeeded, or an error. */
type Meaning = "end" | "done before" | ErrorCode;

const { INVALID_TXN_STATE, CONCURRENT_TRANSACTIONS, PRODUCER_FENCED, INVALID_PRODUCER_ID_MAPPING } = errors;

export function decideEndTransaction(
  state: Readonly<TransactionsState>,
  call: EndCall,
  freshProducerId: number | null,
  circumstances: Circumstances,
): TransactionDecision {
  const { request, ticket } = call;
  const transaction = state.transactions.get(request.transactionalId);
  if (request.transactionalId === "") return answer(refusal(ticket, errors.INVALID_REQUEST.code, "at once"));
  if (transaction === undefined) return answer(refusal(ticket, INVALID_PRODUCER_ID_MAPPING.code, "at once"));
  const meaning = bumpsEpoch(request.clientTransactionVersion)
    ? meaningWithEpochBump(transaction.logged, request)
    : meaningWithoutEpochBump(transaction.logged, request);
  if (meaning === "end") return decideEnd(state, transaction, call, freshProducerId, circumstances);
  if (meaning !== "done before") return answer(refusal(ticket, meaning, "at once"));
  return answer(reply(ticket, success(request, transaction.logged), transaction.endOffset));
}

function decideEnd(
  state: Readonly<TransactionsState>,
  transaction: Transaction,
  call: EndCall,
  freshProducerId: number | null,
  circumstances: Circumstances,
): TransactionDecision {
  const { request, ticket } = call;
  const { producerEpoch } = transaction.logged;
  const transactionVersion = request.clientTransactionVersion;
  const nextProducerId = nextProducerIdOf(transaction.logged, transactionVersion, freshProducerId);
  if (nextProducerId === null) return needsProducerId(call);
  const ending = {
    commit: request.committed,
    transactionVersion,
    producerEpoch: bumpsEpoch(transactionVersion) ? epochAfter(producerEpoch) : producerEpoch,
    nextProducerId,
  };
  const { outcome, ...parts } = end(state, transaction, ending, circumstances);
  return decision({ ...parts, replies: [reply(ticket, success(request, outcome), "own records")] });
}

/** Only the second generation hears with what it goes on. */
function success(request: EndTransactionCall, { producerId, producerEpoch }: LoggedTransaction) {
  const errorCode = errors.NONE.code;
  return bumpsEpoch(request.clientTransactionVersion)
    ? { errorCode, producerId, producerEpoch }
    : { errorCode, producerId: -1, producerEpoch: -1 };
}

function meaningWithoutEpochBump(logged: LoggedTransaction, request: EndTransactionCall): Meaning {
  if (logged.producerId !== request.producerId) return INVALID_PRODUCER_ID_MAPPING.code;
  if (logged.producerEpoch !== request.producerEpoch) return PRODUCER_FENCED.code;
  switch (logged.state) {
    case "Ongoing":
      return "end";
    case "PrepareCommit":
      return request.committed ? CONCURRENT_TRANSACTIONS.code : INVALID_TXN_STATE.code;
    case "PrepareAbort":
      return request.committed ? INVALID_TXN_STATE.code : CONCURRENT_TRANSACTIONS.code;
    case "CompleteCommit":
      return request.committed ? "done before" : INVALID_TXN_STATE.code;
    case "CompleteAbort":
      return request.committed ? INVALID_TXN_STATE.code : "done before";
    case "Empty":
      return INVALID_TXN_STATE.code;
    default:
      return unreachable(logged.state);
  }
}

function meaningWithEpochBump(logged: LoggedTransaction, request: EndTransactionCall): Meaning {
  const isRetryAtLastEpoch =
    logged.previousProducerId === request.producerId &&
    request.producerEpoch === LAST_PRODUCER_EPOCH &&
    logged.producerEpoch === 0;
  const isRetry = isRetryAtLastEpoch || logged.producerEpoch === request.producerEpoch + 1;
  const isCurrent = logged.producerEpoch === request.producerEpoch;
  if (logged.producerId !== request.producerId && !isRetryAtLastEpoch) return INVALID_PRODUCER_ID_MAPPING.code;
  switch (logged.state) {
    case "Ongoing":
      return isCurrent ? "end" : PRODUCER_FENCED.code;
    case "Empty":
      if (!isCurrent) return PRODUCER_FENCED.code;
      return request.committed ? INVALID_TXN_STATE.code : "end";
    case "PrepareCommit":
    case "PrepareAbort":
      if (logged.producerEpoch !== request.producerEpoch + 1) return PRODUCER_FENCED.code;
      return request.committed === (logged.state === "PrepareCommit")
        ? CONCURRENT_TRANSACTIONS.code
        : INVALID_TXN_STATE.code;
    case "CompleteCommit":
    case "CompleteAbort":
      if (!isRetry && !isCurrent) return PRODUCER_FENCED.code;
      if (isRetry)
        return request.committed === (logged.state === "CompleteCommit") ? "done before" : INVALID_TXN_STATE.code;
      return request.committed ? INVALID_TXN_STATE.code : "end";
    default:
      return unreachable(logged.state);
  }
}

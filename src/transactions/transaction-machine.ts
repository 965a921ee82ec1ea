/**
 * The transaction coordinator as a state machine over one partition of `__transaction_state`. One table says which file
 * decides what; `states.ts` says which state may follow which.
 */
import type { CallInput, Input, StateMachine } from "../coordination/state-machine.js";
import { unreachable } from "../lib/invariant.js";
import type { MetadataImage } from "../metadata/image/image.js";
import { decideAddPartitions, decideVerifyPartitions } from "./add-partitions.js";
import { decideEndTransaction } from "./ending/end-transaction.js";
import {
  decideMarkersWritten,
  decideRefusedCompletion,
  decideRetry,
  resumePrepared,
  retryLater,
  retryNow,
} from "./ending/markers.js";
import { decideTimeouts, decideTimeoutWithProducerId, postponeFirstTimeout } from "./ending/timeouts.js";
import { decideExpiry } from "./expire.js";
import { decideInitProducerId } from "./init-producer-id.js";
import { decideDescribe } from "./inquiries/describe.js";
import { decideList, decidePatternMatched } from "./inquiries/list.js";
import { refusal } from "./producer-reply.js";
import { replayRecord } from "./replay.js";
import { touchTransactions } from "./touch.js";
import {
  answer,
  type CallThatNeedsProducerId,
  type Circumstances,
  decision,
  type ProducerIdAllocated,
  type TransactionConfig,
  type TransactionDecision,
  type TransactionErrandResult,
  type TransactionTypes,
} from "./transaction-types.js";
import { createTransactionsState, type TransactionsState } from "./transactions-state.js";

/** `coordinatorEpoch`: the leader epoch under which the shard's log is held. Markers of an older one are refused. */
export function transactionMachine(
  config: TransactionConfig,
  coordinatorEpoch: number,
): StateMachine<TransactionTypes> {
  return {
    create: createTransactionsState,
    replay: replayRecord,
    // Nobody writes transactions into this log; an operator who ends one here by force changes nothing.
    replayMarker: (state, _marker, at) => {
      state.endOffset = at.offset + 1;
    },
    touch: touchTransactions,
    decide: (state, input, now) => decide(state, input, { now, config, coordinatorEpoch }),
    nextDeadlineMs,
  };
}

function decide(
  state: Readonly<TransactionsState>,
  input: Input<TransactionTypes>,
  circumstances: Circumstances,
): TransactionDecision {
  switch (input.type) {
    case "call":
      return decideCall(state, input, circumstances);
    case "deadline":
      return decideDeadline(state, circumstances);
    case "metadata":
      return decision({ touches: [{ type: "metadata", metadata: input.after }, ...retryNow(state, circumstances)] });
    case "refused":
      return decideRefused(state, input.of, circumstances);
    case "gone":
      // Nobody is parked here: a call waits in an errand at most, and its answer finds nobody.
      return decision({});
    case "loaded":
      return decideLoaded(state, input.metadata, circumstances);
    case "errandDone":
      return decideErrandDone(state, input.result, circumstances);
    default:
      return unreachable(input);
  }
}

function decideCall(
  state: Readonly<TransactionsState>,
  call: CallInput<TransactionTypes>,
  circumstances: Circumstances,
): TransactionDecision {
  switch (call.name) {
    case "initProducerId":
    case "endTransaction":
      return decideWithProducerId(state, call, null, circumstances);
    case "addPartitions":
      return decideAddPartitions(state, call, circumstances);
    case "verifyPartitions":
      return decideVerifyPartitions(state, call);
    case "describe":
      return decideDescribe(state, call);
    case "list":
      return decideList(state, call, circumstances);
    default:
      return unreachable(call);
  }
}

function decideWithProducerId(
  state: Readonly<TransactionsState>,
  call: CallThatNeedsProducerId,
  freshProducerId: number | null,
  circumstances: Circumstances,
): TransactionDecision {
  return call.name === "initProducerId"
    ? decideInitProducerId(state, call, freshProducerId, circumstances)
    : decideEndTransaction(state, call, freshProducerId, circumstances);
}

function decideErrandDone(
  state: Readonly<TransactionsState>,
  result: TransactionErrandResult,
  circumstances: Circumstances,
): TransactionDecision {
  switch (result.type) {
    case "markersWritten":
      return decideMarkersWritten(state, result, circumstances);
    case "producerIdAllocated":
      return decideProducerIdAllocated(state, result, circumstances);
    case "patternMatched":
      return decidePatternMatched(result);
    default:
      return unreachable(result);
  }
}

function decideProducerIdAllocated(
  state: Readonly<TransactionsState>,
  { errand: { purpose }, outcome }: ProducerIdAllocated,
  circumstances: Circumstances,
): TransactionDecision {
  if (purpose.type === "timeout") {
    // Without an id, the transaction is looked at again later.
    if ("errorCode" in outcome) return decision({});
    return decideTimeoutWithProducerId(state, purpose.transactionalId, outcome.producerId, circumstances);
  }
  if ("errorCode" in outcome) return answer(refusal(purpose.call.ticket, outcome.errorCode, "at once"));
  return decideWithProducerId(state, purpose.call, outcome.producerId, circumstances);
}

function decideDeadline(state: Readonly<TransactionsState>, circumstances: Circumstances): TransactionDecision {
  const isDue = (dueMs: number | null) => dueMs !== null && dueMs <= circumstances.now.monotonicMs;
  if (isDue(state.retryMarkersAtMs)) return decideRetry(state, circumstances);
  if (isDue(state.nextTimeoutCheckMs)) return decideTimeouts(state, circumstances);
  return isDue(state.nextExpiryMs) ? decideExpiry(state, circumstances) : decision({});
}

function nextDeadlineMs(state: Readonly<TransactionsState>): number | null {
  const wanted = [state.retryMarkersAtMs, state.nextTimeoutCheckMs, state.nextExpiryMs];
  const earliestMs = Math.min(...wanted.map((dueMs) => dueMs ?? Number.POSITIVE_INFINITY));
  return Number.isFinite(earliestMs) ? earliestMs : null;
}

/** Nothing of the decision happened, and its callers know. What the machine had decided by itself comes again, later. */
function decideRefused(
  state: Readonly<TransactionsState>,
  of: Input<TransactionTypes>,
  circumstances: Circumstances,
): TransactionDecision {
  if (of.type === "errandDone" && of.result.type === "markersWritten")
    return decideRefusedCompletion(state, of.result, circumstances);
  if (of.type !== "deadline") return decision({});
  const retry = state.retryMarkersAtMs === null ? [] : [retryLater(state, circumstances)];
  return decision({ touches: [...retry, ...postponeFirstTimeout(state, circumstances)] });
}

function decideLoaded(
  state: Readonly<TransactionsState>,
  metadata: MetadataImage,
  circumstances: Circumstances,
): TransactionDecision {
  const { now, config } = circumstances;
  const { touches, errands } = resumePrepared({ ...state, metadata }, circumstances);
  return decision({
    touches: [
      { type: "metadata", metadata },
      {
        type: "nextTimeoutCheck",
        atMs: now.monotonicMs + config.transactionAbortTimedOutTransactionCleanupIntervalMs,
      },
      { type: "nextExpiry", atMs: now.monotonicMs + config.transactionRemoveExpiredTransactionCleanupIntervalMs },
      ...touches,
    ],
    errands,
  });
}

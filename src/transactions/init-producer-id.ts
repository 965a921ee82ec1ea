/**
 * InitProducerId: a transactional producer starts, or starts again. It gets an epoch that fences whoever had the
 * transactional id before; what these left open is aborted first, and the producer asks again.
 */
import { reply } from "../coordination/state-machine.js";
import { unreachable } from "../lib/invariant.js";
import { type ErrorCode, errors } from "../protocol/errors.js";
import { transition } from "./ending/ending.js";
import { fence } from "./ending/fence.js";
import { noPartitions } from "./partition-set.js";
import { needsProducerId, refusal } from "./producer-reply.js";
import type { LoggedTransaction } from "./records/transaction-record.js";
import { isExhausted, NO_TIMEOUT_MS } from "./states.js";
import {
  answer,
  type CallNamed,
  type Circumstances,
  decision,
  type InitProducerIdCall,
  type TransactionConfig,
  type TransactionDecision,
} from "./transaction-types.js";
import type { Transaction, TransactionsState } from "./transactions-state.js";

/** So many transactional ids one shard keeps; each expires after `transactional.id.expiration.ms`. */
export const TRANSACTIONAL_IDS_MAX = 1_000_000;
type InitCall = CallNamed<"initProducerId">;

export function decideInitProducerId(
  state: Readonly<TransactionsState>,
  call: InitCall,
  freshProducerId: number | null,
  circumstances: Circumstances,
): TransactionDecision {
  const errorCode = requestError(call.request, circumstances.config);
  if (errorCode !== null) return refuse(call, errorCode);
  const transaction = state.transactions.get(call.request.transactionalId);
  return transaction === undefined
    ? decideForNewId(state, call, freshProducerId, circumstances)
    : decideForKnownId(state, transaction, call, freshProducerId, circumstances);
}

function requestError(request: InitProducerIdCall, config: TransactionConfig): ErrorCode | null {
  if (request.transactionalId === "") return errors.INVALID_REQUEST.code;
  if ((request.producerId === -1) !== (request.producerEpoch === -1)) return errors.INVALID_REQUEST.code;
  if (request.enable2Pc && !config.transactionTwoPhaseCommitEnable)
    return errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.code;
  if (request.keepPreparedTxn) return errors.UNSUPPORTED_VERSION.code;
  const { transactionTimeoutMs, enable2Pc } = request;
  const isAllowed = transactionTimeoutMs > 0 && transactionTimeoutMs <= config.transactionMaxTimeoutMs;
  return enable2Pc || isAllowed ? null : errors.INVALID_TRANSACTION_TIMEOUT.code;
}

function decideForNewId(
  state: Readonly<TransactionsState>,
  call: InitCall,
  freshProducerId: number | null,
  { now }: Circumstances,
): TransactionDecision {
  if (state.transactions.size >= TRANSACTIONAL_IDS_MAX) return refuse(call, errors.POLICY_VIOLATION.code);
  if (freshProducerId === null) return needsProducerId(call);
  return initialise(call, -1, {
    state: "Empty",
    producerId: freshProducerId,
    previousProducerId: freshProducerId,
    nextProducerId: -1,
    producerEpoch: 0,
    transactionTimeoutMs: timeoutOf(call.request),
    partitions: noPartitions,
    transactionLastUpdateTimestampMs: now.wallMs,
    transactionStartTimestampMs: -1,
    clientTransactionVersion: 0,
  });
}

function decideForKnownId(
  state: Readonly<TransactionsState>,
  transaction: Transaction,
  call: InitCall,
  freshProducerId: number | null,
  circumstances: Circumstances,
): TransactionDecision {
  const { logged } = transaction;
  if (isFenced(logged, call.request)) return refuse(call, errors.PRODUCER_FENCED.code);
  switch (logged.state) {
    case "PrepareCommit":
    case "PrepareAbort":
      return refuse(call, errors.CONCURRENT_TRANSACTIONS.code);
    case "Ongoing": {
      const parts = fence(state, transaction, freshProducerId, circumstances);
      if (parts === null) return needsProducerId(call);
      // The producer asks again, and gets an epoch above that of the abort.
      return decision({
        ...parts,
        replies: [refusal(call.ticket, errors.CONCURRENT_TRANSACTIONS.code, "own records")],
      });
    }
    case "Empty":
    case "CompleteCommit":
    case "CompleteAbort":
      return decideNextEpoch(transaction, call, freshProducerId, circumstances);
    default:
      return unreachable(logged.state);
  }
}

/** A producer that has an id must have the present one; or the one before it, whose epochs came to their end (KIP-360). */
function isFenced({ producerId, previousProducerId }: LoggedTransaction, request: InitProducerIdCall): boolean {
  if (!bringsProducerId(request) || request.producerId === producerId) return false;
  return request.producerId !== previousProducerId || !isExhausted(request.producerEpoch);
}

function bringsProducerId({ producerId }: InitProducerIdCall): boolean {
  return producerId !== -1;
}

function decideNextEpoch(
  { logged, lastProducerEpoch }: Transaction,
  call: InitCall,
  freshProducerId: number | null,
  { now }: Circumstances,
): TransactionDecision {
  const { request } = call;
  const isKnown = bringsProducerId(request);
  const isCurrent = !isKnown || request.producerEpoch === logged.producerEpoch;
  // Nobody else was initialised since, so this is a retry of a call that had succeeded.
  const isRetry = !isCurrent && request.producerEpoch === lastProducerEpoch;
  if (!isCurrent && !isRetry) return refuse(call, errors.PRODUCER_FENCED.code);
  const takesFreshId = isCurrent && isExhausted(logged.producerEpoch);
  if (takesFreshId && freshProducerId === null) return needsProducerId(call);
  const next = transition(logged, {
    state: "Empty",
    ...(takesFreshId && freshProducerId !== null ? { producerId: freshProducerId, producerEpoch: 0 } : {}),
    ...(isCurrent && !takesFreshId ? { producerEpoch: logged.producerEpoch + 1 } : {}),
    transactionTimeoutMs: timeoutOf(request),
    partitions: noPartitions,
    transactionLastUpdateTimestampMs: now.wallMs,
    transactionStartTimestampMs: -1,
  });
  const lastEpoch = isRetry ? lastProducerEpoch : isKnown ? logged.producerEpoch : -1;
  return initialise(call, lastEpoch, next);
}

function initialise({ request, ticket }: InitCall, lastEpoch: number, value: LoggedTransaction): TransactionDecision {
  const { transactionalId } = request;
  const { producerId, producerEpoch } = value;
  return decision({
    records: [{ transactionalId, value }],
    touches: [{ type: "lastProducerEpoch", transactionalId, epoch: lastEpoch }],
    replies: [reply(ticket, { errorCode: errors.NONE.code, producerId, producerEpoch }, "own records")],
  });
}

function timeoutOf({ enable2Pc, transactionTimeoutMs }: InitProducerIdCall): number {
  return enable2Pc ? NO_TIMEOUT_MS : transactionTimeoutMs;
}

function refuse({ ticket }: InitCall, errorCode: ErrorCode): TransactionDecision {
  return answer(refusal(ticket, errorCode, "at once"));
}

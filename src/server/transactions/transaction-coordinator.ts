/** Asking the coordinator of a transactional id, and telling in the words that clients of old know what it says. */
import type { Broker } from "../../broker/broker.js";
import type { Outcome } from "../../coordination/tickets.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import type { TransactionCalls } from "../../transactions/transaction-types.js";
import { asClientsKnowIt } from "../groups/group-coordinator.js";
import { whenThere } from "../when-there.js";

/** Who asks need not wait to the end: what the coordinator has decided happens all the same. */
export function askTransactionCoordinator<K extends keyof TransactionCalls>(
  broker: Broker,
  transactionalId: string,
  call: K,
  request: TransactionCalls[K]["request"],
): OutcomeOf<K> | Promise<OutcomeOf<K>> {
  const shard = broker.transactions.shardOf(transactionalId);
  return "errorCode" in shard ? shard : whenThere(shard.ask(call, request), asClientsKnowIt);
}

type OutcomeOf<K extends keyof TransactionCalls> = Outcome<TransactionCalls[K]["reply"]>;

/** The error of an answer that has nothing else to say, or why there is no answer. */
export function errorOf(outcome: Outcome<{ readonly errorCode: ErrorCode }>): ErrorCode {
  return "reply" in outcome ? outcome.reply.errorCode : outcome.errorCode;
}

/** KIP-588: before `sinceVersion` clients knew of fencing only by the epoch. */
export function fencedAsBefore(errorCode: ErrorCode, apiVersion: number, sinceVersion: number): ErrorCode {
  const isNewWord = errorCode === errors.PRODUCER_FENCED.code && apiVersion < sinceVersion;
  return isNewWord ? errors.INVALID_PRODUCER_EPOCH.code : errorCode;
}

/**
 * What ListTransactions asks for: states, producer ids, how long the transaction has run (KIP-994), and a pattern of the
 * transactional id (KIP-1152). Patterns come from clients, so the engine is RE2: it needs time in proportion to pattern
 * and text, whatever the pattern.
 */
import { RE2JS } from "re2js";
import type { ListTransactions } from "../../protocol/messages/66-list-transactions.js";
import type { RequestOf } from "../../protocol/schema/message.js";
import { isStateName, type TransactionState } from "../states.js";

/** UTF-16 units. RE2 itself bounds repetitions, so that the compiled pattern stays in proportion. */
const PATTERN_LENGTH_MAX = 2048;

export interface ListFilters {
  /** Null lets every state pass; names that mean nothing are left out of the set. */
  readonly states: ReadonlySet<TransactionState> | null;
  readonly producerIds: ReadonlySet<number> | null;
  /** Only those that began longer ago than this. */
  readonly longerThanMs: number | null;
  readonly pattern: RE2JS | null;
}

export interface ListedTransaction {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly transactionState: string;
}

/** Null when the pattern is no regular expression: INVALID_REGULAR_EXPRESSION. */
export function readListFilters(
  request: RequestOf<typeof ListTransactions>,
): { readonly filters: ListFilters; readonly unknownStateFilters: readonly string[] } | null {
  const { stateFilters, producerIdFilters, durationFilter, transactionalIdPattern } = request;
  const pattern =
    transactionalIdPattern === null || transactionalIdPattern === "" ? null : compile(transactionalIdPattern);
  if (pattern === "invalid") return null;
  const filters: ListFilters = {
    states: stateFilters.length === 0 ? null : new Set(stateFilters.filter(isStateName)),
    producerIds: producerIdFilters.length === 0 ? null : new Set(producerIdFilters),
    longerThanMs: durationFilter < 0 ? null : durationFilter,
    pattern,
  };
  return { filters, unknownStateFilters: [...new Set(stateFilters)].filter((name) => !isStateName(name)) };
}

function compile(pattern: string): RE2JS | "invalid" {
  if (pattern.length > PATTERN_LENGTH_MAX) return "invalid";
  try {
    return RE2JS.compile(pattern);
  } catch {
    return "invalid";
  }
}

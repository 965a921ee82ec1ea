/** What the coordinators of a broker list together: for ListGroups and ListTransactions. */
import type { Outcome } from "../coordination/tickets.js";
import { type ErrorCode, errors } from "../protocol/errors.js";
import { coordinatorError } from "./groups/group-coordinator.js";

/** One shard that cannot tell yet spoils the whole list. */
export function listedByShards<T>(
  outcomes: readonly Outcome<readonly T[]>[],
): { readonly listed: readonly T[] } | { readonly errorCode: ErrorCode } {
  const lists: (readonly T[])[] = [];
  for (const outcome of outcomes) {
    if ("reply" in outcome) {
      lists.push(outcome.reply);
    } else {
      const errorCode = coordinatorError(outcome.errorCode);
      // A shard that has just gone elsewhere is listed there.
      if (errorCode !== errors.NOT_COORDINATOR.code) return { errorCode };
    }
  }
  return { listed: lists.flat() };
}

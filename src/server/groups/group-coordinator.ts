/** Asking the coordinator of a group, and telling in the words that clients expect why it cannot answer. */
import type { Broker } from "../../broker/broker.js";
import type { Outcome } from "../../coordination/tickets.js";
import type { GroupCalls } from "../../groups/calls.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import type { RequestContext } from "../context.js";
import { whenThere } from "../when-there.js";

export function askCoordinator<K extends keyof GroupCalls>(
  broker: Broker,
  context: RequestContext,
  groupId: string,
  call: K,
  request: GroupCalls[K]["request"],
): OutcomeOf<K> | Promise<OutcomeOf<K>> {
  const shard = broker.groups.shardOf(groupId);
  return "errorCode" in shard ? shard : whenThere(shard.ask(call, request, context), asClientsKnowIt);
}

type OutcomeOf<K extends keyof GroupCalls> = Outcome<GroupCalls[K]["reply"]>;

/** The outcome of asking a coordinator, of a group or of a transactional id. */
export function asClientsKnowIt<R>(outcome: Outcome<R>): Outcome<R> {
  return "reply" in outcome ? outcome : { errorCode: coordinatorError(outcome.errorCode) };
}

/**
 * What befell the coordinator's log is not the client's to know: it learns whether to ask again here, to look for the
 * coordinator, or that it is no use.
 */
export function coordinatorError(errorCode: ErrorCode): ErrorCode {
  switch (errorCode) {
    case errors.UNKNOWN_TOPIC_OR_PARTITION.code:
    case errors.NOT_ENOUGH_REPLICAS.code:
    case errors.REQUEST_TIMED_OUT.code:
      return errors.COORDINATOR_NOT_AVAILABLE.code;
    case errors.NOT_LEADER_OR_FOLLOWER.code:
    case errors.KAFKA_STORAGE_ERROR.code:
      return errors.NOT_COORDINATOR.code;
    case errors.MESSAGE_TOO_LARGE.code:
    case errors.RECORD_LIST_TOO_LARGE.code:
      return errors.UNKNOWN_SERVER_ERROR.code;
    default:
      return errorCode;
  }
}

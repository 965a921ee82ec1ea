/** What InitProducerId and EndTxn have in common: their answers, and that both may need a producer id that nobody had. */
import { type After, type Reply, reply, type Ticket } from "../coordination/state-machine.js";
import type { ErrorCode } from "../protocol/errors.js";
import {
  type CallThatNeedsProducerId,
  decision,
  type ProducerReply,
  type TransactionDecision,
} from "./transaction-types.js";

export function refusal(ticket: Ticket<ProducerReply>, errorCode: ErrorCode, after: After): Reply {
  return reply(ticket, { errorCode, producerId: -1, producerEpoch: -1 }, after);
}

/** The call is decided again when the id has come, by what is true then. */
export function needsProducerId(call: CallThatNeedsProducerId): TransactionDecision {
  return decision({ errands: [{ type: "allocateProducerId", purpose: { type: "call", call } }] });
}

/** Joins that wait until the group has an assignment for the member. */
import { type After, type Reply, reply } from "../../../coordination/state-machine.js";
import { unreachable } from "../../../lib/invariant.js";
import { type ApiError, apiError } from "../../../protocol/errors.js";
import { joinError } from "../../classic/answers.js";
import { classicJoined } from "../../migration/classic-answers.js";
import type { ConsumerMember } from "../consumer-group.js";
import type { Draft } from "../draft.js";
import type { ParkedJoin } from "../life.js";
import { failed, heartbeatAnswer } from "./answers.js";
import { moveOn } from "./member-steps.js";

/** What they write stays well below any sensible `max.message.bytes`. */
const JOINS_AT_ONCE_MAX = 100;

/** Of two joins of one member, only the later one can have its answer. Who waits for one sends no heartbeats. */
export function parkJoin(draft: Draft, memberId: string, join: ParkedJoin): void {
  const errorMessage = "The member has joined once more.";
  refuseParkedJoin(draft, memberId, apiError("COORDINATOR_LOAD_IN_PROGRESS", errorMessage), "at once");
  draft.touch({ type: "session", memberId, untilMs: null });
  draft.touch({ type: "joining", memberId, join });
}

/** The member goes, or takes another way. */
export function refuseParkedJoin(draft: Draft, memberId: string, failure: ApiError, after: After): void {
  const join = draft.life.joining.get(memberId);
  if (join === undefined) return;
  draft.send(refusalOf(join, memberId, failure, after));
  draft.touch({ type: "joining", memberId, join: null });
}

export function refusalOf(join: ParkedJoin, memberId: string, failure: ApiError, after: After): Reply {
  switch (join.protocol) {
    case "consumer":
      return reply(join.ticket, failed(failure), after);
    case "classic":
      return reply(join.ticket, joinError(failure.errorCode, memberId), after);
    default:
      return unreachable(join);
  }
}

/** Those who do not fit into one batch are answered in the next. */
export function answerParkedJoins(draft: Draft): void {
  for (const [memberId, join] of [...draft.life.joining].slice(0, JOINS_AT_ONCE_MAX)) {
    const member = draft.group.members.get(memberId);
    draft.touch({ type: "joining", memberId, join: null });
    if (member === undefined) {
      const failure = apiError("UNKNOWN_MEMBER_ID", "");
      draft.send(refusalOf(join, memberId, failure, "own records"));
    } else {
      draft.restartSession(member);
      answerParkedJoin(draft, member, join);
    }
  }
}

function answerParkedJoin(draft: Draft, member: ConsumerMember, join: ParkedJoin): void {
  switch (join.protocol) {
    case "consumer":
      // It said when it joined that it has nothing.
      draft.answer(join.ticket, heartbeatAnswer(draft, moveOn(draft, member, new Map(), false), true), "own records");
      break;
    case "classic": {
      const after = moveOn(draft, member, join.reported, false);
      draft.expect("sync", member.id, member.rebalanceTimeoutMs);
      draft.answer(join.ticket, classicJoined(after), "own records");
      break;
    }
    default:
      unreachable(join);
  }
}

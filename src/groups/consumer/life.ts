/** What the log does not say of a consumer group: who was heard of when, who waits for an answer, what is being computed. */
import type { Ticket } from "../../coordination/state-machine.js";
import { unreachable } from "../../lib/invariant.js";
import type { ConsumerGroupHeartbeatReply, JoinGroupReply } from "../calls.js";
import type { ConsumerGroup } from "./consumer-group.js";
import type { Reported } from "./reconcile.js";
import type { TopicsByName } from "./subscription.js";

export interface ConsumerMembership {
  readonly kind: "consumer";
  /** Changed by `replay` alone. */
  readonly group: ConsumerGroup;
  /** Changed by `touch` alone. */
  readonly life: ConsumerLife;
}

export interface ConsumerLife {
  /** Until when a member must be heard of. */
  readonly sessions: Map<string, number>;
  /** Until when a member must have let go of partitions. */
  readonly revocations: Map<string, number>;
  /** Until when a classic member must have joined again. */
  readonly rejoins: Map<string, number>;
  /** Until when a classic member that has joined must have asked for its assignment. */
  readonly syncs: Map<string, number>;
  /** Members that have joined and are answered when the group has an assignment for them. */
  readonly joining: Map<string, ParkedJoin>;
  /** The number of the errand that is under way. One at a time. */
  errand: number | null;
  /** The next errand begins no sooner. */
  errandNotBeforeMs: number;
  /** The topics for which the group's hash, and its regular expressions, were last looked at. */
  checkedTopics: TopicsByName | null;
  resolvedTopics: TopicsByName | null;
}

export type ParkedJoin =
  | { readonly protocol: "consumer"; readonly ticket: Ticket<ConsumerGroupHeartbeatReply> }
  /** While a group migrates. A classic member may join with what it still has. */
  | { readonly protocol: "classic"; readonly ticket: Ticket<JoinGroupReply>; readonly reported: Reported };

/** What a member has to do in time; who does not is removed. */
export type MemberDuty = "session" | "revocation" | "rejoin" | "sync";

export type ConsumerTouch =
  | { readonly type: MemberDuty; readonly memberId: string; readonly untilMs: number | null }
  | { readonly type: "joining"; readonly memberId: string; readonly join: ParkedJoin | null }
  | { readonly type: "errandBegan"; readonly errand: number }
  | { readonly type: "errandOver"; readonly notBeforeMs: number }
  | { readonly type: "checked"; readonly topics: TopicsByName }
  | { readonly type: "resolved"; readonly topics: TopicsByName };

export function createConsumerLife(): ConsumerLife {
  return {
    sessions: new Map(),
    revocations: new Map(),
    rejoins: new Map(),
    syncs: new Map(),
    joining: new Map(),
    errand: null,
    errandNotBeforeMs: 0,
    checkedTopics: null,
    resolvedTopics: null,
  };
}

export function touchConsumerLife(life: ConsumerLife, touch: ConsumerTouch): void {
  switch (touch.type) {
    case "session":
      put(life.sessions, touch.memberId, touch.untilMs);
      break;
    case "revocation":
      put(life.revocations, touch.memberId, touch.untilMs);
      break;
    case "rejoin":
      put(life.rejoins, touch.memberId, touch.untilMs);
      break;
    case "sync":
      put(life.syncs, touch.memberId, touch.untilMs);
      break;
    case "joining":
      put(life.joining, touch.memberId, touch.join);
      break;
    case "errandBegan":
      life.errand = touch.errand;
      break;
    case "errandOver":
      life.errand = null;
      life.errandNotBeforeMs = touch.notBeforeMs;
      break;
    case "checked":
      life.checkedTopics = touch.topics;
      break;
    case "resolved":
      life.resolvedTopics = touch.topics;
      break;
    default:
      unreachable(touch);
  }
}

function put<V>(into: Map<string, V>, memberId: string, value: V | null): void {
  if (value === null) into.delete(memberId);
  else into.set(memberId, value);
}

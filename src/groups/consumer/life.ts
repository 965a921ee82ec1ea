/** What the log does not say of a consumer group: who was heard of when, who waits for an answer, what is being computed. */
import type { Ticket } from "../../coordination/state-machine.js";
import { unreachable } from "../../lib/invariant.js";
import type { ConsumerGroupHeartbeatReply, JoinGroupReply } from "../calls.js";
import type { Reported } from "./assignment/reconcile.js";
import type { TopicsByName } from "./assignment/subscription.js";
import type { ConsumerGroup } from "./consumer-group.js";

export interface ConsumerMembership {
  readonly kind: "consumer";
  /** Changed by `replay` alone. */
  readonly group: ConsumerGroup;
  /** Changed by `touch` alone. */
  readonly life: ConsumerLife;
}

export interface ConsumerLife {
  /**
   * No duty of any member ends sooner. It may be too early: most duties only move into the future, and the group need not
   * be looked through for that.
   */
  dutiesDueMs: number;
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

interface DutyTouch {
  readonly type: MemberDuty;
  readonly memberId: string;
  readonly untilMs: number | null;
}

export type ConsumerTouch =
  | DutyTouch
  | { readonly type: "joining"; readonly memberId: string; readonly join: ParkedJoin | null }
  /** The group was looked through for members that are late. */
  | { readonly type: "lookedThrough" }
  | { readonly type: "errandBegan"; readonly errand: number }
  | { readonly type: "errandOver"; readonly notBeforeMs: number }
  | { readonly type: "checked"; readonly topics: TopicsByName }
  | { readonly type: "resolved"; readonly topics: TopicsByName };

export function createConsumerLife(): ConsumerLife {
  return {
    dutiesDueMs: Number.POSITIVE_INFINITY,
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
      expect(life, life.sessions, touch);
      break;
    case "revocation":
      expect(life, life.revocations, touch);
      break;
    case "rejoin":
      expect(life, life.rejoins, touch);
      break;
    case "sync":
      expect(life, life.syncs, touch);
      break;
    case "lookedThrough":
      life.dutiesDueMs = firstDutyMs(life);
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

function expect(life: ConsumerLife, duties: Map<string, number>, { memberId, untilMs }: DutyTouch): void {
  put(duties, memberId, untilMs);
  if (untilMs !== null) life.dutiesDueMs = Math.min(life.dutiesDueMs, untilMs);
}

function firstDutyMs({ sessions, revocations, rejoins, syncs }: ConsumerLife): number {
  let earliest = Number.POSITIVE_INFINITY;
  for (const duties of [sessions, revocations, rejoins, syncs]) {
    for (const untilMs of duties.values()) earliest = Math.min(earliest, untilMs);
  }
  return earliest;
}

function put<V>(into: Map<string, V>, memberId: string, value: V | null): void {
  if (value === null) into.delete(memberId);
  else into.set(memberId, value);
}

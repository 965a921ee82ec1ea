/** A decision about one classic group in the making: each step puts a new value in place of the group. */
import { type After, type Reply, reply, type Ticket } from "../../coordination/state-machine.js";
import type { Instant } from "../../lib/environment.js";
import type { GroupConfig } from "../group-config.js";
import { type Circumstances, decision, type GroupDecision, type GroupTouch } from "../group-types.js";
import type { GroupRecord } from "../records/group-record.js";
import type { ClassicGroup, Empty, Stable } from "./classic-group.js";
import { metadataOf } from "./classic-group.js";

export class Draft {
  readonly groupId: string;
  readonly now: Instant;
  readonly config: GroupConfig;
  group: ClassicGroup;
  readonly #records: GroupRecord[] = [];
  readonly #replies: Reply[] = [];
  readonly #sessions = new Map<string, number | null>();
  #looksThroughSessions = false;

  constructor(groupId: string, group: ClassicGroup, { now, config }: Circumstances) {
    this.groupId = groupId;
    this.group = group;
    this.now = now;
    this.config = config;
  }

  /** A caller that has gone away gets no answer. */
  answer<R>(to: Ticket<R> | null | undefined, body: NoInfer<R>, after: After = "at once"): void {
    if (to !== null && to !== undefined) this.#replies.push(reply(to, body, after));
  }

  startSession(memberId: string, timeoutMs: number): void {
    this.#sessions.set(memberId, this.now.monotonicMs + timeoutMs);
  }

  endSession(memberId: string): void {
    this.#sessions.set(memberId, null);
  }

  /** Some session seemed to end: when the next one does is looked for among those that are left. */
  lookThroughSessions(): void {
    this.#looksThroughSessions = true;
  }

  get writes(): boolean {
    return this.#records.length > 0;
  }

  /** Writes the group down. The log keeps the time at which the members were fixed, not that of their assignment. */
  write(group: Empty | Stable, stateSinceMs: number | null): void {
    this.#records.push({
      kind: "groupMetadata",
      group: this.groupId,
      value: {
        protocolType: group.protocolType ?? "",
        generation: group.generation,
        protocol: group.state === "Empty" ? null : group.protocol,
        leader: group.state === "Empty" ? null : group.leader,
        currentStateTimestamp: stateSinceMs ?? -1,
        members: group.state === "Empty" ? [] : loggedMembers(group),
      },
    });
  }

  /** The group comes last: then its next deadline is made from the sessions as they will be. */
  decision(): GroupDecision {
    const { groupId, group } = this;
    const touches: GroupTouch[] = [];
    for (const [memberId, untilMs] of this.#sessions) touches.push({ type: "session", groupId, memberId, untilMs });
    if (this.#looksThroughSessions) touches.push({ type: "sessionsLookedThrough", groupId });
    touches.push({ type: "group", groupId, group });
    return decision({ records: this.#records, touches, replies: this.#replies });
  }
}

function loggedMembers({ members, protocol }: Stable) {
  return [...members.values()].map((member) => ({
    memberId: member.id,
    groupInstanceId: member.instanceId,
    clientId: member.clientId,
    clientHost: member.clientHost,
    rebalanceTimeout: member.rebalanceTimeoutMs,
    sessionTimeout: member.sessionTimeoutMs,
    subscription: metadataOf(member, protocol),
    assignment: member.assignment,
  }));
}

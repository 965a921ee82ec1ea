/** The types of the group machine, and the small things that all of its decisions are made of. */
import type { Decision, MachineTypes, Reply } from "../coordination/state-machine.js";
import type { Instant } from "../lib/environment.js";
import type { GroupCalls } from "./calls.js";
import type { ClassicGroup } from "./classic/classic-group.js";
import type { GroupConfig } from "./group-config.js";
import type { GroupsState, TopicsToForget } from "./groups-state.js";
import type { GroupRecord } from "./records/group-record.js";

export interface GroupTypes extends MachineTypes {
  State: GroupsState;
  Rec: GroupRecord;
  Touch: GroupTouch;
  Errand: never;
  ErrandResult: never;
  Calls: GroupCalls;
}

export type GroupTouch =
  /** From now on the group lives like this. */
  | { readonly type: "group"; readonly groupId: string; readonly group: ClassicGroup }
  /** Until then the member must be heard of; null: it is not waited for. */
  | { readonly type: "session"; readonly groupId: string; readonly memberId: string; readonly untilMs: number | null }
  /** Offsets are next examined for their age at that time. */
  | { readonly type: "nextExpiry"; readonly atMs: number }
  /** These are all the deleted topics whose offsets are still to be deleted. */
  | { readonly type: "topicsToForget"; readonly topics: TopicsToForget | null };

export type GroupDecision = Decision<GroupTypes>;

/** What every decision may look at besides the state. */
export interface Circumstances {
  readonly now: Instant;
  readonly config: GroupConfig;
}

export function decision(parts: Partial<GroupDecision>): GroupDecision {
  return { records: [], touches: [], replies: [], errands: [], ...parts };
}

/** A decision that answers and changes nothing. */
export function answer(reply: Reply): GroupDecision {
  return decision({ replies: [reply] });
}

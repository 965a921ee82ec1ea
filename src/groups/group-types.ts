/** The types of the group machine, and the small things that all of its decisions are made of. */
import type { Decision, MachineTypes, Reply, Ticket } from "../coordination/state-machine.js";
import type { Instant } from "../lib/environment.js";
import type { MetadataImage } from "../metadata/image/image.js";
import type { Assignment, AssignmentSpec } from "./assignors/assignor.js";
import type { GroupCalls } from "./calls.js";
import type { ClassicGroup } from "./classic/classic-group.js";
import type { ConsumerTouch } from "./consumer/life.js";
import type { GroupConfig } from "./group-config.js";
import type { GroupsState, TopicsToForget } from "./groups-state.js";
import type { GroupRecord } from "./records/group-record.js";

export interface GroupTypes extends MachineTypes {
  State: GroupsState;
  Rec: GroupRecord;
  Touch: GroupTouch;
  Errand: GroupErrand;
  ErrandResult: GroupErrandResult;
  Calls: GroupCalls;
}

/** A request, and who waits for its answer. */
export interface Asked<Call, Answer> {
  readonly request: Call;
  readonly ticket: Ticket<Answer>;
}

export type GroupTouch =
  /** From now on the group lives like this. */
  | { readonly type: "group"; readonly groupId: string; readonly group: ClassicGroup }
  /** Until then the member must be heard of; null: it is not waited for. */
  | { readonly type: "session"; readonly groupId: string; readonly memberId: string; readonly untilMs: number | null }
  /** Sessions that ended are gone: when the next one ends is worked out anew. */
  | { readonly type: "sessionsLookedThrough"; readonly groupId: string }
  | { readonly type: "consumer"; readonly groupId: string; readonly change: ConsumerTouch }
  /** What the consumer group waits for has changed. */
  | { readonly type: "consumerDeadline"; readonly groupId: string }
  /** The errand of that number was begun. */
  | { readonly type: "errand"; readonly number: number }
  | { readonly type: "metadata"; readonly metadata: MetadataImage }
  /** Offsets are next examined for their age at that time. */
  | { readonly type: "nextExpiry"; readonly atMs: number }
  /** These are all the deleted topics whose offsets are still to be deleted. */
  | { readonly type: "topicsToForget"; readonly topics: TopicsToForget | null };

interface ErrandBase {
  readonly groupId: string;
  /** Tells errands apart, also those of groups with one name, one after the other. */
  readonly number: number;
}

/** Work that is too much for the moment: the target of a consumer group, the topics that match regular expressions. */
export type GroupErrand = AssignErrand | ResolveErrand;

interface AssignErrand extends ErrandBase {
  readonly type: "assign";
  /** The group's epoch that the assignment is for. */
  readonly epoch: number;
  readonly assignor: string;
  readonly spec: AssignmentSpec;
}

interface ResolveErrand extends ErrandBase {
  readonly type: "resolve";
  readonly regexes: readonly string[];
  readonly metadata: MetadataImage;
}

export type GroupErrandResult =
  | { readonly type: "assigned"; readonly errand: AssignErrand; readonly assignment: Assignment }
  | {
      readonly type: "resolved";
      readonly errand: ResolveErrand;
      readonly resolved: ReadonlyMap<string, ReadonlySet<string>>;
    }
  | { readonly type: "failed"; readonly errand: GroupErrand };

export type GroupDecision = Decision<GroupTypes>;

/** What every decision may look at besides the state. */
export interface Circumstances {
  readonly now: Instant;
  readonly config: GroupConfig;
}

/** Each part by its name: every request comes by here, and spreading an object over another costs more than it. */
export function decision({
  records = [],
  touches = [],
  replies = [],
  errands = [],
  producer,
}: Partial<GroupDecision>): GroupDecision {
  return producer === undefined
    ? { records, touches, replies, errands }
    : { records, touches, replies, errands, producer };
}

/** A decision that answers and changes nothing. */
export function answer(reply: Reply): GroupDecision {
  return decision({ replies: [reply] });
}

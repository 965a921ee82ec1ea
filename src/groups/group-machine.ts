/**
 * The group coordinator as a state machine over one partition of `__consumer_offsets`: groups, their members and their
 * committed offsets. One table says which file decides what.
 */
import type { CallInput, Input, StateMachine, Ticket } from "../coordination/state-machine.js";
import { unreachable } from "../lib/invariant.js";
import type { MetadataImage } from "../metadata/image/image.js";
import { decideGroupDeadline } from "./classic/deadline.js";
import { decideDescribe } from "./classic/describe.js";
import { decideHeartbeat } from "./classic/heartbeat.js";
import { decideJoin } from "./classic/join.js";
import { decideLeave } from "./classic/leave.js";
import { decideLoadedGroup } from "./classic/load.js";
import { withoutTicket } from "./classic/parked.js";
import { decideRefusedSync, decideSync } from "./classic/sync.js";
import { decideErrandDone, decideRefusedErrand } from "./consumer/assignment/target-assignment.js";
import { decideConsumerDeadline } from "./consumer/deadline.js";
import { decideConsumerDescribe } from "./consumer/describe.js";
import { decideLoadedConsumerGroup } from "./consumer/load.js";
import { decideConsumerHeartbeat } from "./consumer/members/heartbeat.js";
import { decideDeleteGroups } from "./delete-groups.js";
import type { GroupConfig } from "./group-config.js";
import { type Circumstances, decision, type GroupDecision, type GroupTypes } from "./group-types.js";
import { createGroupsState, type Group, type GroupsState } from "./groups-state.js";
import { decideListGroups } from "./list-groups.js";
import { classicGroupNamed } from "./membership.js";
import { decideOffsetCommit } from "./offsets/commit.js";
import { decideOffsetDelete } from "./offsets/delete.js";
import { decideExpiry } from "./offsets/expire.js";
import { decideOffsetFetch } from "./offsets/fetch.js";
import { decideForgetTopics, decideMetadata } from "./offsets/forget-topics.js";
import { endTransaction } from "./offsets/pending-offsets.js";
import { decideTxnOffsetCommit } from "./offsets/txn-commit.js";
import { replayRecord } from "./replay.js";
import { touchGroups } from "./touch.js";

export function groupMachine(config: GroupConfig): StateMachine<GroupTypes> {
  return {
    create: createGroupsState,
    replay: replayRecord,
    replayMarker: (state, marker, at) => {
      state.endOffset = at.offset + 1;
      endTransaction(state, marker, state.endOffset);
    },
    touch: touchGroups,
    decide: (state, input, now) => decide(state, input, { now, config }),
    nextDeadlineMs,
  };
}

function decide(state: Readonly<GroupsState>, input: Input<GroupTypes>, circumstances: Circumstances): GroupDecision {
  switch (input.type) {
    case "call":
      return decideCall(state, input, circumstances);
    case "deadline":
      return decideDeadline(state, circumstances);
    case "metadata":
      return decideMetadata(state, input.before, input.after, circumstances);
    case "refused":
      return decideRefused(state, input.of, circumstances);
    case "gone":
      return decideGone(state, input.ticket);
    case "loaded":
      return decideLoaded(state, input.metadata, circumstances);
    case "errandDone":
      return decideErrandDone(state, input.result, circumstances);
    default:
      return unreachable(input);
  }
}

function decideCall(
  state: Readonly<GroupsState>,
  call: CallInput<GroupTypes>,
  circumstances: Circumstances,
): GroupDecision {
  switch (call.name) {
    case "joinGroup":
      return decideJoin(state, call, circumstances);
    case "syncGroup":
      return decideSync(state, call, circumstances);
    case "heartbeat":
      return decideHeartbeat(state, call, circumstances);
    case "leaveGroup":
      return decideLeave(state, call, circumstances);
    case "offsetCommit":
      return decideOffsetCommit(state, call, circumstances);
    case "txnOffsetCommit":
      return decideTxnOffsetCommit(state, call, circumstances);
    case "offsetFetch":
      return decideOffsetFetch(state, call);
    case "offsetDelete":
      return decideOffsetDelete(state, call);
    case "consumerGroupHeartbeat":
      return decideConsumerHeartbeat(state, call, circumstances);
    case "consumerGroupDescribe":
      return decideConsumerDescribe(state, call, circumstances);
    case "describeGroups":
      return decideDescribe(state, call);
    case "listGroups":
      return decideListGroups(state, call);
    case "deleteGroups":
      return decideDeleteGroups(state, call);
    default:
      return unreachable(call);
  }
}

/** One thing at a time, so that each has a batch of its own; what else is due comes right after. */
function decideDeadline(state: Readonly<GroupsState>, circumstances: Circumstances): GroupDecision {
  const nowMs = circumstances.now.monotonicMs;
  const first = state.deadlines.first();
  const group = first === null || first.dueMs > nowMs ? undefined : state.groups.get(first.groupId);
  if (group !== undefined) return decideDeadlineOfGroup(state, group, circumstances);
  const { topicsToForget, nextExpiryMs } = state;
  if (topicsToForget !== null && topicsToForget.dueMs <= nowMs) return decideForgetTopics(state, topicsToForget);
  if (nextExpiryMs !== null && nextExpiryMs <= nowMs) return decideExpiry(state, circumstances);
  return decision({});
}

function decideDeadlineOfGroup(
  state: Readonly<GroupsState>,
  group: Group,
  circumstances: Circumstances,
): GroupDecision {
  const { membership } = group;
  switch (membership.kind) {
    case "classic":
      return decideGroupDeadline(group.id, membership, circumstances);
    case "consumer":
      return decideConsumerDeadline(state, group, membership, circumstances);
    default:
      return unreachable(membership);
  }
}

function nextDeadlineMs(state: Readonly<GroupsState>): number | null {
  const { deadlines, topicsToForget, nextExpiryMs } = state;
  return earlier(earlier(nextExpiryMs, topicsToForget?.dueMs), deadlines.first()?.dueMs);
}

function earlier(one: number | null, other: number | null | undefined): number | null {
  if (other === null || other === undefined) return one;
  return one === null ? other : Math.min(one, other);
}

/** Nothing of the decision happened, and its callers know. Only a lost assignment leaves others waiting. */
function decideRefused(
  state: Readonly<GroupsState>,
  of: Input<GroupTypes>,
  circumstances: Circumstances,
): GroupDecision {
  if (of.type === "errandDone") return decideRefusedErrand(state, of.result, circumstances);
  const isSync = of.type === "call" && of.name === "syncGroup";
  const group = isSync ? classicGroupNamed(state, of.request.groupId) : undefined;
  return group === undefined ? decision({}) : decideRefusedSync(group, circumstances);
}

/** By default, like in Kafka, a connection that closes costs a member nothing: its session decides. */
function decideGone(state: Readonly<GroupsState>, ticket: Ticket): GroupDecision {
  for (const { id, membership } of state.groups.values()) {
    if (membership.kind === "consumer") continue;
    const group = withoutTicket(membership.live, ticket);
    if (group !== membership.live) return decision({ touches: [{ type: "group", groupId: id, group }] });
  }
  return decision({});
}

function decideLoaded(
  state: Readonly<GroupsState>,
  metadata: MetadataImage,
  circumstances: Circumstances,
): GroupDecision {
  const { now, config } = circumstances;
  const groups = [...state.groups.values()].map(({ id, membership }) =>
    membership.kind === "consumer"
      ? decideLoadedConsumerGroup({ ...state, metadata }, id, membership, circumstances)
      : decideLoadedGroup(id, membership.logged, circumstances),
  );
  const atMs = now.monotonicMs + config.offsetsRetentionCheckIntervalMs;
  return decision({
    records: groups.flatMap(({ records }) => records),
    touches: [
      { type: "metadata", metadata },
      { type: "nextExpiry", atMs },
      ...groups.flatMap(({ touches }) => touches),
    ],
  });
}

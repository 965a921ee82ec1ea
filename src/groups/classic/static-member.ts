/**
 * Static members (KIP-345): a process that restarts under the same instance id takes its own place again, under a new
 * member id, and whoever still uses the old one is fenced.
 */
import { unreachable } from "../../lib/invariant.js";
import { errors } from "../../protocol/errors.js";
import type { JoinGroupCall, JoinGroupReply } from "../calls.js";
import type { Asked } from "../group-types.js";
import { joinError, joined as joinedAnswer, syncError } from "./answers.js";
import type { Member, Members, Stable } from "./classic-group.js";
import type { Draft } from "./draft.js";
import { selectProtocol } from "./member-protocols.js";
import { minus, minusOne, plus } from "./members.js";
import { completeUnlessDelayed, prepareRebalance } from "./rebalance.js";

/** From this version on a leader can be told that its assignment is not needed (KIP-814). */
const SKIP_ASSIGNMENT_SINCE = 9;

export function replaceStaticMember(
  draft: Draft,
  before: Member,
  fresh: Member,
  join: Asked<JoinGroupCall, JoinGroupReply>,
): void {
  const { group } = draft;
  const { ticket } = join;
  // Like in Kafka, the member keeps its assignment, and what it said of itself as a client.
  const { clientId, clientHost, assignment } = before;
  const after: Member = { ...fresh, clientId, clientHost, assignment };
  draft.endSession(before.id);
  draft.startSession(after.id, after.sessionTimeoutMs);
  switch (group.state) {
    case "Empty":
      break;
    case "PreparingRebalance": {
      draft.answer(group.joined.get(before.id)?.ticket, fenced(before));
      const joined = plus(minus(group.joined, new Set([before.id])), after.id, { ticket, isNew: false });
      const leader = group.leader === before.id ? after.id : group.leader;
      draft.group = { ...group, members: replaced(group.members, before, after), leader, joined };
      completeUnlessDelayed(draft);
      break;
    }
    case "CompletingRebalance": {
      // The leader may have seen the old id already, and would assign to a member that is no more.
      draft.answer(group.synced.get(before.id), syncError(errors.FENCED_INSTANCE_ID.code));
      const synced = minus(group.synced, new Set([before.id]));
      const leader = group.leader === before.id ? after.id : group.leader;
      const joined = new Map([[after.id, { ticket, isNew: false }]]);
      prepareRebalance(draft, { ...group, synced, leader }, replaced(group.members, before, after), joined);
      break;
    }
    case "Stable":
      takePlaceInStable(draft, group, before, after, join);
      break;
    default:
      unreachable(group);
  }
}

/** The others go on undisturbed, unless the group would now speak another protocol. */
function takePlaceInStable(
  draft: Draft,
  group: Stable,
  before: Member,
  after: Member,
  { request, ticket }: Asked<JoinGroupCall, JoinGroupReply>,
): void {
  const next = inPlaceOf(group, before, after);
  if (selectProtocol(next.members) === group.protocol) {
    draft.group = next;
    draft.write(next, next.stateSinceMs);
    draft.answer(ticket, backInPlace(group, next, after.id, request.apiVersion), "own records");
  } else {
    prepareRebalance(draft, next, next.members, new Map([[after.id, { ticket, isNew: false }]]));
  }
}

function fenced(before: Member) {
  return joinError(errors.FENCED_INSTANCE_ID.code, before.id);
}

function inPlaceOf(group: Stable, before: Member, after: Member): Stable {
  const { unsynced } = group;
  return {
    ...group,
    members: replaced(group.members, before, after),
    leader: group.leader === before.id ? after.id : group.leader,
    unsynced: unsynced === null ? null : { ...unsynced, members: minusOne(unsynced.members, before.id) },
  };
}

/**
 * No rebalance: the member asks for its assignment next. A leader of an old version is not told that it is the leader
 * again, since it would compute an assignment that nobody waits for.
 */
function backInPlace(before: Stable, after: Stable, memberId: string, apiVersion: number) {
  const answer = joinedAnswer(after, memberId);
  if (apiVersion >= SKIP_ASSIGNMENT_SINCE) return { ...answer, skipAssignment: after.leader === memberId };
  return { ...answer, leader: before.leader, members: [] };
}

function replaced(members: Members, before: Member, after: Member): Members {
  return new Map([...members].map(([id, member]) => (id === before.id ? [after.id, after] : [id, member])));
}

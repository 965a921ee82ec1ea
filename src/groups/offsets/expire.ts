/**
 * Offsets that nobody needs any more are deleted after `offsets.retention.minutes`, and with the last of them the group.
 * The time runs from when the group became empty; from the commit where the group is still there and no longer
 * subscribed to the topic, or never had members (KIP-211).
 */
import { CONSUMER_PROTOCOL_TYPE } from "../classic/subscription.js";
import { type Circumstances, decision, type GroupDecision } from "../group-types.js";
import type { Group, GroupsState } from "../groups-state.js";
import { hasNoMembers, isSubscribed } from "../membership.js";
import type { CommittedOffset } from "./offset-table.js";
import { hasPending, isPending } from "./pending-offsets.js";
import { Tombstones } from "./tombstones.js";

/** What does not fit into one batch follows at once in the next. */
export function decideExpiry(state: Readonly<GroupsState>, circumstances: Circumstances): GroupDecision {
  const { now, config } = circumstances;
  const tombstones = new Tombstones();
  for (const group of state.groups.values()) {
    if (tombstones.isFull) break;
    expireGroup(group, tombstones, circumstances);
  }
  const atMs = tombstones.isFull ? now.monotonicMs : now.monotonicMs + config.offsetsRetentionCheckIntervalMs;
  return decision({ records: tombstones.records, touches: [{ type: "nextExpiry", atMs }] });
}

function expireGroup(group: Group, tombstones: Tombstones, circumstances: Circumstances): void {
  let keepsOffsets = hasPending(group);
  const since = retainedSince(group);
  for (const { topic, partition, committed } of group.offsets.entries()) {
    if (tombstones.isFull) return;
    const expired =
      since !== null &&
      isExpired(committed, since, circumstances) &&
      !isSubscribed(group.membership, topic) &&
      !isPending(group, topic, partition);
    if (expired) tombstones.offset(group.id, topic, partition);
    else keepsOffsets = true;
  }
  if (!keepsOffsets && hasNoMembers(group)) tombstones.group(group);
}

/** From when on an offset is retained for the configured time; null while it does not age. */
function retainedSince({ membership }: Group): ((committed: CommittedOffset) => number) | null {
  if (membership.kind === "consumer") return ({ commitTimestamp }) => commitTimestamp;
  const { live } = membership;
  const { protocolType, stateSinceMs } = live;
  if (protocolType === null) return ({ commitTimestamp }) => commitTimestamp;
  if (live.state === "Empty") return ({ commitTimestamp }) => stateSinceMs ?? commitTimestamp;
  const knowsTopics = protocolType === CONSUMER_PROTOCOL_TYPE && live.subscribedTopics !== null;
  return live.state === "Stable" && knowsTopics ? ({ commitTimestamp }) => commitTimestamp : null;
}

function isExpired(
  committed: CommittedOffset,
  since: (committed: CommittedOffset) => number,
  { now, config }: Circumstances,
): boolean {
  if (committed.expireTimestamp !== -1) return now.wallMs >= committed.expireTimestamp;
  return now.wallMs - since(committed) >= config.offsetsRetentionMs;
}

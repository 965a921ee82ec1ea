import { OffsetCommit } from "../../../src/protocol/messages/08-offset-commit.js";
import { OffsetFetch } from "../../../src/protocol/messages/09-offset-fetch.js";
import { JoinGroup } from "../../../src/protocol/messages/11-join-group.js";
import { SyncGroup } from "../../../src/protocol/messages/14-sync-group.js";
import { OffsetDelete } from "../../../src/protocol/messages/47-offset-delete.js";
import { joined, syncWith } from "../group-steps.js";
import { joinTo } from "../requests.js";
import { type Connection, scenario } from "../scenario.js";

const UNKNOWN_ID = "AAAAAAAAQACAAAAAAAAAAQ";

interface Commit {
  readonly partition?: number;
  readonly metadata?: string | null;
  readonly memberId?: string;
  readonly generation?: number;
  readonly leaderEpoch?: number;
}

function commit(groupId: string, topic: { name: string } | { topicId: string }, offset: number, more: Commit = {}) {
  const partition = {
    partitionIndex: more.partition ?? 0,
    committedOffset: offset,
    committedMetadata: more.metadata === undefined ? "note" : more.metadata,
    ...(more.leaderEpoch === undefined ? {} : { committedLeaderEpoch: more.leaderEpoch }),
  };
  return {
    groupId,
    generationIdOrMemberEpoch: more.generation ?? -1,
    memberId: more.memberId ?? "",
    topics: [{ ...topic, partitions: [partition] }],
  };
}

/** OffsetFetch of one group in the layout of the version. */
function fetchOffsets(version: number, groupId: string, topics: { name: string; partitionIndexes: number[] }[] | null) {
  return version >= 8 ? { groups: [{ groupId, topics }] } : { groupId, topics };
}

export const offsetCommit = scenario("offset-commit", async (session) => {
  const [groupId, name] = ["committed", "committed"];
  const topicId = await session.topic(name, 2);
  await session.coordinator(groupId);
  const connection = await session.connect();
  for (let version = 2; version <= 9; version += 1) {
    await connection.send(OffsetCommit, version, commit(groupId, { name }, version));
    const fetch = Math.max(1, Math.min(version, 9));
    await connection.send(OffsetFetch, fetch, fetchOffsets(fetch, groupId, [{ name, partitionIndexes: [0, 1] }]));
  }
  await connection.send(OffsetFetch, 1, fetchOffsets(1, groupId, [{ name, partitionIndexes: [0, 1] }]));
  await connection.send(OffsetCommit, 10, commit(groupId, { topicId }, 10, { leaderEpoch: 0 }));
  const byId = [{ topicId, partitionIndexes: [0, 1] }];
  await connection.send(OffsetFetch, 10, { groups: [{ groupId, topics: byId }] });
  await connection.send(OffsetCommit, 8, commit(groupId, { name }, 5, { metadata: null }));
  await connection.send(OffsetCommit, 8, commit(groupId, { name }, -2, { partition: 1, metadata: "" }));
  for (const version of [2, 5, 7, 8]) await connection.send(OffsetFetch, version, fetchOffsets(version, groupId, null));
  const another = { groupId: "committed-unknown", topics: [{ name, partitionIndexes: [0] }] };
  await connection.send(OffsetFetch, 8, { groups: [{ groupId, topics: null }, another], requireStable: true });
  await connection.send(OffsetFetch, 8, { groups: [] });
});

export const offsetCommitErrors = scenario("offset-commit-errors", async (session) => {
  const [groupId, name] = ["committed-badly", "committed-badly"];
  await session.topic(name);
  await session.coordinator(groupId);
  const connection = await session.connect();
  await connection.send(OffsetCommit, 8, commit(groupId, { name: "committed-badly-unknown" }, 1));
  await connection.send(OffsetCommit, 8, commit(groupId, { name }, 1, { partition: 5 }));
  await connection.send(OffsetCommit, 8, commit(groupId, { name }, 1, { partition: -1 }));
  await connection.send(OffsetCommit, 8, commit(groupId, { name }, 1, { metadata: "x".repeat(4097) }));
  await connection.send(OffsetCommit, 8, commit(groupId, { name }, 1, { metadata: "x".repeat(4096) }));
  await connection.send(OffsetCommit, 8, commit("", { name }, 1));
  await connection.send(OffsetCommit, 8, commit(groupId, { name }, 1, { memberId: "nobody", generation: 1 }));
  await connection.send(OffsetCommit, 8, commit(groupId, { name }, 1, { memberId: "nobody" }));
  await connection.send(OffsetCommit, 8, commit(groupId, { name }, 1, { generation: 3 }));
  await connection.send(OffsetCommit, 10, commit(groupId, { topicId: UNKNOWN_ID }, 1));
  await connection.send(OffsetCommit, 8, { ...commit(groupId, { name }, 1), topics: [] });
  await connection.send(
    OffsetFetch,
    7,
    fetchOffsets(7, groupId, [{ name: "committed-unknown", partitionIndexes: [0] }]),
  );
  await connection.send(OffsetFetch, 7, fetchOffsets(7, groupId, [{ name, partitionIndexes: [9] }]));
  await connection.send(OffsetFetch, 7, fetchOffsets(7, "", [{ name, partitionIndexes: [0] }]));
  await connection.send(OffsetFetch, 7, fetchOffsets(7, groupId, []));
  const unknownId = { topicId: UNKNOWN_ID, partitionIndexes: [0] };
  await connection.send(OffsetFetch, 10, { groups: [{ groupId, topics: [unknownId] }] });
  const asMember = { groupId, memberId: "nobody", memberEpoch: 1, topics: [{ name, partitionIndexes: [0] }] };
  await connection.send(OffsetFetch, 9, { groups: [asMember] });
});

export const offsetCommitByMembers = scenario("offset-commit-by-members", async (session) => {
  const [groupId, name] = ["committing-members", "committing-members"];
  await session.topic(name);
  await session.coordinator(groupId);
  const [connection, another] = [await session.connect("member"), await session.connect("another")];
  const send = (offset: number, memberId: string, generation: number) =>
    connection.send(OffsetCommit, 8, commit(groupId, { name }, offset, { memberId, generation }));
  const member = await joined(connection, groupId);
  // The leader has not synced yet.
  await send(1, member.memberId, member.generationId);
  await connection.send(SyncGroup, 4, syncWith(groupId, member, { [member.memberId]: "everything" }));
  await send(2, member.memberId, member.generationId);
  await send(3, member.memberId, member.generationId - 1);
  await send(4, member.memberId, member.generationId + 1);
  await send(5, "nobody", member.generationId);
  // An admin client may not commit for a group that has members.
  await send(6, "", -1);
  await send(7, member.memberId, -1);
  // While others join, the old generation may still commit what it has read.
  const { memberId } = await another.send(JoinGroup, 6, joinTo(groupId));
  const joins = another.send(JoinGroup, 6, joinTo(groupId, { memberId, rebalanceTimeoutMs: 1500 }));
  await send(8, member.memberId, member.generationId);
  const again = await connection.send(JoinGroup, 6, joinTo(groupId, { memberId: member.memberId }));
  await joins;
  await send(9, again.memberId, again.generationId);
  await connection.send(OffsetFetch, 7, fetchOffsets(7, groupId, null));
});

export const offsetDelete = scenario("offset-delete", async (session) => {
  const groupId = "offsets-deleted";
  await session.topic("offsets-deleted", 2);
  await session.topic("subscribed", 1);
  await session.coordinator(groupId);
  const connection = await session.connect();
  const remove = (group: string, name: string, ...partitions: number[]) =>
    connection.send(OffsetDelete, 0, {
      groupId: group,
      topics: [{ name, partitions: partitions.map((partitionIndex) => ({ partitionIndex })) }],
    });
  await connection.send(OffsetCommit, 8, commit(groupId, { name: "offsets-deleted" }, 1));
  await connection.send(OffsetCommit, 8, commit(groupId, { name: "subscribed" }, 1));
  await remove("offsets-deleted-unknown", "offsets-deleted", 0);
  await remove("", "offsets-deleted", 0);
  await remove(groupId, "offsets-deleted-unknown", 0);
  await remove(groupId, "offsets-deleted", 0, 1, 7);
  await remove(groupId, "offsets-deleted", 0);
  await connection.send(OffsetFetch, 7, fetchOffsets(7, groupId, null));
  // The members of this group subscribe to the topic "subscribed".
  const member = await joined(connection, groupId);
  await connection.send(SyncGroup, 4, syncWith(groupId, member, { [member.memberId]: "everything" }));
  await remove(groupId, "subscribed", 0);
  await deleteBesideSubscribed(connection, groupId);
});

async function deleteBesideSubscribed(connection: Connection, groupId: string): Promise<void> {
  const topics = ["subscribed", "offsets-deleted"].map((name) => ({ name, partitions: [{ partitionIndex: 0 }] }));
  await connection.send(OffsetDelete, 0, { groupId, topics });
  await connection.send(OffsetFetch, 7, fetchOffsets(7, groupId, null));
}

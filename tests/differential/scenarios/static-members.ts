import { OffsetCommit } from "../../../src/protocol/messages/08-offset-commit.js";
import { JoinGroup } from "../../../src/protocol/messages/11-join-group.js";
import { Heartbeat } from "../../../src/protocol/messages/12-heartbeat.js";
import { LeaveGroup } from "../../../src/protocol/messages/13-leave-group.js";
import { SyncGroup } from "../../../src/protocol/messages/14-sync-group.js";
import { DescribeGroups } from "../../../src/protocol/messages/15-describe-groups.js";
import { REBALANCE_IN_PROGRESS, syncWith } from "../group-steps.js";
import { joinTo } from "../requests.js";
import { type Connection, scenario } from "../scenario.js";

const INSTANCE = { groupInstanceId: "instance-1" };

async function joinedAlone(connection: Connection, groupId: string) {
  // A static member gets its id and its place at once.
  const member = await connection.send(JoinGroup, 9, joinTo(groupId, INSTANCE));
  const assignment = { [member.memberId]: "everything" };
  await connection.send(SyncGroup, 4, { ...syncWith(groupId, member, assignment), ...INSTANCE });
  return member;
}

export const staticMembers = scenario("static-members", async (session) => {
  const groupId = "static";
  await session.topic("static");
  await session.coordinator(groupId);
  const [before, after] = [await session.connect("before"), await session.connect("after")];
  const member = await joinedAlone(before, groupId);
  await before.send(DescribeGroups, 6, { groups: [groupId] });
  // The same instance starts anew: no rebalance, the assignment stays, the old member id is fenced.
  const { generationId, memberId } = await after.send(JoinGroup, 9, joinTo(groupId, INSTANCE));
  await after.send(SyncGroup, 4, { groupId, generationId, memberId, ...INSTANCE, assignments: [] });
  const old = { groupId, generationId, memberId: member.memberId, ...INSTANCE };
  await before.send(Heartbeat, 4, old);
  await before.send(Heartbeat, 4, { ...old, groupInstanceId: null });
  await before.send(SyncGroup, 4, { ...old, assignments: [] });
  await before.send(JoinGroup, 9, joinTo(groupId, { ...INSTANCE, memberId: member.memberId }));
  const partitions = [{ partitionIndex: 0, committedOffset: 1, committedMetadata: "" }];
  const commit = { groupId, generationIdOrMemberEpoch: generationId, topics: [{ name: "static", partitions }] };
  await before.send(OffsetCommit, 8, { ...commit, memberId: member.memberId, ...INSTANCE });
  await before.send(LeaveGroup, 4, { groupId, members: [{ memberId: member.memberId, ...INSTANCE }] });
  await after.send(OffsetCommit, 8, { ...commit, memberId, ...INSTANCE });
  await after.send(Heartbeat, 4, { groupId, generationId, memberId, ...INSTANCE });
  await after.send(Heartbeat, 4, { groupId, generationId, memberId, groupInstanceId: "instance-unknown" });
  await after.send(JoinGroup, 9, joinTo(groupId, { groupInstanceId: "instance-unknown", memberId }));
  await after.send(DescribeGroups, 6, { groups: [groupId] });
});

export const staticMembersLeave = scenario("static-members-leave", async (session) => {
  const groupId = "static-leave";
  await session.coordinator(groupId);
  const connection = await session.connect("leaver");
  await joinedAlone(connection, groupId);
  const leave = (memberId: string, groupInstanceId: string | null) =>
    connection.send(LeaveGroup, 5, { groupId, members: [{ memberId, groupInstanceId, reason: "going home" }] });
  await leave("", "instance-unknown");
  await leave("nobody", "instance-1");
  await leave("", null);
  // An operator removes it by its instance id alone.
  await leave("", "instance-1");
  await leave("", "instance-1");
  await connection.send(DescribeGroups, 6, { groups: [groupId] });
});

export const staticMembersChange = scenario("static-members-change", async (session) => {
  const groupId = "static-change";
  await session.coordinator(groupId);
  const [connection, another] = [await session.connect("changing"), await session.connect("another")];
  const first = await joinedAlone(connection, groupId);
  // Where other protocols lead to the same choice nothing moves; where the choice changes, the group rebalances.
  const longer = await connection.send(JoinGroup, 9, joinTo(groupId, { ...INSTANCE, protocols: ["range", "sticky"] }));
  await connection.send(SyncGroup, 4, { ...syncWith(groupId, longer, {}), ...INSTANCE });
  const changed = await connection.send(JoinGroup, 9, joinTo(groupId, { ...INSTANCE, protocols: ["sticky", "range"] }));
  const everything = { [changed.memberId]: "everything" };
  await connection.send(SyncGroup, 4, { ...syncWith(groupId, changed, everything), ...INSTANCE });
  await connection.send(Heartbeat, 4, { groupId, generationId: 1, memberId: first.memberId, ...INSTANCE });
  // A second instance joins; the first, come back without its id, joins the rebalance under way.
  const second = another.send(JoinGroup, 9, joinTo(groupId, { groupInstanceId: "instance-2" }));
  const beat = { groupId, generationId: changed.generationId, memberId: changed.memberId, ...INSTANCE };
  await connection.sendUntil(Heartbeat, 4, beat, ({ errorCode }) => errorCode === REBALANCE_IN_PROGRESS);
  await connection.send(JoinGroup, 9, joinTo(groupId, { ...INSTANCE, protocols: ["range", "sticky"] }));
  await second;
});

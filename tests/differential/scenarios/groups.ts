import { JoinGroup } from "../../../src/protocol/messages/11-join-group.js";
import { Heartbeat } from "../../../src/protocol/messages/12-heartbeat.js";
import { LeaveGroup } from "../../../src/protocol/messages/13-leave-group.js";
import { SyncGroup } from "../../../src/protocol/messages/14-sync-group.js";
import { DescribeGroups } from "../../../src/protocol/messages/15-describe-groups.js";
import { joined, leave, MEMBER_ID_REQUIRED, REBALANCE_IN_PROGRESS, syncWith } from "../group-steps.js";
import { joinTo } from "../requests.js";
import { scenario } from "../scenario.js";

export const groupLife = scenario("group-life", async (session) => {
  const connection = await session.connect("life");
  for (let version = 0; version <= 9; version += 1) {
    const groupId = `life-${version}`;
    await session.coordinator(groupId);
    let join = await connection.send(JoinGroup, version, joinTo(groupId));
    if (join.errorCode === MEMBER_ID_REQUIRED) {
      join = await connection.send(JoinGroup, version, joinTo(groupId, { memberId: join.memberId }));
    }
    const { memberId, generationId } = join;
    const syncVersion = Math.min(version, 5);
    await connection.send(SyncGroup, syncVersion, {
      ...syncWith(groupId, join, { [memberId]: `all of ${version}` }),
      ...(syncVersion >= 5 ? { protocolType: "consumer", protocolName: "range" } : {}),
    });
    await connection.send(Heartbeat, Math.min(version, 4), { groupId, memberId, generationId });
    await connection.send(DescribeGroups, Math.min(version, 6), { groups: [groupId] });
    await connection.send(LeaveGroup, Math.min(version, 5), leave(Math.min(version, 5), groupId, memberId));
    await connection.send(Heartbeat, Math.min(version, 4), { groupId, memberId, generationId });
    await connection.send(DescribeGroups, Math.min(version, 6), { groups: [groupId] });
  }
});

export const rebalance = scenario("rebalance", async (session) => {
  const groupId = "rebalanced";
  await session.coordinator(groupId);
  const [first, second] = [await session.connect("first"), await session.connect("second")];
  const one = await joined(first, groupId, { protocols: ["range", "roundrobin"] });
  await first.send(SyncGroup, 4, syncWith(groupId, one, { [one.memberId]: "everything" }));

  const { memberId } = await second.send(JoinGroup, 6, joinTo(groupId));
  const secondJoins = second.send(JoinGroup, 6, joinTo(groupId, { memberId, protocols: ["sticky", "range"] }));
  const beat = { groupId, memberId: one.memberId, generationId: one.generationId };
  await first.sendUntil(Heartbeat, 4, beat, ({ errorCode }) => errorCode === REBALANCE_IN_PROGRESS);
  // A member that asks for its old assignment meanwhile is told to join.
  await first.send(SyncGroup, 4, syncWith(groupId, one, {}));
  await first.send(DescribeGroups, 6, { groups: [groupId] });
  const again = { memberId: one.memberId, protocols: ["range", "roundrobin"] };
  const firstJoins = first.send(JoinGroup, 6, joinTo(groupId, again));
  const [leader, follower] = await Promise.all([firstJoins, secondJoins]);

  await first.send(Heartbeat, 4, { groupId, memberId: leader.memberId, generationId: leader.generationId });
  await first.send(DescribeGroups, 6, { groups: [groupId] });
  const followerSyncs = second.send(SyncGroup, 4, syncWith(groupId, follower, {}));
  const assignments = { [leader.memberId]: "one half", [follower.memberId]: "other half" };
  await first.send(SyncGroup, 4, syncWith(groupId, leader, assignments));
  await followerSyncs;
  await first.send(DescribeGroups, 6, { groups: [groupId] });
  // Who syncs again gets the same once more.
  await second.send(SyncGroup, 4, syncWith(groupId, follower, {}));

  await second.send(LeaveGroup, 4, leave(4, groupId, follower.memberId));
  const later = { groupId, memberId: leader.memberId, generationId: leader.generationId };
  await first.sendUntil(Heartbeat, 4, later, ({ errorCode }) => errorCode === REBALANCE_IN_PROGRESS);
  const alone = await first.send(JoinGroup, 6, joinTo(groupId, again));
  await first.send(SyncGroup, 4, syncWith(groupId, alone, { [alone.memberId]: "everything" }));
  // A follower that joins again with the same protocols keeps the generation; a leader starts a new one.
  await first.send(JoinGroup, 6, joinTo(groupId, again));
});

export const followerRejoins = scenario("follower-rejoins", async (session) => {
  const groupId = "follower-rejoins";
  await session.coordinator(groupId);
  const [first, second] = [await session.connect("first"), await session.connect("second")];
  const one = await joined(first, groupId);
  await first.send(SyncGroup, 4, syncWith(groupId, one, { [one.memberId]: "everything" }));
  const { memberId } = await second.send(JoinGroup, 6, joinTo(groupId));
  const secondJoins = second.send(JoinGroup, 6, joinTo(groupId, { memberId }));
  const beat = { groupId, memberId: one.memberId, generationId: one.generationId };
  await first.sendUntil(Heartbeat, 4, beat, ({ errorCode }) => errorCode === REBALANCE_IN_PROGRESS);
  const [leader, follower] = await Promise.all([
    first.send(JoinGroup, 6, joinTo(groupId, { memberId: one.memberId })),
    secondJoins,
  ]);
  // Before the leader has synced, a follower that joins again gets the same generation at once.
  await second.send(JoinGroup, 6, joinTo(groupId, { memberId }));
  const followerSyncs = second.send(SyncGroup, 4, syncWith(groupId, follower, {}));
  await first.send(SyncGroup, 4, syncWith(groupId, leader, { [follower.memberId]: "all for the follower" }));
  await followerSyncs;
  await second.send(JoinGroup, 6, joinTo(groupId, { memberId }));
  await second.send(Heartbeat, 4, { groupId, memberId, generationId: follower.generationId });
});

export const joinErrors = scenario("join-errors", async (session) => {
  const groupId = "joined-badly";
  await session.coordinator(groupId);
  const connection = await session.connect("joiner");
  const join = (version: number, group: string, options: Parameters<typeof joinTo>[1] = {}) =>
    connection.send(JoinGroup, version, joinTo(group, options));
  for (const version of [0, 4, 7]) await join(version, "");
  for (const sessionTimeoutMs of [0, -1, 5999, 1_800_001]) await join(5, groupId, { sessionTimeoutMs });
  await join(5, groupId, { memberId: "nobody" });
  await join(5, groupId, { protocols: [] });
  await join(5, groupId, { protocolType: "" });
  await join(5, groupId, { rebalanceTimeoutMs: -1 });
  const member = await joined(connection, groupId);
  await connection.send(SyncGroup, 4, syncWith(groupId, member, { [member.memberId]: "everything" }));
  await join(5, groupId, { memberId: "nobody" });
  await join(5, groupId, { protocols: ["another"] });
  await join(5, groupId, { protocolType: "connect" });
  await join(3, groupId, { protocols: ["another"] });
  const { memberId } = member;
  await join(5, groupId, { memberId, protocolType: "connect" });
  await join(5, groupId, { memberId, protocols: ["another"] });
  await connection.send(Heartbeat, 4, { groupId, memberId: member.memberId, generationId: member.generationId });
});

export const fencing = scenario("group-fencing", async (session) => {
  const groupId = "fenced";
  await session.coordinator(groupId);
  const connection = await session.connect("member");
  const beat = (version: number, group: string, memberId: string, generationId: number) =>
    connection.send(Heartbeat, version, { groupId: group, memberId, generationId });
  await beat(4, "fenced-unknown", "nobody", 1);
  await beat(4, "", "nobody", 1);
  await connection.send(LeaveGroup, 4, leave(4, "fenced-unknown", "nobody"));
  await connection.send(LeaveGroup, 2, leave(2, "fenced-unknown", "nobody"));
  await connection.send(SyncGroup, 4, {
    groupId: "fenced-unknown",
    generationId: 1,
    memberId: "nobody",
    assignments: [],
  });
  await connection.send(SyncGroup, 4, { groupId: "", generationId: 1, memberId: "nobody", assignments: [] });

  // A member that has its id but has not joined yet is pending.
  const pending = await connection.send(JoinGroup, 6, joinTo(groupId));
  await beat(4, groupId, pending.memberId, -1);
  await connection.send(SyncGroup, 4, syncWith(groupId, pending, {}));
  const member = await connection.send(JoinGroup, 6, joinTo(groupId, { memberId: pending.memberId }));
  // Joined, and the leader has not synced.
  await beat(4, groupId, member.memberId, member.generationId);
  await beat(4, groupId, member.memberId, member.generationId + 1);
  await beat(4, groupId, "nobody", member.generationId);
  const sync = { ...syncWith(groupId, member, { [member.memberId]: "everything" }) };
  await connection.send(SyncGroup, 4, { ...sync, generationId: member.generationId + 1 });
  await connection.send(SyncGroup, 4, { ...sync, memberId: "nobody" });
  await connection.send(SyncGroup, 5, { ...sync, protocolType: "consumer", protocolName: "another" });
  await connection.send(SyncGroup, 5, { ...sync, protocolType: "connect", protocolName: "range" });
  // From version 5 on, the protocol must be named.
  await connection.send(SyncGroup, 5, sync);
  await connection.send(SyncGroup, 4, sync);
  await beat(4, groupId, member.memberId, member.generationId - 1);
  await beat(4, groupId, member.memberId, member.generationId);
  await connection.send(LeaveGroup, 2, leave(2, groupId, "nobody"));
  const both = [{ memberId: "nobody" }, { memberId: member.memberId }];
  await connection.send(LeaveGroup, 4, { groupId, members: both });
  await connection.send(LeaveGroup, 4, { groupId, members: both });
  await connection.send(LeaveGroup, 4, { groupId, members: [] });
});

export const rebalanceTimeout = scenario("rebalance-timeout", async (session) => {
  const groupId = "rebalance-timeout";
  await session.coordinator(groupId);
  const [slow, quick] = [await session.connect("slow"), await session.connect("quick")];
  const one = await joined(slow, groupId, { rebalanceTimeoutMs: 1000 });
  await slow.send(SyncGroup, 4, syncWith(groupId, one, { [one.memberId]: "everything" }));
  // The first member does not come back in time, so the second goes on alone.
  const two = await joined(quick, groupId, { rebalanceTimeoutMs: 1000 });
  await slow.send(Heartbeat, 4, { groupId, memberId: one.memberId, generationId: one.generationId });
  await quick.send(SyncGroup, 4, syncWith(groupId, two, { [two.memberId]: "everything" }));
  await quick.send(DescribeGroups, 6, { groups: [groupId] });
  // A leader that never syncs is put out as well.
  const three = await quick.send(JoinGroup, 6, joinTo(groupId, { memberId: two.memberId, rebalanceTimeoutMs: 1000 }));
  const beat = { groupId, memberId: three.memberId, generationId: three.generationId };
  await quick.sendUntil(Heartbeat, 4, beat, ({ errorCode }) => errorCode !== 0);
  await quick.sendUntil(DescribeGroups, 6, { groups: [groupId] }, ({ groups }) => groups[0]?.groupState === "Empty");
});

export const sessionTimeout = scenario("session-timeout", async (session) => {
  const groupId = "session-timeout";
  await session.coordinator(groupId);
  const connection = await session.connect("sleeper");
  const member = await joined(connection, groupId, { sessionTimeoutMs: 6000 });
  await connection.send(SyncGroup, 4, syncWith(groupId, member, { [member.memberId]: "everything" }));
  await connection.sendUntil(
    DescribeGroups,
    6,
    { groups: [groupId] },
    ({ groups }) => groups[0]?.groupState === "Empty",
  );
  await connection.send(Heartbeat, 4, { groupId, memberId: member.memberId, generationId: member.generationId });
});

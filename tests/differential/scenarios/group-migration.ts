import { OffsetCommit } from "../../../src/protocol/messages/08-offset-commit.js";
import { OffsetFetch } from "../../../src/protocol/messages/09-offset-fetch.js";
import { LeaveGroup } from "../../../src/protocol/messages/13-leave-group.js";
import { DescribeGroups } from "../../../src/protocol/messages/15-describe-groups.js";
import { ConsumerGroupDescribe } from "../../../src/protocol/messages/69-consumer-group-describe.js";
import { assignmentOf, ClassicMember, Consumer, stableAlone } from "../migration-steps.js";
import { type Connection, scenario } from "../scenario.js";

async function described(connection: Connection, groupId: string): Promise<void> {
  await connection.send(ConsumerGroupDescribe, 1, { groupIds: [groupId], includeAuthorizedOperations: false });
  await connection.send(DescribeGroups, 6, { groups: [groupId] });
}

function commit(connection: Connection, version: number, groupId: string, member: ClassicMember, generation?: number) {
  const partitions = [{ partitionIndex: 0, committedOffset: 1, committedMetadata: "" }];
  const { memberId, generationId } = member;
  const topics = [{ name: groupId, partitions }];
  const generationIdOrMemberEpoch = generation ?? generationId;
  return connection.send(OffsetCommit, version, { groupId, memberId, generationIdOrMemberEpoch, topics });
}

/** An eager member gives everything up before it joins again; the consumer that has come gets its part then. */
export const groupMigrationEager = scenario("group-migration-eager", async (session) => {
  const groupId = "eager";
  await session.topic(groupId, 4);
  await session.coordinator(groupId);
  const connection = await session.connect("member");
  const classic = new ClassicMember(connection, groupId);
  await stableAlone(classic, assignmentOf({ [groupId]: [0, 1, 2, 3] }));
  const consumer = new Consumer(connection, groupId, "consumer-1");
  await consumer.join();
  await described(connection, groupId);
  await commit(connection, 8, groupId, classic);
  await commit(connection, 8, groupId, classic, 0);
  await commit(connection, 8, groupId, classic, 7);
  await connection.send(OffsetFetch, 9, {
    groups: [{ groupId, memberId: classic.memberId, memberEpoch: 0, topics: null }],
  });
  await classic.heartbeat();
  await classic.sync();
  await consumer.heartbeat();
  await classic.join();
  await classic.sync({}, { protocolName: "sticky" });
  await classic.sync({}, { protocolType: "connect" });
  await classic.sync({}, { generationId: 1 });
  await classic.sync({}, { memberId: "nobody" });
  await classic.sync({}, { memberId: "consumer-1", generationId: 2 });
  await classic.sync();
  await consumer.heartbeat();
  await classic.heartbeat();
  await described(connection, groupId);
  // The last of the consumer protocol leaves: the others go on by themselves.
  await consumer.leave();
  await classic.heartbeat();
  await described(connection, groupId);
  const { members } = await classic.join();
  await classic.sync(Object.fromEntries(members.map(({ memberId }) => [memberId, assignmentOf({ [groupId]: [0] })])));
  await classic.heartbeat();
  await described(connection, groupId);
});

/** A cooperative member keeps what it may, gives the rest up, and says so by joining again. */
export const groupMigrationCooperative = scenario("group-migration-cooperative", async (session) => {
  const groupId = "cooperative";
  await session.topic(groupId, 4);
  await session.coordinator(groupId);
  const connection = await session.connect("member");
  const classic = new ClassicMember(connection, groupId, { protocols: ["cooperative-sticky", "range"] });
  const sync = () => classic.sync({}, { protocolName: "cooperative-sticky" });
  await classic.join();
  await classic.join();
  const all = { [groupId]: [0, 1, 2, 3] };
  await classic.sync({ [classic.memberId]: assignmentOf(all) }, { protocolName: "cooperative-sticky" });
  const consumer = new Consumer(connection, groupId, "consumer-1");
  await consumer.join();
  await classic.heartbeat();
  await classic.join({ has: all });
  await sync();
  await described(connection, groupId);
  await consumer.heartbeat();
  await classic.heartbeat();
  await classic.join({ has: { [groupId]: [0, 1] } });
  await sync();
  await classic.heartbeat();
  await consumer.heartbeat();
  await described(connection, groupId);
  // Another classic member, of another protocol that all of them speak.
  const second = new ClassicMember(connection, groupId);
  await second.join();
  await second.join();
  await second.sync();
  await second.heartbeat();
  await classic.heartbeat();
  // It subscribes to nothing that is there.
  await second.join({ topics: ["missing"] });
  await second.sync();
  await described(connection, groupId);
});

export const groupMigrationLeaving = scenario("group-migration-leaving", async (session) => {
  const groupId = "migrants-leave";
  await session.topic(groupId);
  await session.coordinator(groupId);
  const connection = await session.connect("member");
  const classic = new ClassicMember(connection, groupId);
  await stableAlone(classic, assignmentOf({ [groupId]: [0] }));
  const instance = { groupInstanceId: "instance-1" };
  const consumers = [
    new Consumer(connection, groupId, "consumer-1"),
    new Consumer(connection, groupId, "consumer-2", { instanceId: "instance-2" }),
  ];
  for (const consumer of consumers) await consumer.join();
  const fixed = new ClassicMember(connection, groupId, instance);
  await fixed.join();
  await fixed.sync();
  const leave = (version: number, memberId: string, groupInstanceId: string | null = null) =>
    connection.send(LeaveGroup, version, { groupId, members: [{ memberId, groupInstanceId }] });
  await connection.send(LeaveGroup, 2, { groupId, memberId: "nobody" });
  await leave(5, "nobody");
  await leave(5, "");
  await leave(5, "nobody", "instance-1");
  await leave(5, fixed.memberId, "instance-9");
  await leave(5, "", "instance-2");
  await leave(5, "", "instance-1");
  await leave(5, "consumer-1");
  await described(connection, groupId);
  await connection.send(LeaveGroup, 2, { groupId, memberId: classic.memberId });
  await described(connection, groupId);
});

export const groupMigrationStatic = scenario("group-migration-static", async (session) => {
  const groupId = "migrants-static";
  await session.topic(groupId, 4);
  await session.coordinator(groupId);
  const connection = await session.connect("member");
  const instance = { groupInstanceId: "instance-1" };
  const classic = new ClassicMember(connection, groupId, instance);
  await stableAlone(classic, assignmentOf({ [groupId]: [0, 1, 2, 3] }));
  // The same instance comes back with the consumer protocol, and goes back to the classic one.
  const consumer = new Consumer(connection, groupId, "consumer-1", { instanceId: "instance-1" });
  await consumer.join();
  await described(connection, groupId);
  await classic.heartbeat();
  await classic.sync();
  await classic.join();
  const second = new ClassicMember(connection, groupId, { groupInstanceId: "instance-2" });
  await second.join();
  await second.sync();
  await consumer.heartbeat();
  await consumer.heartbeat();
  await second.heartbeat();
  await second.join();
  await second.sync();
  await described(connection, groupId);
  await consumer.leave(-2);
  await described(connection, groupId);
  const back = new ClassicMember(connection, groupId, instance);
  await back.join();
  await back.sync();
  await described(connection, groupId);
  await back.heartbeat();
  await second.heartbeat();
  await consumer.heartbeat();
});

/** A member that speaks the consumer protocol goes over under its own id. */
export const groupMigrationSameId = scenario("group-migration-same-id", async (session) => {
  const groupId = "migrants-same-id";
  await session.topic(groupId, 2);
  await session.coordinator(groupId);
  const connection = await session.connect("member");
  const consumer = new Consumer(connection, groupId, "member-1");
  await consumer.join();
  const classic = new ClassicMember(connection, groupId);
  classic.memberId = "member-1";
  await classic.heartbeat();
  await classic.join();
  await classic.sync();
  await classic.heartbeat();
  await described(connection, groupId);
  await consumer.heartbeat();
  await described(connection, groupId);
  await classic.heartbeat();
});

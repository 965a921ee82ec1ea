import { JoinGroup } from "../../../src/protocol/messages/11-join-group.js";
import { DescribeGroups } from "../../../src/protocol/messages/15-describe-groups.js";
import { assignmentOf, ClassicMember, Consumer, stableAlone } from "../migration-steps.js";
import { joinTo } from "../requests.js";
import { scenario } from "../scenario.js";

/** Groups that a consumer cannot join, because what their members have said or were given means nothing to the broker. */
export const groupUpgradeRefused = scenario("group-upgrade-refused", async (session) => {
  const topic = "upgrade-refused";
  await session.topic(topic, 2);
  const connection = await session.connect("member");
  const all = assignmentOf({ [topic]: [0, 1] });
  const cases = [
    { name: "connect", protocolType: "connect", topics: [topic], assignment: all },
    { name: "no-subscription", metadata: Buffer.from("x"), assignment: all },
    { name: "no-assignment", topics: [topic], assignment: Buffer.from("x") },
    { name: "negative-version", topics: [topic], assignment: Buffer.from([255, 255, 0, 0, 0, 0, 0, 0, 0, 0]) },
    { name: "user-data", topics: [topic], assignment: assignmentOf({ [topic]: [0, 1] }, Buffer.from("own")) },
    { name: "missing-topic", topics: [topic], assignment: assignmentOf({ missing: [0] }) },
    { name: "empty-assignment", topics: [topic], assignment: Buffer.alloc(0) },
    { name: "new-version", topics: [topic], assignment: Buffer.from([0, 9, 0, 0, 0, 0, 255, 255, 255, 255, 1, 2]) },
  ];
  for (const { name, assignment, ...options } of cases) {
    await session.coordinator(name);
    const classic = new ClassicMember(connection, name, options);
    await classic.join();
    await classic.join();
    await classic.sync({ [classic.memberId]: assignment }, { protocolType: options.protocolType ?? "consumer" });
    // Where both had a claim to the same partitions, the order of their ids would decide, and that of the member is random.
    const topics = name === "empty-assignment" ? ["elsewhere"] : [topic];
    await new Consumer(connection, name, "consumer-1", { topics }).join();
    await classic.heartbeat();
    await connection.send(DescribeGroups, 6, { groups: [name] });
  }
});

/** Classic members that cannot join a consumer group. */
export const classicJoinRefused = scenario("classic-join-refused", async (session) => {
  const groupId = "join-refused";
  await session.topic(groupId, 2);
  await session.coordinator(groupId);
  const connection = await session.connect("member");
  await new Consumer(connection, groupId, "consumer-1", { instanceId: "instance-1" }).join();
  const join = (version: number, options: Parameters<typeof joinTo>[1]) =>
    connection.send(JoinGroup, version, joinTo(groupId, options));
  await join(9, { protocolType: "connect" });
  await join(9, { protocols: [] });
  await join(9, { memberId: "nobody", groupInstanceId: "instance-9" });
  await join(9, { memberId: "nobody", groupInstanceId: "instance-1" });
  await join(6, { protocolType: "connect" });
  await join(2, { sessionTimeoutMs: 1 });
  const malformed = new ClassicMember(connection, groupId, {
    metadata: Buffer.from("x"),
    groupInstanceId: "instance-2",
  });
  await malformed.join();
  const first = new ClassicMember(connection, groupId, { protocols: ["range", "sticky"] });
  await first.join();
  await first.join();
  await new ClassicMember(connection, groupId, { protocols: ["roundrobin"] }).join();
  await new ClassicMember(connection, groupId, { protocols: ["sticky"], groupInstanceId: "instance-3" }).join();
  await first.join({ protocols: ["roundrobin"] });
  await first.join({ protocols: ["range"] });
  await first.join({ protocols: ["sticky"] });
});

/** A consumer comes while the classic group rebalances: those who wait are told to join once more. */
export const upgradeWhileRebalancing = scenario("upgrade-while-rebalancing", async (session) => {
  const groupId = "upgrade-rebalancing";
  await session.topic(groupId, 2);
  await session.coordinator(groupId);
  const [connection, other] = [await session.connect("member"), await session.connect("other")];
  const classic = new ClassicMember(connection, groupId);
  await stableAlone(classic, assignmentOf({ [groupId]: [0, 1] }));
  const second = new ClassicMember(other, groupId);
  await second.join();
  const parked = second.join();
  await connection.sendUntil(DescribeGroups, 6, { groups: [groupId] }, ({ groups }) => {
    return groups[0]?.groupState === "PreparingRebalance";
  });
  await new Consumer(connection, groupId, "consumer-1").join();
  await parked;
  await classic.heartbeat();
  await second.join();
  await second.sync();
});

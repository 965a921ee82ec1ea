import { describe, expect, test } from "vitest";
import { errors } from "../../protocol/errors.js";
import { GroupShard } from "../group-shard.test-support.js";
import { describeGroup, stableGroup, TestMember } from "../member.test-support.js";
import { classicMembership, parkedTickets } from "../state-views.test-support.js";

describe("a heartbeat", () => {
  test("keeps a member in the group; without it the member is removed", () => {
    const shard = new GroupShard();
    const [leader, silent] = stableGroup(shard, [{}, { clientId: "d" }]);
    for (let i = 0; i < 3; i++) {
      shard.pass(3_000);
      expect(leader?.heartbeat()).toBe(0);
    }
    shard.pass(1_000);
    expect(silent?.heartbeat()).toBe(errors.UNKNOWN_MEMBER_ID.code);
    expect(leader?.heartbeat()).toBe(errors.REBALANCE_IN_PROGRESS.code);
  });

  test("is refused for another generation, an unknown member, an unknown group, no group", () => {
    const shard = new GroupShard();
    const [member] = stableGroup(shard, [{}]);
    if (member === undefined) return;
    member.generation = 2;
    expect(member.heartbeat()).toBe(errors.ILLEGAL_GENERATION.code);
    member.memberId = "x";
    expect(member.heartbeat()).toBe(errors.UNKNOWN_MEMBER_ID.code);
    expect(new TestMember(shard, { groupId: "other" }).heartbeat()).toBe(errors.UNKNOWN_MEMBER_ID.code);
    expect(new TestMember(shard, { groupId: "" }).heartbeat()).toBe(errors.INVALID_GROUP_ID.code);
  });

  test("is answered at once, whatever the log does", () => {
    const shard = new GroupShard();
    const [member] = stableGroup(shard, [{}]);
    shard.holdsCommits = true;
    member?.commit(1);
    expect(member?.heartbeat()).toBe(0);
  });

  test("counts while the group waits for an assignment", () => {
    const shard = new GroupShard();
    const member = new TestMember(shard);
    const joining = member.joinFully();
    shard.pass(0);
    member.learn(joining);
    shard.pass(9_999);
    expect(member.heartbeat()).toBe(0);
    shard.pass(9_999);
    expect(member.sync().reply?.errorCode).toBe(0);
  });
});

describe("a session", () => {
  test("of a member whose join is parked does not end; it begins anew with the answer", () => {
    const shard = new GroupShard();
    const [leader, other] = stableGroup(shard, [{}, { clientId: "d", sessionTimeoutMs: 50_000 }]);
    const answer = leader?.join();
    shard.pass(40_000);
    other?.join();
    expect(answer?.reply?.errorCode).toBe(0);
    if (answer !== undefined) leader?.learn(answer);
    shard.pass(9_999);
    expect(leader?.heartbeat()).toBe(0);
  });

  test("of a member whose sync is parked does not end either", () => {
    const shard = new GroupShard();
    const [leader, other] = [
      new TestMember(shard, { sessionTimeoutMs: 50_000 }),
      new TestMember(shard, { clientId: "d" }),
    ];
    const joins = [leader, other].map((member) => member.joinFully());
    shard.pass(0);
    for (const [i, member] of [leader, other].entries()) member.learn(joins[i] ?? member.join());
    const waiting = other.sync();
    shard.pass(40_000);
    leader.sync();
    expect(waiting.reply?.errorCode).toBe(0);
    shard.pass(9_999);
    expect(other.heartbeat()).toBe(0);
  });

  test("is kept by a member that asks for its part when the group is stable already", () => {
    const shard = new GroupShard();
    const [leader, late] = [
      new TestMember(shard, { sessionTimeoutMs: 50_000 }),
      new TestMember(shard, { clientId: "d" }),
    ];
    const joins = [leader, late].map((member) => member.joinFully());
    shard.pass(0);
    for (const [i, member] of [leader, late].entries()) member.learn(joins[i] ?? member.join());
    leader.sync();
    shard.pass(9_000);
    expect(late.sync().reply?.errorCode).toBe(0);
    shard.pass(9_000);
    expect(late.heartbeat()).toBe(0);
  });

  test("is kept by a commit of offsets", () => {
    const shard = new GroupShard();
    const [member] = stableGroup(shard, [{}]);
    for (let i = 0; i < 3; i++) {
      shard.pass(9_000);
      expect(member?.commit(i)).toBe(0);
    }
    expect(member?.heartbeat()).toBe(0);
  });

  test("of the last member, when it ends, leaves an empty group and a record of it", () => {
    const shard = new GroupShard();
    stableGroup(shard, [{}]);
    shard.pass(10_000);
    expect(describeGroup(shard)).toMatchObject({ groupState: "Empty", protocolType: "consumer", members: [] });
    expect(classicMembership(shard.replayed())?.logged).toMatchObject({
      generation: 2,
      protocolType: "consumer",
      protocol: null,
      leader: null,
      members: [],
    });
  });

  test("that ends while the log refuses is tried again", () => {
    const shard = new GroupShard();
    stableGroup(shard, [{}]);
    shard.refuseNext = errors.NOT_ENOUGH_REPLICAS.code;
    shard.pass(10_000);
    expect(describeGroup(shard)?.groupState).toBe("Stable");
    shard.pass(1_000);
    expect(describeGroup(shard)?.groupState).toBe("Empty");
  });

  test("of a new member that never had an answer lasts five minutes", () => {
    const shard = new GroupShard();
    const [leader] = stableGroup(shard, [{ rebalanceTimeoutMs: 1_000_000, sessionTimeoutMs: 1_000_000 }]);
    const answer = new TestMember(shard, { clientId: "d", apiVersion: 3 }).join();
    shard.pass(299_999);
    expect(answer.reply).toBeNull();
    shard.pass(1);
    expect(answer.reply).toMatchObject({ errorCode: errors.UNKNOWN_MEMBER_ID.code, memberId: "" });
    expect(leader?.join().reply?.errorCode).toBe(0);
  });
});

describe("a caller that hangs up", () => {
  test("while its join is parked has joined all the same", () => {
    const shard = new GroupShard();
    const [leader, other] = stableGroup(shard, [{}, { clientId: "d" }]);
    const answer = leader?.join();
    if (answer !== undefined) shard.hangUp(answer);
    const rejoined = other?.join();
    expect(rejoined?.reply).toMatchObject({ errorCode: 0, leader: leader?.memberId });
    expect(answer?.reply).toBeNull();
    expect(parkedTickets(shard.state).size).toBe(0);
  });

  test("while its sync is parked is assigned its part all the same", () => {
    const shard = new GroupShard();
    const members = [new TestMember(shard), new TestMember(shard, { clientId: "d" })];
    const joins = members.map((member) => member.joinFully());
    shard.pass(0);
    for (const [i, member] of members.entries()) member.learn(joins[i] ?? member.join());
    const waiting = members[1]?.sync();
    if (waiting !== undefined) shard.hangUp(waiting);
    members[0]?.sync();
    expect(waiting?.reply).toBeNull();
    expect(describeGroup(shard)?.groupState).toBe("Stable");
    expect(members[1]?.sync().reply?.errorCode).toBe(0);
  });
});

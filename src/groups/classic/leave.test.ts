import { describe, expect, test } from "vitest";
import { errors } from "../../protocol/errors.js";
import { GroupShard } from "../group-shard.test-support.js";
import { describeGroup, stableGroup, TestMember } from "../member.test-support.js";
import { classicMembership } from "../state-views.test-support.js";

const UNKNOWN = errors.UNKNOWN_MEMBER_ID.code;

describe("a member that leaves", () => {
  test("makes the others rebalance", () => {
    const shard = new GroupShard();
    const [leader, other] = stableGroup(shard, [{}, { clientId: "d" }]);
    expect(other?.leave().reply).toMatchObject({
      errorCode: 0,
      members: [{ memberId: other?.memberId, errorCode: 0 }],
    });
    expect(leader?.heartbeat()).toBe(errors.REBALANCE_IN_PROGRESS.code);
    expect(leader?.join().reply?.generationId).toBe((leader?.generation ?? 0) + 1);
  });

  test("as the last one leaves an empty group, and is answered when the log has it", () => {
    const shard = new GroupShard();
    const [member] = stableGroup(shard, [{}]);
    shard.holdsCommits = true;
    const answer = member?.leave();
    expect(answer?.reply).toBeNull();
    shard.commit();
    expect(answer?.reply?.errorCode).toBe(0);
    expect(describeGroup(shard)?.groupState).toBe("Empty");
  });

  test("while the others have joined lets the rebalance complete", () => {
    const shard = new GroupShard();
    const [leader, other] = stableGroup(shard, [{}, { clientId: "d" }]);
    const waiting = leader?.join();
    other?.leave();
    expect(waiting?.reply).toMatchObject({ errorCode: 0, members: [{ memberId: leader?.memberId }] });
  });

  test("with an id that it has not used yet frees the others", () => {
    const shard = new GroupShard();
    const [leader] = stableGroup(shard, [{}]);
    const pending = new TestMember(shard, { clientId: "d" });
    pending.memberId = pending.join().reply?.memberId ?? "";
    const waiting = leader?.join();
    expect(waiting?.reply).toBeNull();
    expect(pending.leave().reply?.members?.[0]?.errorCode).toBe(0);
    expect(waiting?.reply?.errorCode).toBe(0);
  });

  test("takes its parked join with it", () => {
    const shard = new GroupShard();
    const [leader] = stableGroup(shard, [{}, { clientId: "d" }]);
    const waiting = leader?.join();
    leader?.leave();
    expect(waiting?.reply).toMatchObject({ errorCode: UNKNOWN, memberId: "" });
  });

  test("takes its parked sync with it", () => {
    const shard = new GroupShard();
    const members = [new TestMember(shard), new TestMember(shard, { clientId: "d" })];
    const joins = members.map((member) => member.joinFully());
    shard.pass(0);
    for (const [i, member] of members.entries()) member.learn(joins[i] ?? member.join());
    const waiting = members[1]?.sync();
    members[1]?.leave();
    expect(waiting?.reply?.errorCode).toBe(UNKNOWN);
  });
});

describe("leaving in numbers (KIP-345)", () => {
  test("answers for each, and names static members by their instance", () => {
    const shard = new GroupShard();
    const [first, second] = stableGroup(shard, [{ instanceId: "i" }, { instanceId: "j", clientId: "d" }]);
    const answer = shard.call("leaveGroup", {
      groupId: "g",
      memberId: "",
      apiVersion: 5,
      members: [
        { memberId: "", groupInstanceId: "i", reason: "maintenance" },
        { memberId: first?.memberId ?? "", groupInstanceId: null, reason: null },
        { memberId: "someone", groupInstanceId: "j", reason: null },
        { memberId: "", groupInstanceId: "k", reason: null },
        { memberId: "", groupInstanceId: null, reason: null },
      ],
    });
    expect(answer.reply?.members?.map(({ errorCode }) => errorCode)).toEqual([
      0,
      UNKNOWN,
      errors.FENCED_INSTANCE_ID.code,
      UNKNOWN,
      UNKNOWN,
    ]);
    expect(second?.heartbeat()).toBe(errors.REBALANCE_IN_PROGRESS.code);
  });

  test("of all members at once empties the group in one step", () => {
    const shard = new GroupShard();
    const members = stableGroup(shard, [{}, { clientId: "d" }]);
    const leaving = members.map(({ memberId }) => ({ memberId, groupInstanceId: null, reason: null }));
    shard.call("leaveGroup", { groupId: "g", memberId: "", apiVersion: 3, members: leaving });
    expect(describeGroup(shard)?.groupState).toBe("Empty");
    expect(classicMembership(shard.replayed())?.logged?.generation).toBe(2);
  });
});

describe("an old client that leaves", () => {
  test("has one error for all", () => {
    const shard = new GroupShard();
    const [member] = stableGroup(shard, [{}]);
    const leave = (memberId: string, groupId = "g") =>
      shard.call("leaveGroup", { groupId, memberId, members: [], apiVersion: 2 }).reply;
    expect(leave("nobody")).toEqual({ errorCode: UNKNOWN, members: [] });
    expect(leave("nobody", "nowhere")).toEqual({ errorCode: UNKNOWN, members: [] });
    expect(leave("nobody", "")).toEqual({ errorCode: errors.INVALID_GROUP_ID.code, members: [] });
    expect(leave(member?.memberId ?? "")).toEqual({ errorCode: 0, members: [] });
  });
});

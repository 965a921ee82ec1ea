import { describe, expect, test } from "vitest";
import { errors } from "../../protocol/errors.js";
import { GroupShard } from "../group-shard.test-support.js";
import { describeGroup, type MemberOptions, stableGroup, TestMember, textOf } from "../member.test-support.js";
import { classicMembership } from "../state-views.test-support.js";

const statics: readonly MemberOptions[] = [
  { instanceId: "i", clientId: "a" },
  { instanceId: "j", clientId: "b" },
];

/** The same instance in a new process, which knows nothing of its old member id. */
function restarted(shard: GroupShard, options: MemberOptions): TestMember {
  const member = new TestMember(shard, options);
  member.joinRequest();
  member.joinRequest();
  return member;
}

describe("a static member that restarts", () => {
  test("joins without an id of its own, under its instance's name", () => {
    const shard = new GroupShard();
    const member = new TestMember(shard, { instanceId: "i" });
    const answer = member.join();
    shard.pass(0);
    expect(answer.reply).toMatchObject({ errorCode: 0, memberId: "i-uuid-0" });
    expect(answer.reply?.members).toMatchObject([{ groupInstanceId: "i" }]);
  });

  test("takes its place again: no rebalance, the same generation and assignment, a new member id", () => {
    const shard = new GroupShard();
    const [leader, follower] = stableGroup(shard, statics);
    const back = restarted(shard, { instanceId: "j", clientId: "b" });
    const answer = back.join();
    expect(answer.reply).toMatchObject({ errorCode: 0, generationId: 1, leader: leader?.memberId, members: [] });
    back.learn(answer);
    expect(back.memberId).not.toBe(follower?.memberId);
    expect(textOf(back.sync().reply?.assignment)).toBe(`for ${follower?.memberId}`);
    expect(leader?.heartbeat()).toBe(0);
    expect(follower?.heartbeat()).toBe(errors.FENCED_INSTANCE_ID.code);
    expect(follower?.commit(5)).toBe(errors.FENCED_INSTANCE_ID.code);
    const logged = classicMembership(shard.replayed())?.logged;
    expect(logged?.members.map(({ memberId }) => memberId)).toEqual([leader?.memberId, back.memberId]);
  });

  test("as leader need not assign again, and an old client is not told that it leads (KIP-814)", () => {
    for (const [apiVersion, skips] of [
      [9, true],
      [8, false],
    ] as const) {
      const shard = new GroupShard();
      const [leader] = stableGroup(shard, statics);
      const back = restarted(shard, { instanceId: "i", clientId: "a", apiVersion });
      const { reply } = back.join();
      expect(reply?.skipAssignment ?? false).toBe(skips);
      expect(reply?.leader).toBe(skips ? reply?.memberId : leader?.memberId);
      expect(reply?.members).toHaveLength(skips ? 2 : 0);
    }
  });

  test("is answered when the log has its new id", () => {
    const shard = new GroupShard();
    stableGroup(shard, statics);
    shard.holdsCommits = true;
    const answer = restarted(shard, { instanceId: "j" }).join();
    expect(answer.reply).toBeNull();
    shard.commit();
    expect(answer.reply?.errorCode).toBe(0);
  });

  test("and its new id, if the log refuses it, were never there", () => {
    const shard = new GroupShard();
    const [, follower] = stableGroup(shard, statics);
    shard.refuseNext = errors.NOT_ENOUGH_REPLICAS.code;
    expect(restarted(shard, { instanceId: "j" }).join().errorCode).toBe(19);
    expect(follower?.heartbeat()).toBe(0);
  });

  test("with protocols that change the group's choice starts a rebalance", () => {
    const shard = new GroupShard();
    const both = { protocols: ["range", "sticky"] };
    const [leader] = stableGroup(
      shard,
      statics.map((options) => ({ ...options, ...both })),
    );
    const answer = restarted(shard, { instanceId: "j", protocols: ["sticky"] }).join();
    expect(answer.reply).toBeNull();
    expect(leader?.heartbeat()).toBe(errors.REBALANCE_IN_PROGRESS.code);
    leader?.join();
    expect(answer.reply).toMatchObject({ errorCode: 0, protocolName: "sticky", generationId: 2 });
  });

  test("while the group rebalances fences its own parked join", () => {
    const shard = new GroupShard();
    const [leader, follower] = stableGroup(shard, statics);
    const old = leader?.join();
    const fresh = restarted(shard, { instanceId: "i" }).join();
    expect(old?.reply).toMatchObject({ errorCode: errors.FENCED_INSTANCE_ID.code, memberId: leader?.memberId });
    follower?.join();
    expect(fresh.reply).toMatchObject({ errorCode: 0, generationId: 2 });
    expect(fresh.reply?.leader).toBe(fresh.reply?.memberId);
  });

  test("while the group waits for the assignment starts over: the leader may have seen the old id", () => {
    const shard = new GroupShard();
    const members = statics.map((options) => new TestMember(shard, options));
    const joins = members.map((member) => member.join());
    shard.pass(0);
    for (const [i, member] of members.entries()) member.learn(joins[i] ?? member.join());
    const parked = members[1]?.sync();
    restarted(shard, { instanceId: "j" }).join();
    expect(parked?.reply?.errorCode).toBe(errors.FENCED_INSTANCE_ID.code);
    expect(describeGroup(shard)?.groupState).toBe("PreparingRebalance");
  });
});

describe("a static member", () => {
  test("that uses an old id is fenced, one with an unknown instance is unknown", () => {
    const shard = new GroupShard();
    const [, follower] = stableGroup(shard, statics);
    restarted(shard, { instanceId: "j" }).join();
    expect(follower?.join().reply).toMatchObject({ errorCode: errors.FENCED_INSTANCE_ID.code, protocolName: null });
    expect(follower?.sync().reply?.errorCode).toBe(errors.FENCED_INSTANCE_ID.code);
    const stranger = new TestMember(shard, { instanceId: "k" });
    stranger.memberId = follower?.memberId ?? "";
    expect(stranger.join().reply?.errorCode).toBe(errors.UNKNOWN_MEMBER_ID.code);
  });

  test("does not come in by an id that was given to a dynamic one: that would make two of the same instance", () => {
    const shard = new GroupShard();
    stableGroup(shard, statics);
    const pending = new TestMember(shard).join().reply?.memberId ?? "";
    const twin = new TestMember(shard, { instanceId: "j" });
    twin.memberId = pending;
    expect(twin.join().reply?.errorCode).toBe(errors.FENCED_INSTANCE_ID.code);
    expect(describeGroup(shard)?.members).toHaveLength(2);
  });

  test("is removed when its session ends, like any other", () => {
    const shard = new GroupShard();
    const [leader, follower] = stableGroup(shard, statics);
    shard.pass(9_000);
    leader?.heartbeat();
    shard.pass(1_000);
    expect(follower?.heartbeat()).toBe(errors.UNKNOWN_MEMBER_ID.code);
  });

  test("with no time to rejoin does not keep the coordinator busy", () => {
    const shard = new GroupShard();
    const [leader, other] = stableGroup(
      shard,
      statics.map((options) => ({ ...options, rebalanceTimeoutMs: 1, sessionTimeoutMs: 20_000 })),
    );
    leader?.leave();
    let decisions = 0;
    shard.watch({ beforeDecision: () => decisions++ });
    shard.pass(10_000);
    expect(decisions).toBeLessThan(200);
    expect(other?.heartbeat()).toBe(errors.REBALANCE_IN_PROGRESS.code);
  });
});

import { describe, expect, test } from "vitest";
import { errors } from "../../protocol/errors.js";
import { GroupShard } from "../group-shard.test-support.js";
import { describeGroup, stableGroup, TestMember, textOf } from "../member.test-support.js";
import { classicMembership } from "../state-views.test-support.js";

/** Two members that have joined a generation and not synced; the first one leads. */
function joinedGroup(shard: GroupShard) {
  const leader = new TestMember(shard);
  const follower = new TestMember(shard, { clientId: "d" });
  const answers = [leader.joinFully(), follower.joinFully()] as const;
  shard.pass(0);
  leader.learn(answers[0]);
  follower.learn(answers[1]);
  return { leader, follower };
}

describe("the assignment", () => {
  test("reaches each member that asked before the leader, and each that asks after it", () => {
    const shard = new GroupShard();
    const { leader, follower } = joinedGroup(shard);
    const before = follower.sync();
    expect(before.reply).toBeNull();
    const own = leader.sync({ [leader.memberId]: "one", [follower.memberId]: "two" });
    expect(textOf(own.reply?.assignment)).toBe("one");
    expect(before.reply).toMatchObject({ errorCode: 0, protocolType: "consumer", protocolName: "range" });
    expect(textOf(before.reply?.assignment)).toBe("two");
    expect(textOf(follower.sync().reply?.assignment)).toBe("two");
  });

  test("is empty for a member that the leader did not think of", () => {
    const shard = new GroupShard();
    const { leader, follower } = joinedGroup(shard);
    leader.sync({ [leader.memberId]: "all", stranger: "nothing" });
    expect(follower.sync().reply).toMatchObject({ errorCode: 0, assignment: new Uint8Array(0) });
    expect(classicMembership(shard.replayed())?.logged?.members).toHaveLength(2);
  });

  test("leaves only when the log has it", () => {
    const shard = new GroupShard();
    const { leader, follower } = joinedGroup(shard);
    const early = follower.sync();
    shard.holdsCommits = true;
    const own = leader.sync({ [follower.memberId]: "two" });
    const late = follower.sync();
    expect([early, own, late].map(({ reply }) => reply)).toEqual([null, null, null]);
    shard.commit();
    expect(textOf(early.reply?.assignment)).toBe("two");
    expect(textOf(late.reply?.assignment)).toBe("two");
  });

  test("that the log refuses is lost: all join again", () => {
    const shard = new GroupShard();
    const { leader, follower } = joinedGroup(shard);
    const waiting = follower.sync();
    shard.refuseNext = errors.NOT_ENOUGH_REPLICAS.code;
    const own = leader.sync({ [leader.memberId]: "one" });
    expect([own.errorCode, waiting.errorCode]).toEqual([19, 19]);
    expect(describeGroup(shard)?.groupState).toBe("PreparingRebalance");
    expect(follower.heartbeat()).toBe(errors.REBALANCE_IN_PROGRESS.code);
  });
});

describe("a sync is refused", () => {
  test("for a group or member that is not there", () => {
    const shard = new GroupShard();
    const stranger = new TestMember(shard);
    stranger.memberId = "x";
    expect(stranger.sync().reply?.errorCode).toBe(errors.UNKNOWN_MEMBER_ID.code);
    stableGroup(shard, [{}]);
    expect(stranger.sync().reply?.errorCode).toBe(errors.UNKNOWN_MEMBER_ID.code);
    expect(new TestMember(shard, { groupId: "" }).sync().reply?.errorCode).toBe(errors.INVALID_GROUP_ID.code);
  });

  test("from another generation", () => {
    const { leader } = joinedGroup(new GroupShard());
    leader.generation = 0;
    expect(leader.sync().reply?.errorCode).toBe(errors.ILLEGAL_GENERATION.code);
  });

  test("while the group rebalances", () => {
    const shard = new GroupShard();
    const [leader, follower] = stableGroup(shard, [{}, { clientId: "d" }]);
    leader?.join();
    expect(follower?.sync().reply?.errorCode).toBe(errors.REBALANCE_IN_PROGRESS.code);
  });

  test("from a member that thinks of another protocol (KIP-559)", () => {
    const shard = new GroupShard();
    const { leader, follower } = joinedGroup(shard);
    const request = {
      groupId: "g",
      generationId: 1,
      memberId: follower.memberId,
      groupInstanceId: null,
      assignments: [],
    };
    const wrongType = shard.call("syncGroup", { ...request, protocolType: "connect", protocolName: "range" });
    const wrongName = shard.call("syncGroup", { ...request, protocolType: "consumer", protocolName: "sticky" });
    const right = shard.call("syncGroup", { ...request, protocolType: "consumer", protocolName: "range" });
    expect(wrongType.reply?.errorCode).toBe(errors.INCONSISTENT_GROUP_PROTOCOL.code);
    expect(wrongName.reply?.errorCode).toBe(errors.INCONSISTENT_GROUP_PROTOCOL.code);
    leader.sync();
    expect(right.reply?.errorCode).toBe(0);
  });
});

describe("a member that joined and does not sync", () => {
  test("is removed after the rebalance timeout, though it sends heartbeats", () => {
    const shard = new GroupShard();
    const { leader, follower } = joinedGroup(shard);
    leader.sync();
    for (let second = 0; second < 59; second += 5) {
      shard.pass(5_000);
      if (second < 55) expect([leader.heartbeat(), follower.heartbeat()]).toEqual([0, 0]);
    }
    expect(leader.heartbeat()).toBe(errors.REBALANCE_IN_PROGRESS.code);
    expect(follower.heartbeat()).toBe(errors.UNKNOWN_MEMBER_ID.code);
  });

  test("as leader lets the others form the next generation", () => {
    const shard = new GroupShard();
    const { leader, follower } = joinedGroup(shard);
    const waiting = follower.sync();
    for (let second = 0; second < 60; second += 5) {
      shard.pass(5_000);
      leader.heartbeat();
    }
    expect(waiting.reply?.errorCode).toBe(errors.REBALANCE_IN_PROGRESS.code);
    const rejoined = follower.join();
    expect(rejoined.reply).toMatchObject({ errorCode: 0, leader: follower.memberId, generationId: 2 });
  });
});

describe("a rebalance while members wait for their assignment", () => {
  test("sends them back to join", () => {
    const shard = new GroupShard();
    const { leader, follower } = joinedGroup(shard);
    const waiting = follower.sync();
    new TestMember(shard, { clientId: "e", apiVersion: 3 }).join();
    expect(waiting.reply?.errorCode).toBe(errors.REBALANCE_IN_PROGRESS.code);
    expect(leader.sync().reply?.errorCode).toBe(errors.REBALANCE_IN_PROGRESS.code);
  });

  test("is not caused by a member that joins again with the same protocols: it missed its answer", () => {
    const shard = new GroupShard();
    const { leader, follower } = joinedGroup(shard);
    expect(follower.join().reply).toMatchObject({ errorCode: 0, generationId: 1, members: [] });
    expect(leader.join().reply?.members).toHaveLength(2);
    expect(describeGroup(shard)?.groupState).toBe("CompletingRebalance");
  });

  test("a second sync of one member answers the first, and gets the assignment", () => {
    const shard = new GroupShard();
    const { leader, follower } = joinedGroup(shard);
    const first = follower.sync();
    const second = follower.sync();
    expect(first.reply?.errorCode).toBe(errors.REBALANCE_IN_PROGRESS.code);
    leader.sync({ [follower.memberId]: "two" });
    expect(textOf(second.reply?.assignment)).toBe("two");
  });
});

import { describe, expect, test } from "vitest";
import { errors } from "../../protocol/errors.js";
import { GroupShard } from "../group-shard.test-support.js";
import { describeGroup, stableGroup, TestMember } from "../member.test-support.js";
import { classicMembership } from "../state-views.test-support.js";

describe("a new member", () => {
  test("gets an id first and joins with it (KIP-394)", () => {
    const shard = new GroupShard();
    const member = new TestMember(shard);
    const first = member.join();
    expect(first.reply).toMatchObject({ errorCode: errors.MEMBER_ID_REQUIRED.code, memberId: "c-uuid-0" });
    member.memberId = "c-uuid-0";
    const second = member.join();
    shard.pass(0);
    expect(second.reply).toMatchObject({
      errorCode: 0,
      memberId: "c-uuid-0",
      leader: "c-uuid-0",
      generationId: 1,
      protocolType: "consumer",
      protocolName: "range",
      members: [{ memberId: "c-uuid-0", groupInstanceId: null }],
    });
  });

  test("of an old version joins at once", () => {
    const shard = new GroupShard();
    const answer = new TestMember(shard, { apiVersion: 3 }).join();
    shard.pass(0);
    expect(answer.reply).toMatchObject({ errorCode: 0, memberId: "c-uuid-0", generationId: 1 });
  });

  test("that never comes back with its id is forgotten after its session, and no rebalance waits for it any longer", () => {
    const shard = new GroupShard();
    const silent = new TestMember(shard, { clientId: "silent", sessionTimeoutMs: 6_000 });
    const steady = new TestMember(shard);
    const joining = steady.joinFully();
    shard.pass(0);
    steady.learn(joining);
    steady.sync();
    silent.join();
    const rejoining = steady.join();
    shard.pass(5_999);
    expect(rejoining.reply).toBeNull();
    shard.pass(1);
    expect(rejoining.reply).toMatchObject({ errorCode: 0, generationId: 2 });
    silent.memberId = "silent-uuid-0";
    expect(silent.join().reply).toMatchObject({ errorCode: errors.UNKNOWN_MEMBER_ID.code });
  });

  test("makes the group known in the log before its first generation", () => {
    const shard = new GroupShard();
    new TestMember(shard).join();
    expect(classicMembership(shard.replayed())?.logged).toMatchObject({ generation: 0, protocolType: "" });
    expect(describeGroup(shard)).toMatchObject({ groupState: "Empty", protocolType: "", members: [] });
  });
});

describe("a join is refused", () => {
  test("without a group id", () => {
    const answer = new TestMember(new GroupShard(), { groupId: "" }).join();
    expect(answer.reply).toMatchObject({ errorCode: errors.INVALID_GROUP_ID.code });
  });

  test("with a session timeout out of bounds", () => {
    const shard = new GroupShard();
    for (const sessionTimeoutMs of [5_999, 1_800_001, -1]) {
      const answer = new TestMember(shard, { sessionTimeoutMs }).join();
      expect(answer.reply).toMatchObject({ errorCode: errors.INVALID_SESSION_TIMEOUT.code });
    }
    expect(shard.log).toHaveLength(0);
  });

  test("with a client id or an instance id of 32 KB, of which no member id can be made", () => {
    const shard = new GroupShard();
    const [tooLong, longest] = ["é".repeat(16_383), "é".repeat(16_380)];
    const refused = { errorCode: errors.INVALID_REQUEST.code, memberId: "" };
    for (const apiVersion of [3, 9]) {
      expect(new TestMember(shard, { clientId: tooLong, apiVersion }).join().reply).toMatchObject(refused);
    }
    expect(new TestMember(shard, { instanceId: tooLong }).join().reply).toMatchObject(refused);
    expect(shard.log).toHaveLength(0);
    const longestId = new TestMember(shard, { clientId: longest }).join().reply;
    expect(longestId).toMatchObject({ errorCode: errors.MEMBER_ID_REQUIRED.code, memberId: `${longest}-uuid-0` });
    expect(new TestMember(shard, { clientId: tooLong, instanceId: "short" }).join().reply?.errorCode).not.toBe(
      errors.INVALID_REQUEST.code,
    );
  });

  test("with a member id that nobody gave out", () => {
    const shard = new GroupShard();
    const member = new TestMember(shard);
    member.memberId = "made-up";
    expect(member.join().reply).toMatchObject({ errorCode: errors.UNKNOWN_MEMBER_ID.code, memberId: "made-up" });
    expect(shard.log).toHaveLength(0);
    new TestMember(shard).join();
    expect(member.join().reply).toMatchObject({ errorCode: errors.UNKNOWN_MEMBER_ID.code });
  });

  test("without a protocol, with one that not everybody speaks, or of another type", () => {
    const shard = new GroupShard();
    const { code } = errors.INCONSISTENT_GROUP_PROTOCOL;
    expect(new TestMember(shard, { protocols: [] }).join().reply?.errorCode).toBe(code);
    expect(new TestMember(shard, { protocolType: "" }).join().reply?.errorCode).toBe(code);
    stableGroup(shard, [{ protocols: ["range", "sticky"] }]);
    expect(new TestMember(shard, { protocols: ["roundrobin"] }).join().reply?.errorCode).toBe(code);
    expect(new TestMember(shard, { protocolType: "connect" }).join().reply?.errorCode).toBe(code);
    const fitting = new TestMember(shard, { protocols: ["roundrobin", "sticky"] });
    expect(fitting.join().reply?.errorCode).toBe(errors.MEMBER_ID_REQUIRED.code);
  });

  test("when the group is full", () => {
    const shard = new GroupShard({ groupMaxSize: 2 });
    const [first] = stableGroup(shard, [{}, { clientId: "d" }]);
    const third = new TestMember(shard, { clientId: "e" });
    expect(third.join().reply).toMatchObject({ errorCode: errors.GROUP_MAX_SIZE_REACHED.code, memberId: "" });
    expect(first?.heartbeat()).toBe(0);
  });
});

describe("the protocol", () => {
  test("is the one that most members like best, of those that all speak", () => {
    const shard = new GroupShard({ groupInitialRebalanceDelayMs: 1 });
    const answers = [
      ["a", "b", "x"],
      ["b", "a", "y"],
      ["y", "b", "a"],
    ].map((protocols, i) => new TestMember(shard, { clientId: `c${i}`, protocols }).joinFully());
    shard.pass(1_000);
    expect(answers.map(({ reply }) => reply?.protocolName)).toEqual(["b", "b", "b"]);
  });
});

describe("a member that joins again", () => {
  test("without need is told its generation", () => {
    const shard = new GroupShard();
    const [, follower] = stableGroup(shard, [{}, { clientId: "d" }]);
    expect(follower?.join().reply).toMatchObject({ errorCode: 0, generationId: follower?.generation, members: [] });
    expect(describeGroup(shard)?.groupState).toBe("Stable");
  });

  test("with other topics starts a rebalance", () => {
    const shard = new GroupShard();
    const [leader, follower] = stableGroup(shard, [{}, { clientId: "d" }]);
    if (follower !== undefined) follower.topics = ["t", "u"];
    const answer = follower?.join();
    expect(answer?.reply).toBeNull();
    expect(leader?.heartbeat()).toBe(errors.REBALANCE_IN_PROGRESS.code);
    leader?.join();
    expect(answer?.reply).toMatchObject({ errorCode: 0, generationId: (leader?.generation ?? 0) + 1 });
  });

  test("starts a rebalance if it leads: it may have seen new partitions", () => {
    const shard = new GroupShard();
    const [leader, follower] = stableGroup(shard, [{}, { clientId: "d" }]);
    leader?.join();
    expect(follower?.heartbeat()).toBe(errors.REBALANCE_IN_PROGRESS.code);
  });

  test("while its first request is parked gets both answered", () => {
    const shard = new GroupShard();
    const [leader] = stableGroup(shard, [{}, { clientId: "d" }]);
    const first = leader?.join();
    const second = leader?.join();
    expect(first?.reply?.errorCode).toBe(errors.REBALANCE_IN_PROGRESS.code);
    expect(second?.reply).toBeNull();
  });
});

describe("the first rebalance", () => {
  test("waits its delay, and longer while members come, up to the rebalance timeout", () => {
    const shard = new GroupShard({ groupInitialRebalanceDelayMs: 3_000 });
    const member = (clientId: string) => new TestMember(shard, { clientId, rebalanceTimeoutMs: 7_000 }).joinFully();
    const first = member("a");
    shard.pass(2_000);
    member("b");
    shard.pass(1_000 + 2_000);
    member("c");
    shard.pass(1_000 + 500);
    member("d");
    expect(first.reply).toBeNull();
    shard.pass(499);
    expect(first.reply).toBeNull();
    shard.pass(1);
    expect(first.reply?.members).toHaveLength(4);
  });
});

describe("who does not join in time", () => {
  test("is removed, and the others go on", () => {
    const shard = new GroupShard();
    const [leader, late] = stableGroup(shard, [{}, { clientId: "late", sessionTimeoutMs: 100_000 }]);
    const answer = leader?.join();
    shard.pass(59_999);
    expect(answer?.reply).toBeNull();
    shard.pass(1);
    expect(answer?.reply).toMatchObject({ errorCode: 0, members: [{ memberId: leader?.memberId }] });
    expect(late?.heartbeat()).toBe(errors.UNKNOWN_MEMBER_ID.code);
  });

  test("has only its session timeout in version 0", () => {
    const shard = new GroupShard();
    const members = stableGroup(shard, [{ apiVersion: 0 }, { clientId: "d", apiVersion: 0 }]);
    const answer = members[0]?.join();
    for (const second of [1, 2]) {
      shard.pass(4_999 * second - shard.nowMs);
      members[1]?.heartbeat();
    }
    expect(answer?.reply).toBeNull();
    shard.pass(2);
    expect(answer?.reply?.members).toHaveLength(1);
  });

  test("stays when it is static; without the old leader, one who joined leads", () => {
    const shard = new GroupShard();
    const [leader, other] = stableGroup(shard, [
      { instanceId: "i", sessionTimeoutMs: 300_000 },
      { instanceId: "j", clientId: "d" },
    ]);
    if (other !== undefined) other.topics = ["u"];
    const answer = other?.join();
    shard.pass(60_000);
    expect(answer?.reply).toMatchObject({ leader: other?.memberId });
    expect(answer?.reply?.members.map(({ memberId }) => memberId)).toEqual([leader?.memberId, other?.memberId]);
  });
});

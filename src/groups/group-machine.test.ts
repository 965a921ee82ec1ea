import { describe, expect, test } from "vitest";
import { errors } from "../protocol/errors.js";
import { GroupShard } from "./group-shard.test-support.js";
import {
  commitOffset,
  committedOffset,
  describeGroup,
  stableGroup,
  subscription,
  TestMember,
} from "./member.test-support.js";

describe("describing groups", () => {
  test("shows what members said and what they were assigned", () => {
    const shard = new GroupShard();
    const [leader] = stableGroup(shard, [{ clientId: "cli", instanceId: "i", topics: ["t"] }]);
    expect(describeGroup(shard)).toMatchObject({
      errorCode: 0,
      groupState: "Stable",
      protocolType: "consumer",
      protocolData: "range",
      members: [{ memberId: leader?.memberId, groupInstanceId: "i", clientId: "cli", clientHost: "/127.0.0.1" }],
    });
    expect(describeGroup(shard)?.members[0]?.memberMetadata).toHaveLength(13);
    leader?.join();
  });

  test("says nothing of a protocol while the group rebalances", () => {
    const shard = new GroupShard();
    const [leader] = stableGroup(shard, [{}, { clientId: "d" }]);
    leader?.join();
    const described = describeGroup(shard);
    expect(described).toMatchObject({ groupState: "PreparingRebalance", protocolType: "consumer", protocolData: "" });
    expect(described?.members.map(({ memberMetadata }) => memberMetadata.length)).toEqual([0, 0]);
  });

  test("calls a group that is not there dead, and since version 6 not found", () => {
    const shard = new GroupShard();
    const dead = { groupState: "Dead", protocolType: "", protocolData: "", members: [] };
    expect(describeGroup(shard, "g", 5)).toEqual({ groupId: "g", errorCode: 0, ...dead });
    expect(describeGroup(shard, "g", 6)).toEqual({
      groupId: "g",
      errorCode: errors.GROUP_ID_NOT_FOUND.code,
      errorMessage: "Group g not found.",
      ...dead,
    });
  });
});

describe("listing groups", () => {
  const shard = new GroupShard();
  stableGroup(shard, [{ groupId: "stable" }]);
  commitOffset(shard, { groupId: "simple" });
  const list = (statesFilter: string[], typesFilter: string[] = []) =>
    shard.call("listGroups", { statesFilter, typesFilter }).reply?.map(({ groupId }) => groupId);

  test("shows type and state of each", () => {
    expect(shard.call("listGroups", { statesFilter: [], typesFilter: [] }).reply).toEqual([
      { groupId: "stable", protocolType: "consumer", groupState: "Stable", groupType: "classic" },
      { groupId: "simple", protocolType: "", groupState: "Empty", groupType: "classic" },
    ]);
  });

  test("can be narrowed by state and type, however they are written", () => {
    expect(list(["stable"])).toEqual(["stable"]);
    expect(list([" EMPTY "])).toEqual(["simple"]);
    expect(list(["Dead"])).toEqual([]);
    expect(list([], ["Classic"])).toEqual(["stable", "simple"]);
    expect(list([], ["consumer"])).toEqual([]);
    expect(list([], ["nonsense"])).toEqual([]);
  });
});

describe("deleting groups", () => {
  test("takes their offsets with them; only empty ones can go", () => {
    const shard = new GroupShard();
    commitOffset(shard, { groupId: "empty", offset: 1 });
    stableGroup(shard, [{ groupId: "busy" }]);
    expect(shard.call("deleteGroups", { groupIds: ["empty", "busy", "none"] }).reply).toEqual([
      { groupId: "empty", errorCode: 0 },
      { groupId: "busy", errorCode: errors.NON_EMPTY_GROUP.code },
      { groupId: "none", errorCode: errors.GROUP_ID_NOT_FOUND.code },
    ]);
    expect(committedOffset(shard, "t", "empty")).toBe(-1);
    expect([...shard.replayed().groups.keys()]).toEqual(["busy"]);
  });

  test("is seen by readers only when the log has it", () => {
    const shard = new GroupShard();
    commitOffset(shard);
    shard.holdsCommits = true;
    const deleted = shard.call("deleteGroups", { groupIds: ["g"] });
    const described = shard.call("describeGroups", { groupIds: ["g"], apiVersion: 6 });
    expect([deleted.reply, described.reply]).toEqual([null, null]);
    shard.commit();
    expect(described.reply?.[0]?.groupState).toBe("Dead");
  });
});

describe("a restart", () => {
  test("finds the members of the last generation, with new sessions", () => {
    const shard = new GroupShard();
    const members = stableGroup(shard, [{}, { clientId: "d", instanceId: "i" }]);
    const before = describeGroup(shard);
    shard.pass(9_000);
    shard.restart();
    expect(describeGroup(shard)).toEqual(before);
    shard.pass(9_000);
    for (const member of members) expect(member.heartbeat()).toBe(0);
    expect(members[1]?.sync().reply?.errorCode).toBe(0);
    shard.pass(10_000);
    expect(describeGroup(shard)?.groupState).toBe("Empty");
  });

  test("forgets a rebalance that was under way: its members join again", () => {
    const shard = new GroupShard();
    const [leader, other] = stableGroup(shard, [{}, { clientId: "d" }]);
    leader?.join();
    other?.join();
    shard.restart();
    expect(describeGroup(shard)?.groupState).toBe("Stable");
    expect(other?.heartbeat()).toBe(0);
  });

  test("with a lower limit makes the members join again for fewer places", () => {
    const shard = new GroupShard();
    const members = stableGroup(shard, [{}, { clientId: "d" }, { clientId: "e" }]);
    const small = new GroupShard({ groupMaxSize: 2 });
    small.log.push(...shard.log);
    small.restart();
    const joins = members.map(
      (member) => small.call("joinGroup", { ...member.joinRequest(), memberId: member.memberId }).reply?.errorCode,
    );
    expect(joins).toEqual([undefined, undefined, errors.GROUP_MAX_SIZE_REACHED.code]);
    expect(describeGroup(small)?.members).toHaveLength(2);
    expect(describeGroup(small)?.groupState).toBe("CompletingRebalance");
  });
});

test("what a group keeps of a request is its own: the frame is used again", () => {
  const shard = new GroupShard();
  const frame = Buffer.from(subscription(["t"]));
  const request = {
    ...new TestMember(shard, { apiVersion: 3 }).joinRequest(),
    protocols: [{ name: "p", metadata: frame }],
  };
  const joined = shard.call("joinGroup", request);
  shard.pass(0);
  const assignments = [{ memberId: joined.reply?.memberId ?? "", assignment: frame }];
  const who = { groupId: "g", generationId: 1, memberId: joined.reply?.memberId ?? "", groupInstanceId: null };
  shard.call("syncGroup", { ...who, protocolType: null, protocolName: null, assignments });
  frame.fill(255);
  const [member] = describeGroup(shard)?.members ?? [];
  expect([member?.memberMetadata, member?.memberAssignment].map((bytes) => bytes?.[0])).toEqual([0, 0]);
});

test("groups do not disturb each other", () => {
  const shard = new GroupShard();
  const [one] = stableGroup(shard, [{ groupId: "one" }]);
  stableGroup(shard, [{ groupId: "two", sessionTimeoutMs: 6_000 }]);
  shard.pass(6_000);
  expect(describeGroup(shard, "two")?.groupState).toBe("Empty");
  expect(one?.heartbeat()).toBe(0);
  expect(new TestMember(shard, { groupId: "three" }).heartbeat()).toBe(errors.UNKNOWN_MEMBER_ID.code);
});

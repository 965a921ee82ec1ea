import { beforeEach, describe, expect, test } from "vitest";
import { errors } from "../../protocol/errors.js";
import { reconcile, type TestConsumer, TestWorld } from "../consumer-member.test-support.js";
import { commitOffset, committedOffset, TestMember } from "../member.test-support.js";
import { loggedHalf } from "../state-views.test-support.js";

let world: TestWorld;
beforeEach(() => {
  world = new TestWorld();
});

describe("offsets", () => {
  function commit(member: TestConsumer | undefined, generation: number, partition = 0, apiVersion = 9) {
    const topicId = world.metadata.topicsByName.get("t")?.id ?? "";
    const options = { memberId: member?.memberId ?? "", generation, partition, offset: 7, topicId, apiVersion };
    const { reply } = commitOffset(world.shard, options);
    return reply?.topics[0]?.partitions[0]?.errorCode;
  }

  test("members commit with their epoch, nobody else does", () => {
    const [a] = world.groupOf("a");
    expect(commit(a, 2)).toBe(errors.NONE.code);
    expect(committedOffset(world.shard)).toBe(7);
    expect(commit(a, 3)).toBe(errors.STALE_MEMBER_EPOCH.code);
    expect(commit(world.consumer("x"), 2)).toBe(errors.UNKNOWN_MEMBER_ID.code);
    expect(commit(undefined, -1)).toBe(errors.UNKNOWN_MEMBER_ID.code);
    expect(commit(a, 2, 0, 8)).toBe(errors.UNSUPPORTED_VERSION.code);
  });

  test("an older epoch will do for partitions that the member has had since (KIP-1251)", () => {
    const [a] = world.groupOf("a");
    const b = world.consumer("b");
    b.joinFully();
    if (a !== undefined) reconcile(world.shard, [a, b]);
    expect(a?.epoch).toBe(3);
    expect(commit(a, 2, 0)).toBe(errors.NONE.code);
    expect(commit(a, 2, 3)).toBe(errors.STALE_MEMBER_EPOCH.code);
    expect(commit(b, 2, 3)).toBe(errors.STALE_MEMBER_EPOCH.code);
  });

  test("members fetch with their epoch; who says nothing of himself may fetch too", () => {
    const [a] = world.groupOf("a");
    const fetch = (memberId: string | null, memberEpoch: number) =>
      world.shard.call("offsetFetch", { groupId: "g", memberId, memberEpoch, topics: [], requireStable: false }).reply
        ?.errorCode;
    expect(fetch(a?.memberId ?? "", 2)).toBe(errors.NONE.code);
    expect(fetch(null, -1)).toBe(errors.NONE.code);
    expect(fetch("a", 5)).toBe(errors.STALE_MEMBER_EPOCH.code);
    expect(fetch("x", 2)).toBe(errors.UNKNOWN_MEMBER_ID.code);
  });

  test("those of subscribed topics are not deleted", () => {
    const [a] = world.groupOf("a");
    commit(a, 2);
    const request = { groupId: "g", topics: [{ name: "t", partitions: [{ partitionIndex: 0 }] }] };
    const codes = () => world.shard.call("offsetDelete", request).reply?.topics[0]?.partitions[0]?.errorCode;
    expect(codes()).toBe(errors.GROUP_SUBSCRIBED_TO_TOPIC.code);
    a?.leave();
    expect(codes()).toBe(errors.NONE.code);
    expect(committedOffset(world.shard)).toBe(-1);
  });

  test("a group without members goes with its last offset, when that is old", () => {
    const [a] = world.groupOf("a");
    commit(a, 2);
    a?.leave();
    world.shard.pass(8 * 24 * 60 * 60 * 1000);
    expect(world.shard.state.groups.size).toBe(0);
    expect(world.shard.replayed().groups.size).toBe(0);
  });
});

describe("kinds of group", () => {
  const listGroups = () => world.shard.call("listGroups", { statesFilter: [], typesFilter: [] }).reply;

  test("are listed side by side", () => {
    world.groupOf("a");
    expect(listGroups()).toEqual([
      { groupId: "g", protocolType: "consumer", groupState: "Stable", groupType: "consumer" },
    ]);
    expect(world.shard.call("listGroups", { statesFilter: [], typesFilter: ["Classic"] }).reply).toEqual([]);
    const described = world.shard.call("describeGroups", { groupIds: ["g"], apiVersion: 6 }).reply?.[0];
    expect(described).toMatchObject({ errorCode: errors.GROUP_ID_NOT_FOUND.code, groupState: "Dead" });
  });

  test("only a group without members is deleted", () => {
    const [a] = world.groupOf("a");
    const codes = () => world.shard.call("deleteGroups", { groupIds: ["g"] }).reply?.map(({ errorCode }) => errorCode);
    expect(codes()).toEqual([errors.NON_EMPTY_GROUP.code]);
    a?.leave();
    expect(codes()).toEqual([errors.NONE.code]);
    expect(world.shard.replayed().groups.size).toBe(0);
  });

  test("a classic group without members becomes a consumer group and back, and keeps its offsets", () => {
    const classic = new TestMember(world.shard, { apiVersion: 3, protocolType: "connect" });
    classic.learn(classic.join());
    world.shard.pass(0);
    commitOffset(world.shard, { groupId: "g", offset: 3 });
    expect(world.consumer("a").join().reply?.errorCode).toBe(errors.GROUP_ID_NOT_FOUND.code);
    world.shard.pass(600_000);
    commitOffset(world.shard, { offset: 5 });
    const [a] = world.groupOf("a");
    expect(listGroups()?.[0]?.groupType).toBe("consumer");
    expect(committedOffset(world.shard)).toBe(5);
    const next = new TestMember(world.shard, { apiVersion: 3, protocolType: "connect" });
    expect(next.join().reply?.errorCode).toBe(errors.INCONSISTENT_GROUP_PROTOCOL.code);
    expect(next.heartbeat()).toBe(errors.UNKNOWN_MEMBER_ID.code);
    a?.leave();
    const answer = next.join();
    world.shard.pass(0);
    expect(answer.reply?.errorCode).toBe(errors.NONE.code);
    expect(listGroups()?.[0]?.groupType).toBe("classic");
    expect(committedOffset(world.shard)).toBe(5);
    expect(loggedHalf(world.shard.replayed())).toEqual(loggedHalf(world.shard.state));
  });
});

import { describe, expect, test } from "vitest";
import { errors } from "../../protocol/errors.js";
import { owned } from "../consumer-member.test-support.js";
import type { MigrationPolicy } from "../group-config.js";
import { commitOffset, committedOffset } from "../member.test-support.js";
import { loggedHalf } from "../state-views.test-support.js";
import { MigratingGroup } from "./migrating-group.test-support.js";

describe("a consumer that joins a classic group of consumers", () => {
  test("makes it a consumer group, in which the classic members live on with what they have", () => {
    const group = new MigratingGroup();
    const [a, b] = [group.classic("a"), group.classic("b")];
    group.classicGroup(a, b);
    commitOffset(group.shard, { memberId: a.memberId, generation: a.generation, offset: 7 });
    const consumer = group.consumer("x");
    const reply = consumer.joinFully();
    expect(reply).toMatchObject({ errorCode: 0, memberEpoch: a.generation + 1, assignment: { topicPartitions: [] } });
    expect(group.listed()).toBe("consumer Reconciling");
    expect(committedOffset(group.shard)).toBe(7);
    const described = group.describeGroup()?.members;
    expect(described?.map(({ memberType, memberEpoch }) => [memberType, memberEpoch])).toEqual([
      [0, a.generation],
      [0, b.generation],
      [1, a.generation + 1],
    ]);
    expect(described?.[0]?.assignment.topicPartitions[0]?.partitions).toEqual([0, 2]);
    expect(loggedHalf(group.shard.replayed())).toEqual(loggedHalf(group.shard.state));
  });

  test("gets its part when the classic members have joined again", () => {
    const group = new MigratingGroup();
    const [a, b] = [group.classic("a"), group.classic("b")];
    group.classicGroup(a, b);
    const consumer = group.consumer("x");
    consumer.joinFully();
    expect(a.heartbeat()).toBe(errors.REBALANCE_IN_PROGRESS.code);
    for (let round = 0; round < 4; round++) {
      group.round(a, b);
      consumer.heartbeat();
    }
    expect(owned([consumer])).toEqual({ x: "t3" });
    expect([...a.partitions, ...b.partitions].sort()).toEqual(["t0", "t1", "t2"]);
    expect(group.listed()).toBe("consumer Stable");
    expect(a.heartbeat()).toBe(errors.NONE.code);
  });

  test("takes the place of a classic member under its instance id", () => {
    const group = new MigratingGroup();
    const before = group.classic("a", { instanceId: "i" });
    group.classicGroup(before);
    const after = group.consumer("x", "i");
    expect(after.joinFully()?.errorCode).toBe(errors.NONE.code);
    expect(after.partitions).toEqual(["t0", "t1", "t2", "t3"]);
    expect(before.heartbeat()).toBe(errors.FENCED_INSTANCE_ID.code);
    expect(group.listed()).toBe("consumer Stable");
  });

  test("while it rebalances: those who wait are told to join once more", () => {
    const group = new MigratingGroup();
    const [a, b] = [group.classic("a"), group.classic("b")];
    group.classicGroup(a);
    b.behave();
    b.behave();
    expect(b.isWaiting).toBe(true);
    group.consumer("x").join();
    b.takeAnswers();
    expect(b.isWaiting).toBe(false);
    expect(b.place).toBe("outside");
    group.classicGroup(a, b);
    expect([...a.partitions, ...b.partitions]).toHaveLength(3);
  });

  test("before its first generation is there", () => {
    const group = new MigratingGroup();
    const a = group.classic("a");
    a.behave();
    const consumer = group.consumer("x");
    a.behave();
    consumer.joinFully();
    group.classicGroup(a);
    consumer.heartbeat();
    expect([...a.partitions, ...consumer.partitions].sort()).toEqual(["t0", "t1", "t2", "t3"]);
  });

  test("sessions of classic members go on with their own timeout", () => {
    const group = new MigratingGroup();
    const a = group.classic("a", { sessionTimeoutMs: 6_000 });
    group.classicGroup(a);
    const consumer = group.consumer("x");
    consumer.joinFully();
    group.shard.pass(5_999);
    expect(group.describeGroup()?.members).toHaveLength(2);
    group.shard.pass(1);
    expect(group.describeGroup()?.members.map(({ memberId }) => memberId)).toEqual(["x"]);
  });
});

describe("a classic group does not become a consumer group", () => {
  const join = (group: MigratingGroup) => group.consumer("x").join().reply;

  test.each<MigrationPolicy>(["disabled", "downgrade"])("where the policy is %s", (policy) => {
    const group = new MigratingGroup(policy);
    const a = group.classic("a");
    group.classicGroup(a);
    const { errorCode, errorMessage } = join(group) ?? {};
    expect(errorCode).toBe(errors.GROUP_ID_NOT_FOUND.code);
    expect(errorMessage).toContain(policy);
    expect(a.heartbeat()).toBe(errors.NONE.code);
  });

  test("when its members are no consumers", () => {
    const group = new MigratingGroup();
    group.classicGroup(group.classic("a", { protocolType: "connect" }));
    expect(join(group)?.errorMessage).toContain("no consumers");
  });

  test("when its members are more than a consumer group may have", () => {
    const group = new MigratingGroup("bidirectional", { groupMaxSize: 1 });
    const members = [group.classic("a"), group.classic("b")];
    group.classicGroup(...members);
    expect(join(group)?.errorMessage).toContain("more than group.consumer.max.size, 1");
    members[0]?.leave();
    group.classicGroup(...members.slice(1));
    expect(join(group)?.errorCode).toBe(errors.GROUP_MAX_SIZE_REACHED.code);
    expect(group.listed()).toBe("classic Stable");
  });

  test("when what a member says of itself is not what consumers say", () => {
    const group = new MigratingGroup();
    group.classicGroup(group.classic("a", { metadata: new Uint8Array([0, 3, 0, 0, 0, 9]) }));
    expect(join(group)?.errorMessage).toContain("malformed");
  });

  test.each([
    ["is no assignment", [0], "malformed"],
    ["has user data", [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 7], "user data"],
  ])("when what a member was given %s", (_, assignment, complaint) => {
    const group = new MigratingGroup();
    const a = group.classic("a");
    giveEach(group, [a], new Uint8Array(assignment));
    expect(join(group)?.errorMessage).toContain(complaint);
  });

  test("when an assignor of its own gave one partition to two members", () => {
    const group = new MigratingGroup();
    const everything = [0, 0, 0, 0, 0, 1, 0, 1, 116, 0, 0, 0, 1, 0, 0, 0, 3, 255, 255, 255, 255];
    giveEach(group, [group.classic("a"), group.classic("b")], new Uint8Array(everything));
    expect(join(group)?.errorMessage).toContain("several");
  });

  /** The first one leads, and gives the same to each. */
  function giveEach(
    group: MigratingGroup,
    members: readonly ReturnType<MigratingGroup["classic"]>[],
    assignment: Uint8Array,
  ): void {
    group.classicGroup(...members);
    const [leader] = members;
    leader?.join();
    for (const member of members.slice(1)) member.behave();
    for (const member of members.slice(1)) member.behave();
    for (const member of members) member.takeAnswers();
    group.shard.call("syncGroup", {
      groupId: "g",
      generationId: leader?.generation ?? -1,
      memberId: leader?.memberId ?? "",
      groupInstanceId: null,
      protocolType: null,
      protocolName: null,
      assignments: members.map(({ memberId }) => ({ memberId, assignment })),
    });
    expect(group.listed()).toBe("classic Stable");
  }
});

import { describe, expect, test } from "vitest";
import { errors } from "../../protocol/errors.js";
import type { TestConsumer } from "../consumer-member.test-support.js";
import type { MigrationPolicy } from "../group-config.js";
import { commitOffset, committedOffset, describeGroup } from "../member.test-support.js";
import { loggedHalf } from "../state-views.test-support.js";
import type { ClassicClient } from "./classic-client.test-support.js";
import { MigratingGroup } from "./migrating-group.test-support.js";

/** Stable, with two classic members and a consumer. */
function mixed(policy?: MigrationPolicy, instanceId: string | null = null) {
  const group = new MigratingGroup(policy);
  const classic = [group.classic("a"), group.classic("b", { isCooperative: false })] as const;
  const consumer = group.consumer("x", instanceId);
  consumer.joinFully();
  stabilise(group, classic, consumer);
  return { group, classic, consumer };
}

function stabilise(group: MigratingGroup, classic: readonly ClassicClient[], consumer: TestConsumer): void {
  for (let round = 0; round < 8; round++) {
    group.round(...classic);
    consumer.heartbeat();
  }
  expect(group.listed()).toBe("consumer Stable");
}

describe("when the last member of the consumer protocol", () => {
  test("leaves, the group becomes a classic one, whose members elect a leader and share out anew", () => {
    const { group, classic, consumer } = mixed();
    commitOffset(group.shard, { memberId: "x", generation: consumer.epoch, offset: 7 });
    expect(consumer.leave()).toBe(errors.NONE.code);
    expect(group.listed()).toBe("classic PreparingRebalance");
    expect(committedOffset(group.shard)).toBe(7);
    expect(loggedHalf(group.shard.replayed())).toEqual(loggedHalf(group.shard.state));
    const [a, b] = classic;
    expect(a.heartbeat()).toBe(errors.REBALANCE_IN_PROGRESS.code);
    group.classicGroup(a, b);
    expect(group.listed()).toBe("classic Stable");
    expect([...a.partitions, ...b.partitions].sort()).toEqual(["t0", "t1", "t2", "t3"]);
    expect(a.generation).toBeGreaterThan(consumer.epoch);
  });

  test("is not heard of any more, the group becomes a classic one", () => {
    const { group, classic } = mixed();
    for (let round = 0; round < 18; round++) {
      group.shard.pass(4_000);
      group.round(...classic);
    }
    expect(group.listed()).toBe("classic Stable");
    expect(classic.flatMap(({ partitions }) => partitions)).toHaveLength(4);
  });

  test("leaves for a while, the group stays until its session ends", () => {
    const { group, consumer } = mixed("bidirectional", "i");
    expect(consumer.leave(-2)).toBe(errors.NONE.code);
    expect(group.listed()).toContain("consumer");
  });

  test("is removed by an operator, the group becomes a classic one", () => {
    const { group } = mixed("bidirectional", "i");
    const members = [{ memberId: "", groupInstanceId: "i", reason: null }];
    const request = { groupId: "g", memberId: "", members, apiVersion: 5 };
    expect(group.shard.call("leaveGroup", request).reply?.members?.[0]?.errorCode).toBe(errors.NONE.code);
    expect(group.listed()).toBe("classic PreparingRebalance");
  });

  test("comes back under its instance id as a classic one, nobody else need notice", () => {
    const { group, classic, consumer } = mixed("bidirectional", "i");
    const had = consumer.partitions;
    const back = group.classic("y", { instanceId: "i" });
    back.join();
    expect(group.listed()).toBe("classic Stable");
    back.takeAnswers();
    back.behave();
    expect(back.partitions).toEqual(had);
    for (const member of classic) expect(member.heartbeat()).toBe(errors.NONE.code);
    expect(consumer.heartbeat()).toBe(errors.GROUP_ID_NOT_FOUND.code);
    expect(describeGroup(group.shard)?.members).toHaveLength(3);
    expect(loggedHalf(group.shard.replayed())).toEqual(loggedHalf(group.shard.state));
  });

  test("comes back so while partitions are on their way, the classic group rebalances", () => {
    const { group, classic } = mixed("bidirectional", "i");
    const [a, b] = classic;
    a.leave();
    group.shard.settle();
    const back = group.classic("y", { instanceId: "i" });
    back.join();
    expect(group.listed()).toBe("classic PreparingRebalance");
    group.classicGroup(b, back);
    expect([...b.partitions, ...back.partitions].sort()).toEqual(["t0", "t1", "t2", "t3"]);
  });
});

describe("the group stays a consumer group", () => {
  test("where the policy knows only the way up", () => {
    const { group, classic, consumer } = mixed("upgrade");
    consumer.leave();
    for (let round = 0; round < 4; round++) group.round(...classic);
    expect(group.listed()).toBe("consumer Stable");
    expect(classic.flatMap(({ partitions }) => partitions)).toHaveLength(4);
  });

  test("when its members are more than a classic group may have", () => {
    const { group, classic, consumer } = mixed();
    const more = [group.classic("c"), group.classic("d")];
    stabilise(group, [...classic, ...more], consumer);
    consumer.leave();
    expect(group.listed()).toContain("consumer");
    more[0]?.leave();
    expect(group.listed()).toBe("classic PreparingRebalance");
  });

  test("when nobody stays", () => {
    const group = new MigratingGroup();
    const consumer = group.consumer("x");
    consumer.joinFully();
    consumer.leave();
    expect(group.listed()).toBe("consumer Empty");
  });
});

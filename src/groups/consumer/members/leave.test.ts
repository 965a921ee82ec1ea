import { beforeEach, describe, expect, test } from "vitest";
import { errors } from "../../../protocol/errors.js";
import { reconcile, TestWorld } from "../../consumer-member.test-support.js";
import { loggedHalf } from "../../state-views.test-support.js";

let world: TestWorld;
beforeEach(() => {
  world = new TestWorld();
});

describe("leaving", () => {
  test("what a member had goes to the others", () => {
    const [a, b] = world.groupOf("a", "b");
    expect(b?.leave()).toBe(errors.NONE.code);
    if (a !== undefined) reconcile(world.shard, [a]);
    expect(a?.partitions).toEqual(["t0", "t1", "t2", "t3"]);
  });

  test("a member that is not heard of is removed when its session ends", () => {
    const [a, b] = world.groupOf("a", "b");
    for (let i = 0; i < 10; i++) {
      world.shard.pass(5_000);
      a?.heartbeat();
    }
    world.shard.settle();
    a?.heartbeat();
    expect(a?.partitions).toEqual(["t0", "t1", "t2", "t3"]);
    expect(b?.heartbeat()).toBe(errors.UNKNOWN_MEMBER_ID.code);
  });

  test("a member that does not let go of partitions in time is removed, though it sends heartbeats", () => {
    const [a] = world.groupOf("a");
    const b = world.consumer("b");
    b.joinFully();
    for (let i = 0; i < 7; i++) {
      a?.heartbeat({ topicPartitions: null });
      b.heartbeat();
      world.shard.pass(5_000);
    }
    expect(a?.heartbeat({ topicPartitions: null })).toBe(errors.UNKNOWN_MEMBER_ID.code);
    reconcile(world.shard, [b]);
    expect(b.partitions).toEqual(["t0", "t1", "t2", "t3"]);
  });

  test("a member that is removed while it joins is told", () => {
    const a = world.consumer("a");
    const answer = a.join();
    a.leave();
    expect(answer.reply?.errorCode).toBe(errors.UNKNOWN_MEMBER_ID.code);
    expect(world.stateOfGroup()).toBe("Empty");
  });
});

describe("static members", () => {
  test("who leaves for a while finds its partitions again under another member id", () => {
    const [one, other] = [world.consumer("a", "i"), world.consumer("b", "j")];
    one.join();
    other.join();
    reconcile(world.shard, [one, other]);
    const { partitions: had, epoch } = one;
    expect(one.leave(-2)).toBe(errors.NONE.code);
    const next = world.consumer("c", "i");
    next.joinFully();
    expect(next.partitions).toEqual(had);
    expect(other.heartbeat()).toBe(errors.NONE.code);
    expect(other.epoch).toBe(epoch);
    expect(one.heartbeat({ memberEpoch: epoch })).toBe(errors.FENCED_INSTANCE_ID.code);
  });

  test("nobody takes the place of an instance that is there", () => {
    world.consumer("a", "i").joinFully();
    expect(world.consumer("b", "i").join().reply?.errorCode).toBe(errors.UNRELEASED_INSTANCE_ID.code);
  });

  test("who does not come back in time is removed", () => {
    const one = world.consumer("a", "i");
    one.joinFully();
    one.leave(-2);
    world.shard.pass(45_000);
    expect(world.stateOfGroup()).toBe("Empty");
  });
});

describe("a restart", () => {
  test("the group goes on where it was, and every session begins anew", () => {
    const [a, b] = world.groupOf("a", "b");
    const epoch = a?.epoch;
    expect(loggedHalf(world.shard.replayed())).toEqual(loggedHalf(world.shard.state));
    world.shard.pass(40_000);
    world.shard.restart();
    world.shard.pass(40_000);
    expect(a?.heartbeat()).toBe(errors.NONE.code);
    expect(b?.heartbeat()).toBe(errors.NONE.code);
    expect(a?.epoch).toBe(epoch);
    world.shard.pass(45_000);
    expect(world.stateOfGroup()).toBe("Empty");
  });

  test("an assignment that was being worked out is worked out again", () => {
    const a = world.consumer("a");
    const answer = a.join();
    world.shard.restart();
    expect(answer.errorCode).toBe(errors.NOT_COORDINATOR.code);
    a.joinFully();
    expect(a.partitions).toHaveLength(4);
  });
});

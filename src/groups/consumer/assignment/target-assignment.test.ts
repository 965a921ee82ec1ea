import { beforeEach, describe, expect, test } from "vitest";
import { errors } from "../../../protocol/errors.js";
import { owned, reconcile, TestWorld } from "../../consumer-member.test-support.js";

let world: TestWorld;
beforeEach(() => {
  world = new TestWorld();
});

describe("topics", () => {
  test("new partitions are shared out with the next heartbeat", () => {
    const [a, b] = world.groupOf("a", "b");
    world.publish({ t: 6, u: 2 });
    if (a !== undefined && b !== undefined) reconcile(world.shard, [a, b]);
    expect(owned([a, b].filter((each) => each !== undefined))).toEqual({ a: "t0 t2 t4", b: "t1 t3 t5" });
  });

  test("a deleted topic is given up, and its next life is another topic", () => {
    const [a] = world.groupOf("a");
    world.publish({ u: 2 });
    if (a !== undefined) reconcile(world.shard, [a]);
    expect(a?.partitions).toEqual([]);
    world.publish({ t: 1 }, 2);
    if (a !== undefined) reconcile(world.shard, [a]);
    expect(a?.partitions).toEqual(["t0"]);
    expect(world.stateOfGroup()).toBe("Stable");
  });

  test("metadata that does not concern the group changes nothing", () => {
    const [a] = world.groupOf("a");
    world.publish({ t: 4, u: 8 });
    if (a !== undefined) reconcile(world.shard, [a]);
    expect(world.describeGroup()?.groupEpoch).toBe(2);
  });

  test("a member that subscribes to another topic gives up what it did not subscribe to", () => {
    const [a] = world.groupOf("a");
    a?.heartbeat({ subscribedTopicNames: ["u"] });
    expect(a?.partitions).toEqual([]);
    if (a !== undefined) reconcile(world.shard, [a]);
    expect(a?.partitions).toEqual(["u0", "u1"]);
  });

  test("a pattern stands for the topics that match it as a whole, also those that come later", () => {
    const a = world.consumer("a");
    a.topics = null;
    a.regex = "[tv].*";
    a.joinFully();
    expect(a.partitions).toEqual(["t0", "t1", "t2", "t3"]);
    world.publish({ t: 4, u: 2, v: 1, xt: 1 });
    reconcile(world.shard, [a]);
    expect(a.partitions).toEqual(["t0", "t1", "t2", "t3", "v0"]);
    expect(world.describeGroup()?.members[0]?.subscribedTopicRegex).toBe("[tv].*");
  });
});

describe("the assignment", () => {
  test("most members choose the assignor", () => {
    const members = ["a", "b", "c"].map((id) => world.consumer(id));
    for (const member of members) member.assignor = member.memberId === "a" ? "uniform" : "range";
    for (const member of members) member.join();
    reconcile(world.shard, members);
    expect(world.describeGroup()?.assignorName).toBe("range");
    expect(owned(members)).toEqual({ a: "t0 t1", b: "t2", c: "t3" });
  });

  test("an errand that fails is sent again", () => {
    const a = world.consumer("a");
    a.join();
    world.shard.pass(0);
    world.shard.finishErrand("failed");
    world.shard.pass(999);
    expect(world.shard.errands).toHaveLength(0);
    world.shard.pass(1);
    reconcile(world.shard, [a]);
    expect(a.partitions).toHaveLength(4);
  });

  test("a target that the log refuses is made again", () => {
    const a = world.consumer("a");
    a.join();
    world.shard.pass(0);
    world.shard.refuseNext = errors.NOT_ENOUGH_REPLICAS.code;
    world.shard.finishErrand();
    world.shard.pass(1_000);
    reconcile(world.shard, [a]);
    expect(a.partitions).toHaveLength(4);
  });

  test("the result of an errand of a group that was deleted meanwhile is nobody's", () => {
    const a = world.consumer("a");
    a.join();
    world.shard.pass(0);
    a.leave();
    world.shard.call("deleteGroups", { groupIds: ["g"] });
    const b = world.consumer("b");
    b.join();
    world.shard.finishErrand();
    expect(world.stateOfGroup()).toBe("Assigning");
    reconcile(world.shard, [b]);
    expect(b.partitions).toHaveLength(4);
  });

  test("assignments keep the interval that the group wants", () => {
    world = new TestWorld({
      consumer: {
        migrationPolicy: "bidirectional",
        assignors: ["uniform"],
        groupMaxSize: 10,
        settingsOf: () => ({ sessionTimeoutMs: 45_000, heartbeatIntervalMs: 5_000, assignmentIntervalMs: 1_000 }),
      },
    });
    world.publish({ t: 4 });
    world.consumer("a").joinFully();
    const b = world.consumer("b");
    const answer = b.join();
    world.shard.pass(999);
    expect(world.shard.errands).toHaveLength(0);
    world.shard.pass(1);
    world.shard.settle();
    expect(answer.reply?.memberEpoch).toBe(3);
  });
});

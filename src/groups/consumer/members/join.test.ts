import { beforeEach, describe, expect, test } from "vitest";
import { errors } from "../../../protocol/errors.js";
import { owned, reconcile, TestWorld, topicId } from "../../consumer-member.test-support.js";

let world: TestWorld;
beforeEach(() => {
  world = new TestWorld();
});

describe("joining", () => {
  test("the first member is answered with everything, and heartbeats as often as the group wants", () => {
    const reply = world.consumer("a").joinFully();
    expect(reply).toMatchObject({ errorCode: 0, memberId: "a", memberEpoch: 2, heartbeatIntervalMs: 5_000 });
    expect(reply?.assignment?.topicPartitions[0]?.partitions).toEqual([0, 1, 2, 3]);
    expect(world.stateOfGroup()).toBe("Stable");
  });

  test("members that join together are assigned together, by one errand", () => {
    const [a, b] = [world.consumer("a"), world.consumer("b")];
    a.join();
    b.join();
    world.shard.pass(0);
    expect(world.shard.errands).toHaveLength(1);
    reconcile(world.shard, [a, b]);
    expect(owned([a, b])).toEqual({ a: "t0 t2", b: "t1 t3" });
  });

  test("a partition is given to a new member only when the one that had it has let go of it", () => {
    const [a] = world.groupOf("a");
    const b = world.consumer("b");
    b.joinFully();
    expect(b.partitions).toEqual([]);
    expect(b.epoch).toBe(3);
    a?.heartbeat({ topicPartitions: null });
    expect(a?.epoch).toBe(2);
    expect(a?.partitions).toEqual(["t0", "t1"]);
    b.heartbeat();
    expect(b.partitions).toEqual([]);
    expect(world.stateOfGroup()).toBe("Reconciling");
    a?.heartbeat();
    expect(a?.epoch).toBe(3);
    b.heartbeat();
    expect(b.partitions).toEqual(["t2", "t3"]);
    expect(world.stateOfGroup()).toBe("Stable");
  });

  test("an old client is given a member id", () => {
    const reply = world.consumer("").joinFully({ apiVersion: 0 });
    expect(reply?.memberId).toBe("made-by-the-broker");
  });

  test("a member that joins twice has one answer: to the later join", () => {
    const a = world.consumer("a");
    const first = a.join();
    const second = a.joinFully();
    expect(first.reply?.errorCode).toBe(errors.COORDINATOR_LOAD_IN_PROGRESS.code);
    expect(second?.memberEpoch).toBe(2);
  });

  test("a full group takes nobody else in", () => {
    world = new TestWorld({
      consumer: {
        migrationPolicy: "bidirectional",
        assignors: ["uniform"],
        groupMaxSize: 1,
        settingsOf: () => ({ sessionTimeoutMs: 45_000, heartbeatIntervalMs: 5_000, assignmentIntervalMs: 0 }),
      },
    });
    world.consumer("a").joinFully();
    expect(world.consumer("b").join().reply?.errorCode).toBe(errors.GROUP_MAX_SIZE_REACHED.code);
  });

  test.each([
    ["without a rebalance timeout", { rebalanceTimeoutMs: -1 }, errors.INVALID_REQUEST],
    ["without a member id", { memberId: "" }, errors.INVALID_REQUEST],
    ["without a subscription", { subscribedTopicNames: null }, errors.INVALID_REQUEST],
    ["that says it has partitions", { topicPartitions: [{ topicId: "x", partitions: [] }] }, errors.INVALID_REQUEST],
    ["with an empty instance id", { instanceId: "" }, errors.INVALID_REQUEST],
    ["to a group without a name", { groupId: "" }, errors.INVALID_REQUEST],
    ["with an assignor that there is not", { serverAssignor: "mine" }, errors.UNSUPPORTED_ASSIGNOR],
    ["with half a pattern", { subscribedTopicRegex: "(t" }, errors.INVALID_REGULAR_EXPRESSION],
    ["with a pattern without end", { subscribedTopicRegex: "t".repeat(5000) }, errors.INVALID_REGULAR_EXPRESSION],
    ["with a pattern that explodes", { subscribedTopicRegex: "((t{99}){99}){99}" }, errors.INVALID_REGULAR_EXPRESSION],
    ["with an epoch that means nothing", { memberEpoch: -3 }, errors.INVALID_REQUEST],
  ])("a join %s is refused", (_what, request, { code }) => {
    expect(world.consumer("a").join(request).reply?.errorCode).toBe(code);
    expect(world.shard.state.groups.size).toBe(0);
  });

  test("a heartbeat to a group that is not there", () => {
    const a = world.consumer("a");
    a.epoch = 3;
    expect(a.heartbeat()).toBe(errors.GROUP_ID_NOT_FOUND.code);
  });
});

describe("fencing", () => {
  test("a member that nobody knows, and one with an epoch of the future or of long ago", () => {
    const [a] = world.groupOf("a");
    expect(world.consumer("x").heartbeat({ memberEpoch: 1 })).toBe(errors.UNKNOWN_MEMBER_ID.code);
    expect(a?.heartbeat({ memberEpoch: 9 })).toBe(errors.FENCED_MEMBER_EPOCH.code);
    const b = world.consumer("b");
    b.joinFully();
    if (a !== undefined) reconcile(world.shard, [a, b]);
    expect(a?.heartbeat({ memberEpoch: 7 })).toBe(errors.FENCED_MEMBER_EPOCH.code);
  });

  test("the epoch before is taken as long as the member has nothing that was taken from it", () => {
    const [a] = world.groupOf("a");
    const b = world.consumer("b");
    b.joinFully();
    if (a !== undefined) reconcile(world.shard, [a, b]);
    expect(a?.heartbeat({ memberEpoch: 2 })).toBe(errors.NONE.code);
    expect(a?.heartbeat({ memberEpoch: 2, topicPartitions: null })).toBe(errors.FENCED_MEMBER_EPOCH.code);
  });

  test("a join that comes once more, late, takes the member's partitions: the member has to join again", () => {
    const [a] = world.groupOf("a");
    world.consumer("b").joinFully();
    a?.send({ memberEpoch: 0, rebalanceTimeoutMs: 30_000, subscribedTopicNames: ["t"], topicPartitions: [] });
    expect(a?.partitions).toEqual(["t0", "t1", "t2", "t3"]);
    expect(a?.heartbeat()).toBe(errors.FENCED_MEMBER_EPOCH.code);
    expect(a?.joinFully()?.errorCode).toBe(errors.NONE.code);
    expect(a?.partitions).toEqual(["t0", "t1"]);
  });

  test("a member that joins anew gives up what it had", () => {
    const [a, b] = world.groupOf("a", "b");
    a?.joinFully();
    expect(a?.partitions).toEqual(["t0", "t2"]);
    expect(b?.partitions).toEqual(["t1", "t3"]);
  });
});

describe("a member that missed the answer which takes partitions from it", () => {
  test("is told once more when it says everything, not before", () => {
    const [a] = world.groupOf("a");
    const b = world.consumer("b");
    b.joinFully();
    const topicPartitions = [{ topicId: topicId("t"), partitions: [0, 1, 2, 3] }];
    expect(a?.send({ topicPartitions }).reply?.assignment).not.toBeNull();
    expect(a?.send({ topicPartitions }).reply?.assignment).toBeNull();
    const everything = { rebalanceTimeoutMs: 30_000, subscribedTopicNames: ["t"], topicPartitions };
    expect(a?.heartbeat(everything)).toBe(errors.NONE.code);
    expect(a?.partitions).toEqual(["t0", "t1"]);
    if (a !== undefined) reconcile(world.shard, [a, b]);
    expect(b.partitions).toEqual(["t2", "t3"]);
  });

  test("has its time to let go from the first answer on", () => {
    const [a] = world.groupOf("a");
    world.consumer("b").joinFully();
    const topicPartitions = [{ topicId: topicId("t"), partitions: [0, 1, 2, 3] }];
    a?.send({ topicPartitions });
    world.shard.pass(20_000);
    expect(a?.heartbeat({ rebalanceTimeoutMs: 30_000, subscribedTopicNames: ["t"], topicPartitions })).toBe(0);
    world.shard.pass(10_000);
    expect(a?.heartbeat()).toBe(errors.UNKNOWN_MEMBER_ID.code);
  });
});

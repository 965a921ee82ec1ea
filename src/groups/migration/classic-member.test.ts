import { beforeEach, describe, expect, test } from "vitest";
import { errors } from "../../protocol/errors.js";
import type { TestConsumer } from "../consumer-member.test-support.js";
import { commitOffset } from "../member.test-support.js";
import { loggedHalf } from "../state-views.test-support.js";
import type { ClassicClient } from "./classic-client.test-support.js";
import { MigratingGroup } from "./migrating-group.test-support.js";

let group: MigratingGroup;
let consumer: TestConsumer;
beforeEach(() => {
  group = new MigratingGroup();
  consumer = group.consumer("x", "x");
  consumer.joinFully();
});

/** Has its part, and the others theirs. */
function settled(member: ClassicClient): ClassicClient {
  for (let round = 0; round < 6; round++) {
    group.round(member);
    consumer.heartbeat();
  }
  expect(group.listed()).toBe("consumer Stable");
  return member;
}

describe("joining a consumer group with the classic protocol", () => {
  test("a new member learns its id first, and then waits for an assignment", () => {
    const a = group.classic("a");
    expect(a.join().reply).toMatchObject({ errorCode: errors.MEMBER_ID_REQUIRED.code, memberId: "a-uuid-0" });
    a.takeAnswers();
    const answer = a.join();
    expect(answer.reply).toBeNull();
    group.shard.settle();
    expect(answer.reply).toMatchObject({
      errorCode: 0,
      leader: "",
      members: [],
      protocolName: "range",
      generationId: 3,
    });
    settled(a);
    expect([a.partitions, consumer.partitions]).toEqual([
      ["t2", "t3"],
      ["t0", "t1"],
    ]);
  });

  test("a member that keeps what it has gives up the rest in a second join", () => {
    const a = group.classic("a", { isCooperative: true });
    consumer.leave();
    group.classicGroup(a);
    expect(a.partitions).toHaveLength(4);
    consumer.joinFully();
    a.heartbeat();
    a.behave();
    group.shard.settle();
    a.takeAnswers();
    a.sync();
    a.takeAnswers();
    expect(a.partitions).toHaveLength(2);
    consumer.heartbeat();
    expect(consumer.partitions).toEqual([]);
    expect(a.place).toBe("outside");
    a.behave();
    a.behave();
    consumer.heartbeat();
    expect(consumer.partitions).toHaveLength(2);
  });

  test.each([
    ["of another protocol type", { protocolType: "connect" }, errors.INCONSISTENT_GROUP_PROTOCOL],
    ["without protocols", { protocols: [] }, errors.INCONSISTENT_GROUP_PROTOCOL],
    ["that is no consumer", { metadata: new Uint8Array(3), instanceId: "i" }, errors.UNKNOWN_SERVER_ERROR],
  ])("a member %s is refused", (_, options, error) => {
    expect(group.classic("a", options).join().reply?.errorCode).toBe(error.code);
  });

  test("members must have a protocol that all classic ones speak", () => {
    settled(group.classic("a", { protocols: ["range", "sticky"] }));
    const code = (protocols: readonly string[]) => group.classic("b", { protocols }).join().reply?.errorCode;
    expect(code(["roundrobin"])).toBe(errors.INCONSISTENT_GROUP_PROTOCOL.code);
    expect(code(["roundrobin", "sticky"])).toBe(errors.MEMBER_ID_REQUIRED.code);
  });

  test("there is no room beyond the group's maximal size", () => {
    for (const id of ["1", "2", "3", "4"]) group.consumer(id).joinFully();
    expect(group.classic("a").join().reply?.errorCode).toBe(errors.GROUP_MAX_SIZE_REACHED.code);
  });

  test("nobody joins where migration is disabled", () => {
    group = new MigratingGroup("disabled");
    group.consumer("x").joinFully();
    expect(group.classic("a").join().reply?.errorCode).toBe(errors.INCONSISTENT_GROUP_PROTOCOL.code);
  });

  test("a static member that restarts takes its own place, and the one before it is fenced", () => {
    const before = settled(group.classic("a", { instanceId: "i" }));
    const after = group.classic("b", { instanceId: "i" });
    after.behave();
    after.behave();
    expect(after.partitions).toEqual(["t2", "t3"]);
    expect(group.listed()).toBe("consumer Stable");
    expect(before.heartbeat()).toBe(errors.FENCED_INSTANCE_ID.code);
  });

  test("of two joins of one member the later one has its answer", () => {
    const a = group.classic("a");
    a.behave();
    const first = a.join();
    const second = a.join();
    expect(first.reply?.errorCode).toBe(errors.COORDINATOR_LOAD_IN_PROGRESS.code);
    group.shard.settle();
    expect(second.reply?.errorCode).toBe(errors.NONE.code);
  });
});

describe("a classic member of a consumer group", () => {
  test("goes over to the consumer protocol under its own id", () => {
    const a = settled(group.classic("a"));
    const next = group.consumer(a.memberId);
    next.epoch = a.generation;
    expect(next.heartbeat()).toBe(errors.NONE.code);
    expect(group.describeGroup()?.members.map(({ memberType }) => memberType)).toEqual([1, 1]);
    expect(a.heartbeat()).toBe(errors.UNKNOWN_MEMBER_ID.code);
    expect(loggedHalf(group.shard.replayed())).toEqual(loggedHalf(group.shard.state));
  });

  test("commits with the generation that it was told, by any version of the request", () => {
    const a = settled(group.classic("a"));
    const commit = (generation: number, apiVersion: number) =>
      commitOffset(group.shard, { memberId: a.memberId, generation, apiVersion }).reply?.topics[0]?.partitions[0]
        ?.errorCode;
    expect(commit(a.generation, 5)).toBe(errors.NONE.code);
    expect(commit(a.generation + 1, 9)).toBe(errors.ILLEGAL_GENERATION.code);
    expect(commit(1, 9)).toBe(errors.ILLEGAL_GENERATION.code);
  });

  test("is removed when it was told to join again and did not in its rebalance timeout", () => {
    const a = settled(group.classic("a", { rebalanceTimeoutMs: 8_000 }));
    group.consumer("y").joinFully();
    for (let second = 0; second < 8; second++) {
      expect(heartbeatOnly(a)).toBe(errors.REBALANCE_IN_PROGRESS.code);
      group.shard.pass(1_000);
    }
    expect(heartbeatOnly(a)).toBe(errors.UNKNOWN_MEMBER_ID.code);
  });

  test("is removed when it joined and never asked for its assignment", () => {
    const a = group.classic("a", { rebalanceTimeoutMs: 8_000 });
    a.behave();
    a.behave();
    group.shard.settle();
    a.takeAnswers();
    group.shard.pass(7_999);
    expect(heartbeatOnly(a)).toBe(errors.NONE.code);
    group.shard.pass(1);
    expect(heartbeatOnly(a)).toBe(errors.UNKNOWN_MEMBER_ID.code);
  });

  test("that waits for its join to be answered is not removed for its silence", () => {
    group = new MigratingGroup("bidirectional", {
      settingsOf: () => ({ sessionTimeoutMs: 45_000, heartbeatIntervalMs: 5_000, assignmentIntervalMs: 15_000 }),
    });
    consumer = group.consumer("x");
    consumer.joinFully();
    const a = group.classic("a", { sessionTimeoutMs: 6_000 });
    a.behave();
    const answer = a.join();
    group.shard.pass(14_000);
    group.shard.settle();
    expect(answer.reply).toBeNull();
    group.shard.pass(1_000);
    group.shard.settle();
    expect(answer.reply?.errorCode).toBe(errors.NONE.code);
  });

  test("asks for its part with the generation and the protocol that it was told", () => {
    const a = settled(group.classic("a"));
    const sync = (more: object) =>
      group.shard.call("syncGroup", {
        groupId: "g",
        generationId: a.generation,
        memberId: a.memberId,
        groupInstanceId: null,
        protocolType: null,
        protocolName: null,
        assignments: [],
        ...more,
      }).reply?.errorCode;
    expect(sync({})).toBe(errors.NONE.code);
    expect(sync({ protocolName: "sticky" })).toBe(errors.INCONSISTENT_GROUP_PROTOCOL.code);
    expect(sync({ protocolType: "connect" })).toBe(errors.INCONSISTENT_GROUP_PROTOCOL.code);
    expect(sync({ generationId: 1 })).toBe(errors.ILLEGAL_GENERATION.code);
    expect(sync({ memberId: "x", generationId: consumer.epoch })).toBe(errors.UNKNOWN_MEMBER_ID.code);
    expect(sync({ groupInstanceId: "i" })).toBe(errors.UNKNOWN_MEMBER_ID.code);
    group.consumer("y").joinFully();
    expect(sync({})).toBe(errors.REBALANCE_IN_PROGRESS.code);
  });

  test("leaves as it joined, and the others share what it had", () => {
    const a = settled(group.classic("a"));
    expect(a.leave()).toBe(errors.NONE.code);
    group.shard.settle();
    consumer.heartbeat();
    expect(consumer.partitions).toEqual(["t0", "t1", "t2", "t3"]);
    expect(a.leave()).toBe(errors.UNKNOWN_MEMBER_ID.code);
  });

  test("lives on after the coordinator has started anew", () => {
    const a = settled(group.classic("a"));
    group.shard.restart();
    expect(a.heartbeat()).toBe(errors.NONE.code);
    expect(group.listed()).toBe("consumer Stable");
    group.shard.pass(10_000);
    expect(heartbeatOnly(a)).toBe(errors.UNKNOWN_MEMBER_ID.code);
  });

  /** It hears the answer and does nothing. */
  function heartbeatOnly({ generation: generationId, memberId }: ClassicClient): number | undefined {
    const request = { groupId: "g", generationId, memberId, groupInstanceId: null };
    return group.shard.call("heartbeat", request).reply?.errorCode;
  }
});

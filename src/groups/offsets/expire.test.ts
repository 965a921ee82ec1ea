import { describe, expect, test } from "vitest";
import { errors } from "../../protocol/errors.js";
import { GroupShard } from "../group-shard.test-support.js";
import { commitOffset, committedOffset, describeGroup, stableGroup, type TestMember } from "../member.test-support.js";

const MINUTE = 60_000;
const config = { offsetsRetentionMs: 60 * MINUTE, offsetsRetentionCheckIntervalMs: 10 * MINUTE };

/** Lets time pass while the member lives. */
function live(shard: GroupShard, member: TestMember | undefined, ms: number): void {
  for (let left = ms; left > 0; left -= MINUTE) {
    shard.pass(MINUTE);
    expect(member?.heartbeat()).toBe(0);
  }
}

const longSession = { sessionTimeoutMs: 5 * MINUTE };

describe("offsets expire", () => {
  test("in a group without members ever, each so long after its commit, and the group with the last of them", () => {
    const shard = new GroupShard(config);
    commitOffset(shard, { offset: 1, partition: 0 });
    shard.pass(30 * MINUTE);
    commitOffset(shard, { offset: 2, partition: 1 });
    shard.pass(30 * MINUTE);
    expect([committedOffset(shard), committedOffset(shard, "t", "g", 1)]).toEqual([-1, 2]);
    shard.pass(30 * MINUTE);
    expect(describeGroup(shard)?.errorCode).toBe(errors.GROUP_ID_NOT_FOUND.code);
    expect(shard.replayed().groups.size).toBe(0);
  });

  test("in a group that lost its members, so long after it became empty (KIP-211)", () => {
    const shard = new GroupShard(config);
    const [member] = stableGroup(shard, [longSession]);
    member?.commit(1);
    live(shard, member, 120 * MINUTE);
    member?.leave();
    shard.pass(50 * MINUTE);
    expect(committedOffset(shard)).toBe(1);
    shard.pass(20 * MINUTE);
    expect(describeGroup(shard)?.groupState).toBe("Dead");
  });

  test("the same when the group was loaded in between", () => {
    const shard = new GroupShard(config);
    const [member] = stableGroup(shard, [longSession]);
    member?.commit(1);
    member?.leave();
    shard.pass(40 * MINUTE);
    shard.restart();
    shard.pass(10 * MINUTE);
    expect(committedOffset(shard)).toBe(1);
    shard.pass(10 * MINUTE);
    expect(committedOffset(shard)).toBe(-1);
  });

  test("in a group with members only for topics that none of them reads any more", () => {
    const shard = new GroupShard(config);
    const [member] = stableGroup(shard, [{ ...longSession, topics: ["read"] }]);
    member?.commit(1, "read");
    member?.commit(2, "unread");
    live(shard, member, 120 * MINUTE);
    expect([committedOffset(shard, "read"), committedOffset(shard, "unread")]).toEqual([1, -1]);
  });

  test("not where what the members read is not known", () => {
    const shard = new GroupShard(config);
    const [member] = stableGroup(shard, [{ ...longSession, protocolType: "connect" }]);
    member?.commit(1);
    live(shard, member, 120 * MINUTE);
    expect(committedOffset(shard)).toBe(1);
  });

  test("when the committer said so (OffsetCommit 2 to 4)", () => {
    const shard = new GroupShard(config);
    commitOffset(shard, { offset: 1, retentionTimeMs: 15 * MINUTE });
    shard.pass(10 * MINUTE);
    expect(committedOffset(shard)).toBe(1);
    shard.restart();
    shard.pass(10 * MINUTE);
    expect(committedOffset(shard)).toBe(-1);
  });

  test("a few thousand in several batches, all in the same check", () => {
    const shard = new GroupShard(config);
    const topic = "x".repeat(249);
    for (let partition = 0; partition < 1_000; partition++) commitOffset(shard, { topic, partition });
    const batches: number[] = [];
    shard.watch({ afterDecision: ({ records }) => batches.push(records.length) });
    shard.pass(70 * MINUTE);
    expect(batches.filter((size) => size > 0).length).toBeGreaterThan(1);
    expect(Math.max(...batches)).toBeLessThan(400);
    expect(shard.state.groups.size).toBe(0);
  });
});

test("an empty group that never had offsets goes with the next check", () => {
  const shard = new GroupShard(config);
  const [member] = stableGroup(shard, [longSession]);
  member?.leave();
  shard.pass(10 * MINUTE);
  expect(describeGroup(shard)?.groupState).toBe("Dead");
});

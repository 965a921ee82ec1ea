import { describe, expect, test } from "vitest";
import { errors } from "../../protocol/errors.js";
import { ZERO_UUID } from "../../protocol/wire/zero-uuid.js";
import { GroupShard } from "../group-shard.test-support.js";
import { commitOffset, committedOffset, describeGroup, stableGroup, TestMember } from "../member.test-support.js";

describe("a member commits", () => {
  test("and reads it back, also after a restart", () => {
    const shard = new GroupShard();
    const [member] = stableGroup(shard, [{}]);
    expect(member?.commit(42)).toBe(0);
    expect(committedOffset(shard)).toBe(42);
    shard.restart();
    expect(committedOffset(shard)).toBe(42);
    expect(member?.commit(43)).toBe(0);
  });

  test("not from another generation, nor as someone else", () => {
    const shard = new GroupShard();
    const [member] = stableGroup(shard, [{}]);
    if (member === undefined) return;
    member.generation = 0;
    expect(member.commit(1)).toBe(errors.ILLEGAL_GENERATION.code);
    member.memberId = "x";
    expect(member.commit(1)).toBe(errors.UNKNOWN_MEMBER_ID.code);
    expect(committedOffset(shard)).toBe(-1);
  });

  test("while the group prepares to rebalance, but not before it has its part", () => {
    const shard = new GroupShard();
    const [leader, other] = stableGroup(shard, [{}, { clientId: "d" }]);
    const joining = leader?.join();
    expect(other?.commit(1)).toBe(0);
    other?.join();
    if (joining !== undefined) leader?.learn(joining);
    expect(leader?.commit(2)).toBe(errors.REBALANCE_IN_PROGRESS.code);
  });

  test("and is answered when the log has it", () => {
    const shard = new GroupShard();
    shard.holdsCommits = true;
    const answer = commitOffset(shard);
    expect(answer.reply).toBeNull();
    shard.commit();
    expect(answer.reply?.topics[0]?.partitions[0]?.errorCode).toBe(0);
  });
});

describe("a consumer that is no member", () => {
  test("makes a group by committing, and may go on while it is empty", () => {
    const shard = new GroupShard();
    for (const offset of [1, 2]) commitOffset(shard, { offset });
    expect(committedOffset(shard)).toBe(2);
    expect(describeGroup(shard)).toMatchObject({ groupState: "Empty", protocolType: "" });
  });

  test("is refused while the group has members", () => {
    const shard = new GroupShard();
    stableGroup(shard, [{}]);
    const errorOf = (answer: ReturnType<typeof commitOffset>) => answer.reply?.topics[0]?.partitions[0]?.errorCode;
    expect(errorOf(commitOffset(shard))).toBe(errors.UNKNOWN_MEMBER_ID.code);
  });

  test("with a generation of a group that is not there has an error that its version knows", () => {
    const shard = new GroupShard();
    const codeAt = (apiVersion: number) =>
      commitOffset(shard, { generation: 1, apiVersion }).reply?.topics[0]?.partitions[0]?.errorCode;
    expect(codeAt(8)).toBe(errors.ILLEGAL_GENERATION.code);
    expect(codeAt(9)).toBe(errors.GROUP_ID_NOT_FOUND.code);
  });

  test("may have the empty group id, as old clients do", () => {
    const shard = new GroupShard();
    commitOffset(shard, { groupId: "", offset: 7 });
    expect(committedOffset(shard, "t", "")).toBe(7);
  });
});

describe("what comes with an offset", () => {
  test("is given back", () => {
    const shard = new GroupShard();
    commitOffset(shard, { offset: 5, metadata: "hello" });
    const topics = [{ name: "t", topicId: ZERO_UUID, partitionIndexes: [0, 1] }];
    const answer = shard.call("offsetFetch", {
      groupId: "g",
      memberId: null,
      memberEpoch: -1,
      topics,
      requireStable: true,
    });
    const nothing = { committedOffset: -1, committedLeaderEpoch: -1, metadata: "", errorCode: 0 };
    expect(answer.reply?.topics[0]?.partitions).toEqual([
      { partitionIndex: 0, committedOffset: 5, committedLeaderEpoch: 3, metadata: "hello", errorCode: 0 },
      { partitionIndex: 1, ...nothing },
    ]);
  });

  test("is bounded, partition by partition", () => {
    const shard = new GroupShard({ offsetMetadataMaxBytes: 4 });
    const partition = (partitionIndex: number, committedMetadata: string) => ({
      partitionIndex,
      committedOffset: 1,
      committedLeaderEpoch: -1,
      commitTimestamp: -1,
      committedMetadata,
    });
    const answer = shard.call("offsetCommit", {
      groupId: "g",
      generationIdOrMemberEpoch: -1,
      memberId: "",
      groupInstanceId: null,
      retentionTimeMs: -1,
      apiVersion: 9,
      topics: [{ name: "t", topicId: ZERO_UUID, partitions: [partition(0, "four"), partition(1, "fives")] }],
    });
    expect(answer.reply?.topics[0]?.partitions).toEqual([
      { partitionIndex: 0, errorCode: 0 },
      { partitionIndex: 1, errorCode: errors.OFFSET_METADATA_TOO_LARGE.code },
    ]);
    expect(committedOffset(shard, "t", "g", 1)).toBe(-1);
  });
});

describe("a topic that was made again", () => {
  const first = "AAAAAAAAAAAAAAAAAAAAAQ";
  const second = "AAAAAAAAAAAAAAAAAAAAAg";

  test("does not inherit the offsets of the old one", () => {
    const shard = new GroupShard();
    commitOffset(shard, { topicId: first, offset: 9, apiVersion: 10 });
    const fetch = (topicId: string) => {
      const topics = [{ name: "t", topicId, partitionIndexes: [0] }];
      const request = { groupId: "g", memberId: null, memberEpoch: -1, topics, requireStable: false };
      return shard.call("offsetFetch", request).reply?.topics[0]?.partitions[0]?.committedOffset;
    };
    expect([first, second, ZERO_UUID].map(fetch)).toEqual([9, -1, 9]);
  });
});

describe("reading all offsets of a group", () => {
  test("names every topic; a group that is not there has none", () => {
    const shard = new GroupShard();
    commitOffset(shard, { topic: "a", partition: 3, offset: 1 });
    commitOffset(shard, { topic: "b", offset: 2 });
    const fetchAll = (groupId: string) =>
      shard.call("offsetFetch", { groupId, memberId: null, memberEpoch: -1, topics: null, requireStable: false }).reply;
    expect(fetchAll("g")?.topics.map(({ name, partitions }) => [name, partitions[0]?.partitionIndex])).toEqual([
      ["a", 3],
      ["b", 0],
    ]);
    expect(fetchAll("h")).toEqual({ groupId: "h", topics: [], errorCode: 0 });
  });

  test("waits for what was committed before", () => {
    const shard = new GroupShard();
    shard.holdsCommits = true;
    commitOffset(shard, { offset: 1 });
    const topics = [{ name: "t", topicId: ZERO_UUID, partitionIndexes: [0] }];
    const answer = shard.call("offsetFetch", {
      groupId: "g",
      memberId: null,
      memberEpoch: -1,
      topics,
      requireStable: false,
    });
    expect(answer.reply).toBeNull();
    shard.commit();
    expect(answer.reply?.topics[0]?.partitions[0]?.committedOffset).toBe(1);
  });
});

test("an old consumer that joined and left by its own word may commit again", () => {
  const shard = new GroupShard();
  const [member] = stableGroup(shard, [{ apiVersion: 2 }]);
  member?.leave();
  expect(new TestMember(shard).commit(3)).toBe(0);
});

import { describe, expect, test } from "vitest";
import { errors } from "../../protocol/errors.js";
import { ZERO_UUID } from "../../protocol/wire/zero-uuid.js";
import { reconcile, TestWorld } from "../consumer-member.test-support.js";
import { GroupShard } from "../group-shard.test-support.js";
import { committedOffset, describeGroup, stableGroup } from "../member.test-support.js";

const { NONE, ILLEGAL_GENERATION, UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID } = errors;
const producerId = 1;

interface Commit {
  readonly offset?: number;
  readonly generation?: number;
  readonly memberId?: string;
  readonly instanceId?: string | null;
  readonly topicId?: string;
  readonly partition?: number;
  readonly metadata?: string;
}

/** Commits within the transaction of the one producer; the error code of the one partition. */
function commit(shard: GroupShard, options: Commit = {}): number | undefined {
  const { reply } = shard.call("txnOffsetCommit", {
    transactionalId: "copier",
    groupId: "g",
    producerId,
    producerEpoch: 0,
    generationId: options.generation ?? -1,
    memberId: options.memberId ?? "",
    groupInstanceId: options.instanceId ?? null,
    topics: [
      {
        name: "t",
        topicId: options.topicId ?? ZERO_UUID,
        partitions: [
          {
            partitionIndex: options.partition ?? 0,
            committedOffset: options.offset ?? 7,
            committedLeaderEpoch: 3,
            committedMetadata: options.metadata ?? null,
          },
        ],
      },
    ],
  });
  return reply?.topics[0]?.partitions[0]?.errorCode;
}

describe("a producer commits offsets within its transaction", () => {
  test("and they count when it is committed, also over a restart", () => {
    const shard = new GroupShard();
    expect(commit(shard, { offset: 10 })).toBe(NONE.code);
    expect(committedOffset(shard)).toBe(-1);
    shard.restart();
    shard.endTransaction(producerId, true);
    expect(committedOffset(shard)).toBe(10);
  });

  test("and of two commits the later one counts", () => {
    const shard = new GroupShard();
    for (const offset of [10, 11]) commit(shard, { offset });
    shard.endTransaction(producerId, true);
    expect(committedOffset(shard)).toBe(11);
  });

  test("for a group that nobody has heard of, which then has only offsets", () => {
    const shard = new GroupShard();
    commit(shard);
    expect(describeGroup(shard)).toMatchObject({ groupState: "Empty", protocolType: "" });
    expect(commit(new GroupShard(), { generation: 0 })).toBe(ILLEGAL_GENERATION.code);
  });

  test("with a bounded text beside them", () => {
    const shard = new GroupShard({ offsetMetadataMaxBytes: 4 });
    expect(commit(shard, { metadata: "fives" })).toBe(errors.OFFSET_METADATA_TOO_LARGE.code);
    expect(shard.endOffset).toBe(0);
  });

  test("and is answered when the log has them", () => {
    const shard = new GroupShard();
    shard.holdsCommits = true;
    expect(commit(shard)).toBeUndefined();
  });
});

describe("in a classic group", () => {
  test("the member that read shows itself (KIP-447); an old producer does not know it", () => {
    const shard = new GroupShard();
    const [member] = stableGroup(shard, [{}]);
    const { memberId = "", generation = 0 } = member ?? {};
    expect(commit(shard, { memberId, generation })).toBe(NONE.code);
    expect(commit(shard)).toBe(NONE.code);
    expect(commit(shard, { memberId, generation: generation - 1 })).toBe(ILLEGAL_GENERATION.code);
    expect(commit(shard, { memberId: "x", generation })).toBe(UNKNOWN_MEMBER_ID.code);
    expect(commit(shard, { memberId })).toBe(ILLEGAL_GENERATION.code);
  });

  test("a static member that was replaced is fenced", () => {
    const shard = new GroupShard();
    const [member] = stableGroup(shard, [{ instanceId: "i" }]);
    const generation = member?.generation ?? 0;
    expect(commit(shard, { memberId: "old", generation, instanceId: "i" })).toBe(FENCED_INSTANCE_ID.code);
  });

  test("a member that has not got its part yet may commit, unlike without a transaction", () => {
    const shard = new GroupShard();
    const [leader, other] = stableGroup(shard, [{}, { clientId: "d" }]);
    const joining = leader?.join();
    other?.join();
    if (joining !== undefined) leader?.learn(joining);
    expect(describeGroup(shard)?.groupState).toBe("CompletingRebalance");
    const { memberId = "", generation = 0 } = leader ?? {};
    expect(commit(shard, { memberId, generation })).toBe(NONE.code);
  });
});

describe("in a consumer group", () => {
  test("members commit with their epoch as generation; who says nothing of a member may commit too", () => {
    const world = new TestWorld();
    const [a] = world.groupOf("a");
    const [topicId, memberId] = [world.metadata.topicsByName.get("t")?.id ?? "", a?.memberId ?? ""];
    expect(commit(world.shard, { topicId, memberId, generation: 2 })).toBe(NONE.code);
    expect(commit(world.shard, { topicId })).toBe(NONE.code);
    expect(commit(world.shard, { topicId, memberId, generation: 3 })).toBe(ILLEGAL_GENERATION.code);
    expect(commit(world.shard, { topicId, memberId: "x", generation: 2 })).toBe(UNKNOWN_MEMBER_ID.code);
  });

  test("an older epoch will do for partitions that the member has had since (KIP-1251)", () => {
    const world = new TestWorld();
    const [a] = world.groupOf("a");
    const b = world.consumer("b");
    b.joinFully();
    if (a !== undefined) reconcile(world.shard, [a, b]);
    const [topicId, memberId] = [world.metadata.topicsByName.get("t")?.id ?? "", a?.memberId ?? ""];
    expect(commit(world.shard, { topicId, memberId, generation: 2, partition: 0 })).toBe(NONE.code);
    expect(commit(world.shard, { topicId, memberId, generation: 2, partition: 3 })).toBe(ILLEGAL_GENERATION.code);
  });
});

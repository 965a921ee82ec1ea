import { describe, expect, test } from "vitest";
import { errors } from "../../protocol/errors.js";
import { ZERO_UUID } from "../../protocol/wire/zero-uuid.js";
import { GroupShard } from "../group-shard.test-support.js";
import { commitOffset, committedOffset } from "../member.test-support.js";
import { groupRecordCodec } from "../records/group-record.js";

function commitInTransaction(shard: GroupShard, producerId: number, offset: number): void {
  const value = {
    offset,
    leaderEpoch: -1,
    metadata: "",
    commitTimestamp: 0,
    expireTimestamp: -1,
    topicId: ZERO_UUID,
  };
  shard.appendTransactional(
    producerId,
    groupRecordCodec.encode({ kind: "offsetCommit", group: "g", topic: "t", partition: 0, value }),
  );
}

function fetch(shard: GroupShard, requireStable: boolean) {
  const topics = [{ name: "t", topicId: ZERO_UUID, partitionIndexes: [0] }];
  const request = { groupId: "g", memberId: null, memberEpoch: -1, topics, requireStable };
  return shard.call("offsetFetch", request).reply?.topics[0]?.partitions[0];
}

describe("an offset that was committed within a transaction", () => {
  test("counts when the transaction is committed", () => {
    const shard = new GroupShard();
    commitInTransaction(shard, 1, 10);
    expect(committedOffset(shard)).toBe(-1);
    shard.endTransaction(1, true);
    expect(committedOffset(shard)).toBe(10);
  });

  test("never counts when it is aborted", () => {
    const shard = new GroupShard();
    commitInTransaction(shard, 1, 10);
    shard.endTransaction(1, false);
    expect(committedOffset(shard)).toBe(-1);
    expect(fetch(shard, true)?.errorCode).toBe(0);
  });

  test("makes the offset unstable while the transaction is open (KIP-447)", () => {
    const shard = new GroupShard();
    commitOffset(shard, { offset: 5 });
    commitInTransaction(shard, 1, 10);
    expect(fetch(shard, false)).toMatchObject({ committedOffset: 5, errorCode: 0 });
    expect(fetch(shard, true)).toMatchObject({ committedOffset: -1, errorCode: errors.UNSTABLE_OFFSET_COMMIT.code });
  });

  test("gives way to a commit that came later in the log", () => {
    const shard = new GroupShard();
    commitInTransaction(shard, 1, 10);
    commitOffset(shard, { offset: 20 });
    shard.endTransaction(1, true);
    expect(committedOffset(shard)).toBe(20);
  });

  test("waits for its end over a restart", () => {
    const shard = new GroupShard();
    commitInTransaction(shard, 1, 10);
    shard.restart();
    shard.endTransaction(1, true);
    expect(committedOffset(shard)).toBe(10);
    expect(shard.state.openTransactions.size).toBe(0);
  });

  test("goes with its group", () => {
    const shard = new GroupShard();
    commitInTransaction(shard, 1, 10);
    shard.call("deleteGroups", { groupIds: ["g"] });
    shard.endTransaction(1, true);
    expect(shard.state.groups.size).toBe(0);
  });
});

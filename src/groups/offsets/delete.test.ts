import { describe, expect, test } from "vitest";
import { emptyImage } from "../../metadata/image/empty.js";
import type { MetadataImage } from "../../metadata/image/image.js";
import { errors } from "../../protocol/errors.js";
import { ZERO_UUID } from "../../protocol/wire/zero-uuid.js";
import { GroupShard } from "../group-shard.test-support.js";
import { commitOffset, committedOffset, stableGroup } from "../member.test-support.js";

function deleteOffset(shard: GroupShard, topic: string, groupId = "g") {
  return shard.call("offsetDelete", { groupId, topics: [{ name: topic, partitions: [{ partitionIndex: 0 }] }] }).reply;
}

describe("an operator deletes offsets", () => {
  test("of a group without members", () => {
    const shard = new GroupShard();
    commitOffset(shard, { offset: 1 });
    expect(deleteOffset(shard, "t")).toMatchObject({ errorCode: 0, topics: [{ partitions: [{ errorCode: 0 }] }] });
    expect(committedOffset(shard)).toBe(-1);
    expect(deleteOffset(shard, "never")?.topics[0]?.partitions[0]?.errorCode).toBe(0);
  });

  test("but not of topics that members are subscribed to", () => {
    const shard = new GroupShard();
    const [member] = stableGroup(shard, [{ topics: ["t"] }]);
    member?.commit(1, "t");
    member?.commit(2, "u");
    const code = (topic: string) => deleteOffset(shard, topic)?.topics[0]?.partitions[0]?.errorCode;
    expect([code("t"), code("u")]).toEqual([errors.GROUP_SUBSCRIBED_TO_TOPIC.code, 0]);
    expect([committedOffset(shard, "t"), committedOffset(shard, "u")]).toEqual([1, -1]);
  });

  test("but not under members that are no consumers, nor of a group that is not there", () => {
    const shard = new GroupShard();
    stableGroup(shard, [{ protocolType: "connect" }]);
    expect(deleteOffset(shard, "t")?.errorCode).toBe(errors.NON_EMPTY_GROUP.code);
    expect(deleteOffset(shard, "t", "h")?.errorCode).toBe(errors.GROUP_ID_NOT_FOUND.code);
  });
});

const topicId = "AAAAAAAAAAAAAAAAAAAAAQ";
const otherId = "AAAAAAAAAAAAAAAAAAAAAg";

function imageOf(topics: Readonly<Record<string, string>>): MetadataImage {
  const images = Object.entries(topics).map(([name, id]) => ({ name, id, partitions: [] }));
  return {
    ...emptyImage,
    topicsByName: new Map(images.map((image) => [image.name, image])),
    topicsById: new Map(images.map((image) => [image.id, image])),
  };
}

describe("a topic is deleted", () => {
  test("and every group forgets its offsets", () => {
    const shard = new GroupShard();
    for (const groupId of ["g", "h"]) {
      commitOffset(shard, { groupId, topic: "t", topicId, offset: 1 });
      commitOffset(shard, { groupId, topic: "u", offset: 2 });
    }
    shard.publish(imageOf({ t: topicId, u: otherId }), imageOf({ u: otherId }));
    shard.pass(0);
    for (const groupId of ["g", "h"]) {
      expect([committedOffset(shard, "t", groupId), committedOffset(shard, "u", groupId)]).toEqual([-1, 2]);
    }
    expect(shard.replayed().groups.get("g")?.offsets.get("t", 0)).toBeNull();
  });

  test("and made again: offsets of the new one stay", () => {
    const shard = new GroupShard();
    commitOffset(shard, { topic: "t", topicId: otherId, offset: 1 });
    commitOffset(shard, { topic: "t", topicId: ZERO_UUID, partition: 1, offset: 2 });
    shard.publish(imageOf({ t: topicId }), imageOf({ t: otherId }));
    shard.pass(0);
    expect([committedOffset(shard), committedOffset(shard, "t", "g", 1)]).toEqual([1, -1]);
  });

  test("and a log that refuses is asked again", () => {
    const shard = new GroupShard();
    commitOffset(shard, { topicId });
    shard.refuseNext = errors.NOT_ENOUGH_REPLICAS.code;
    shard.publish(imageOf({ t: topicId }), imageOf({}));
    shard.pass(499);
    expect(committedOffset(shard)).toBe(0);
    shard.pass(1);
    expect(committedOffset(shard)).toBe(-1);
  });
});

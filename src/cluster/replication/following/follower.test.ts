import { expect, test } from "vitest";
import { partitionOfBroker1 } from "../../../metadata/image/image.test-data.js";
import { errors } from "../../../protocol/errors.js";
import { buildBatch } from "../../../protocol/records/build-batch.js";
import { logConfig, memoryFiles, openStore, StillClock, topicId } from "../../../storage/storage.test-data.js";
import { Partition } from "../partition.js";
import { withoutPeers } from "../replication.test-data.js";

const replicas = [1, 2, 3];

/** One record, as a leader has placed it. */
function written(leaderEpoch: number, baseOffset: number): Uint8Array {
  return buildBatch({ records: [{ timestampMs: 0, key: null, value: Buffer.from("v") }], baseOffset, leaderEpoch });
}

/** Broker 1 follows `leader`. */
async function following(leader: number, leaderEpoch: number) {
  const clock = new StillClock();
  const store = await openStore(memoryFiles());
  const which = { topic: "t", topicId, index: 0, nodeId: 1, clock, store, config: logConfig };
  const partition = new Partition({ ...which, ...withoutPeers(clock) });
  const lead = (by: number, epoch: number) =>
    partition.apply({ ...partitionOfBroker1, replicas, isr: replicas, leader: by, leaderEpoch: epoch });
  lead(leader, leaderEpoch);
  return { partition, lead };
}

test("a follower takes no records of a later leader from the one before: its own may part from them unseen", async () => {
  const { partition, lead } = await following(2, 3);
  expect(partition.following?.append(written(3, 0))).toBe(errors.NONE.code);
  expect(partition.following?.append(written(4, 1))).toBe(errors.UNKNOWN_LEADER_EPOCH.code);
  expect([partition.endOffset, partition.following?.lastFetchedEpoch]).toEqual([1, 3]);
  lead(3, 4);
  expect(partition.following?.append(written(4, 1))).toBe(errors.NONE.code);
});

test("who waits for records of a follower hears that it begins anew behind what the leader has deleted", async () => {
  const { partition } = await following(2, 3);
  partition.following?.append(written(3, 0));
  let heard = 0;
  partition.moved.attach({ mark: () => heard++ });
  expect(partition.following?.goWithin({ logStartOffset: 7, endOffset: 9 })).toBe(errors.NONE.code);
  expect([partition.logStartOffset, partition.highWatermark, heard]).toEqual([7, 7, 1]);
});

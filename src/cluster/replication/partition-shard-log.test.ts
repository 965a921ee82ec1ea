import { expect, test } from "vitest";
import { partitionOfBroker1 } from "../../metadata/image/image.test-data.js";
import { readBatches } from "../../protocol/records/batch.js";
import { batchOf, logConfig, memoryFiles, openStore, StillClock, topicId } from "../../storage/storage.test-data.js";
import { Partition } from "./partition.js";
import { PartitionShardLog } from "./partition-shard-log.js";
import { withoutPeers } from "./replication.test-data.js";

test("a coordinator loads all that is left of its log, though retention takes the oldest away meanwhile", async () => {
  const clock = new StillClock();
  const store = await openStore(memoryFiles());
  const bytesOfOne = batchOf(1).length;
  const config = { ...logConfig, segmentBytes: bytesOfOne };
  const which = { topic: "t", topicId, index: 0, nodeId: 1, clock, store, config };
  const partition = new Partition({ ...which, ...withoutPeers(clock) });
  partition.apply({ ...partitionOfBroker1, leaderEpoch: 3 });
  for (let appended = 0; appended < 5; appended++) partition.append(batchOf(1), "coordinator", -1);
  const loaded: number[] = [];
  for await (const slice of new PartitionShardLog(partition).read(0)) {
    loaded.push(...readBatches(slice).batches.map(({ baseOffset }) => baseOffset));
    if (loaded.length === 1) partition.deleteRecordsBefore(3);
  }
  expect(loaded).toEqual([0, 3, 4]);
});

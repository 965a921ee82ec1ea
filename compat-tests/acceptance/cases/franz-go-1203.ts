import { ListOffsets } from "../../../src/protocol/messages/02-list-offsets.js";
import { Metadata } from "../../../src/protocol/messages/03-metadata.js";
import { OffsetForLeaderEpoch } from "../../../src/protocol/messages/23-offset-for-leader-epoch.js";
import { readBatches } from "../../../src/protocol/records/batch.js";
import type { WireClient } from "../../../tests/support/wire-client.js";
import { acceptanceCase } from "../case.js";
import {
  batchOf,
  connectToLeader,
  createTopic,
  expectError,
  expectSame,
  expectThat,
  fetchOnce,
  produce,
} from "../steps.js";

const END = -1;
const CONSUMER = -1;

export const franzGo1203 = acceptanceCase({
  id: "franz-go-1203",
  origin: "https://github.com/twmb/franz-go/pull/1203",
  title: "A broker that has leader epochs gives them in all its answers, and the same one",
  steps: `
    Send 3 records. Metadata 9, the header of the fetched batch, ListOffsets 5 for the end, and OffsetForLeaderEpoch 4
    for this epoch give one and the same epoch, which is not -1; the last also the end offset 3. A Fetch with this
    epoch is served; one with the next epoch is UNKNOWN_LEADER_EPOCH.`,
  run: async (broker) => {
    const topic = await createTopic(broker);
    const leader = await connectToLeader(broker, topic);
    await produce(leader, topic, batchOf(["a", "b", "c"]));
    const { topics } = await leader.request(Metadata, 9, { topics: [{ name: topic }] });
    const epoch = topics[0]?.partitions[0]?.leaderEpoch ?? -1;
    expectThat(epoch >= 0, `the leader epoch in Metadata is ${epoch}`);
    const fetched = await fetchOnce(leader, topic, 0, { version: 11, currentLeaderEpoch: epoch });
    expectError("Fetch with this epoch", fetched.errorCode, "NONE");
    const { batches } = readBatches(fetched.records ?? new Uint8Array());
    expectSame("the epoch of the batch", batches[0]?.leaderEpoch, epoch);
    expectSame("what ListOffsets says", await endOf(leader, topic), { offset: 3, leaderEpoch: epoch });
    const answer = await leader.request(OffsetForLeaderEpoch, 4, {
      replicaId: CONSUMER,
      topics: [{ topic, partitions: [{ partition: 0, currentLeaderEpoch: epoch, leaderEpoch: epoch }] }],
    });
    const { errorCode, leaderEpoch, endOffset } = answer.topics[0]?.partitions[0] ?? {};
    expectSame(
      "what OffsetForLeaderEpoch says",
      { errorCode, leaderEpoch, endOffset },
      {
        ...{ errorCode: 0, leaderEpoch: epoch, endOffset: 3 },
      },
    );
    const ahead = await fetchOnce(leader, topic, 0, { version: 11, currentLeaderEpoch: epoch + 1 });
    expectError("Fetch with the next epoch", ahead.errorCode, "UNKNOWN_LEADER_EPOCH");
  },
});

async function endOf(leader: WireClient, topic: string) {
  const { topics } = await leader.request(ListOffsets, 5, {
    replicaId: CONSUMER,
    topics: [{ name: topic, partitions: [{ partitionIndex: 0, timestamp: END }] }],
  });
  const { offset, leaderEpoch } = topics[0]?.partitions[0] ?? {};
  return { offset, leaderEpoch };
}

import { OffsetCommit } from "../../../src/protocol/messages/08-offset-commit.js";
import { OffsetFetch } from "../../../src/protocol/messages/09-offset-fetch.js";
import { acceptanceCase } from "../case.js";
import { connectToCoordinator, createTopic, expectError, expectSame } from "../steps.js";

/** KIP-320: without the epoch a consumer that resumes cannot see that the log was cut. */
export const redpanda9850 = acceptanceCase({
  id: "redpanda-9850",
  origin: "https://github.com/redpanda-data/redpanda/issues/9850",
  title: "The leader epoch of a committed offset comes back, however the offset is asked for",
  steps: `
    Commit offset 5 with leader epoch 0, and offset 7 of a second partition without an epoch. OffsetFetch version 5
    for these partitions, for all topics (null), and version 8 in a batch of groups: each time the epochs are 0 and
    -1.`,
  run: async (broker) => {
    const topic = await createTopic(broker, { partitions: 2 });
    const groupId = broker.name("group");
    const coordinator = await connectToCoordinator(broker, groupId);
    const committed = await coordinator.request(OffsetCommit, 7, {
      groupId,
      topics: [
        {
          name: topic,
          partitions: [
            { partitionIndex: 0, committedOffset: 5, committedLeaderEpoch: 0, committedMetadata: null },
            { partitionIndex: 1, committedOffset: 7, committedMetadata: null },
          ],
        },
      ],
    });
    for (const { errorCode } of committed.topics[0]?.partitions ?? []) expectError("OffsetCommit", errorCode, "NONE");
    const wanted = [
      { committedOffset: 5, committedLeaderEpoch: 0 },
      { committedOffset: 7, committedLeaderEpoch: -1 },
    ];
    const named = [{ name: topic, partitionIndexes: [0, 1] }];
    for (const topics of [named, null]) {
      const answer = await coordinator.request(OffsetFetch, 5, { groupId, topics });
      expectSame(topics === null ? "of all topics" : "of these partitions", epochsOf(answer.topics), wanted);
      const grouped = await coordinator.request(OffsetFetch, 8, { groups: [{ groupId, topics }] });
      expectSame("in a batch of groups", epochsOf(grouped.groups[0]?.topics ?? []), wanted);
    }
  },
});

interface Committed {
  readonly partitionIndex: number;
  readonly committedOffset: number;
  readonly committedLeaderEpoch: number;
}

function epochsOf(topics: readonly { readonly partitions: readonly Committed[] }[]) {
  const partitions = [...(topics[0]?.partitions ?? [])].sort((one, other) => one.partitionIndex - other.partitionIndex);
  return partitions.map(({ committedOffset, committedLeaderEpoch }) => ({ committedOffset, committedLeaderEpoch }));
}

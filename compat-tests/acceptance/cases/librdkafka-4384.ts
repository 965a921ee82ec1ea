import { OffsetCommit } from "../../../src/protocol/messages/08-offset-commit.js";
import { OffsetFetch } from "../../../src/protocol/messages/09-offset-fetch.js";
import type { WireClient } from "../../../tests/support/wire-client.js";
import { acceptanceCase } from "../case.js";
import { connectToCoordinator, createTopic, expectError, expectSame } from "../steps.js";

const NO_EPOCH = -1;

export const librdkafka4384 = acceptanceCase({
  id: "librdkafka-4384",
  origin: "https://github.com/confluentinc/librdkafka/issues/4384",
  title: "An offset that was committed without a leader epoch comes back without one",
  steps: `
    The broker filled in an epoch that the client had not committed; librdkafka took the offset that it stored next,
    again without an epoch, for older, and committed nothing any more. Here a group commits an offset with epoch -1,
    with an epoch, and by a version that has none: OffsetFetch gives the epoch back as it was committed, in all its
    forms.`,
  run: async (broker) => {
    const topic = await createTopic(broker);
    const groupId = broker.name("group");
    const coordinator = await connectToCoordinator(broker, groupId);
    const commit = async (version: number, committedOffset: number, committedLeaderEpoch: number) => {
      const partitions = [{ partitionIndex: 0, committedOffset, committedLeaderEpoch, committedMetadata: "" }];
      const { topics } = await coordinator.request(OffsetCommit, version, {
        groupId,
        topics: [{ name: topic, partitions }],
      });
      expectError(`OffsetCommit ${version}`, topics[0]?.partitions[0]?.errorCode, "NONE");
      for (const [how, committed] of await committedOffsets(coordinator, groupId, topic)) {
        expectSame(
          `${how} of an offset committed by version ${version}`,
          [committed?.committedOffset, committed?.committedLeaderEpoch],
          [committedOffset, committedLeaderEpoch],
        );
      }
    };
    await commit(8, 10, NO_EPOCH);
    await commit(8, 11, 0);
    // What librdkafka stores when the application names only an offset.
    await commit(8, 12, NO_EPOCH);
    await commit(8, 13, 0);
    // Clients older than KIP-320 know no epochs.
    await commit(5, 14, NO_EPOCH);
  },
});

/** What OffsetFetch says, by each way to ask: for this partition or for all, the old shape of the request and the new. */
async function committedOffsets(coordinator: WireClient, groupId: string, topic: string) {
  const topics = [{ name: topic, partitionIndexes: [0] }];
  const old = (asked: typeof topics | null) => coordinator.request(OffsetFetch, 7, { groupId, topics: asked });
  const grouped = (asked: typeof topics | null) =>
    coordinator.request(OffsetFetch, 9, { groups: [{ groupId, topics: asked }] });
  return [
    ["OffsetFetch 7", (await old(topics)).topics[0]?.partitions[0]],
    ["OffsetFetch 7 of all", (await old(null)).topics[0]?.partitions[0]],
    ["OffsetFetch 9", (await grouped(topics)).groups[0]?.topics[0]?.partitions[0]],
    ["OffsetFetch 9 of all", (await grouped(null)).groups[0]?.topics[0]?.partitions[0]],
  ] as const;
}

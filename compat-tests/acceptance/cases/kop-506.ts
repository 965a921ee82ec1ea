import { ListOffsets } from "../../../src/protocol/messages/02-list-offsets.js";
import { Metadata } from "../../../src/protocol/messages/03-metadata.js";
import { needsAutomaticCreation, untilItHasALeader } from "../automatic-creation.js";
import { acceptanceCase } from "../case.js";
import { connectToLeader, eventually, expectError, expectSame } from "../steps.js";

const END = -1;

export const kop506 = acceptanceCase({
  id: "kop-506",
  origin: "https://github.com/streamnative/kop/pull/506",
  title: "A topic that Metadata has created is there, for everybody, and stays as it was made",
  steps: `
    Automatic creation of topics is on. Metadata 1 (in which nothing can forbid it) names a topic that does not exist,
    until it has a leader: no answer but LEADER_NOT_AVAILABLE or UNKNOWN_TOPIC_OR_PARTITION on the way. Then the
    leader itself knows it (end offset 0); a second connection finds the same partitions; and Metadata for a name that
    is none is INVALID_TOPIC_EXCEPTION.`,
  run: async (broker) => {
    await needsAutomaticCreation(broker);
    const topic = broker.name("unasked");
    const partitions = await untilItHasALeader(broker, [topic], 1);
    const leader = await connectToLeader(broker, topic);
    await eventually("the leader gives the end offset", async () => {
      const { topics } = await leader.request(ListOffsets, 5, {
        replicaId: -1,
        topics: [{ name: topic, partitions: [{ partitionIndex: 0, timestamp: END }] }],
      });
      const [end] = topics[0]?.partitions ?? [];
      return end?.errorCode === 0 && end.offset === 0;
    });
    expectSame("the partitions, asked again", await untilItHasALeader(broker, [topic], 1), partitions);
    const { topics } = await leader.request(Metadata, 1, { topics: [{ name: "not a name" }] });
    expectError("a name that is none", topics[0]?.errorCode, "INVALID_TOPIC_EXCEPTION");
  },
});

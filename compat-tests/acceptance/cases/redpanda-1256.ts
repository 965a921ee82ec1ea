import { Produce } from "../../../src/protocol/messages/00-produce.js";
import { needsAutomaticCreation, untilItHasALeader } from "../automatic-creation.js";
import { acceptanceCase, type BrokerUnderTest } from "../case.js";
import { batchOf, connectToLeader, eventually, expectSame, fetchOnce, produceTo, recordsIn } from "../steps.js";

export const redpanda1256 = acceptanceCase({
  id: "redpanda-1256",
  origin: "https://github.com/redpanda-data/redpanda/issues/1256",
  title: "Records go to topics that did not exist, in whatever order",
  steps: `
    Automatic creation of topics is on. For five topics that do not exist, as a producer does: Metadata 7 that allows
    to create them, until each has a leader; then a record to each, the last topic first. Each is acknowledged, at
    offset 0.`,
  run: async (broker) => {
    await needsAutomaticCreation(broker);
    const topics = Array.from({ length: 5 }, (_, index) => broker.name(`unasked-${index}`));
    await untilItHasALeader(broker, topics);
    for (const topic of topics.reverse()) await produceAndRead(broker, topic);
  },
});

async function produceAndRead(broker: BrokerUnderTest, topic: string): Promise<void> {
  const leader = await connectToLeader(broker, topic);
  let acknowledgedAt: number | undefined;
  // The name of the leader may be known a moment before it leads.
  await eventually(`${topic} takes a record`, async () => {
    const { responses } = await leader.request(Produce, 7, produceTo(topic, batchOf([topic])));
    const { errorCode, baseOffset } = responses[0]?.partitionResponses[0] ?? {};
    if (errorCode === 0) acknowledgedAt = baseOffset;
    return errorCode === 0;
  });
  expectSame(`the offset in ${topic}`, acknowledgedAt, 0);
  const { records } = await fetchOnce(leader, topic, 0);
  expectSame(
    `what is in ${topic}`,
    recordsIn(records).map(({ value }) => value),
    [topic],
  );
}

import { Produce } from "../../../src/protocol/messages/00-produce.js";
import { acceptanceCase } from "../case.js";
import {
  batchOf,
  connectToLeader,
  createTopic,
  expectError,
  expectSame,
  fetchOnce,
  producerIdentity,
  produceTo,
  recordsIn,
} from "../steps.js";

export const redpanda22670 = acceptanceCase({
  id: "redpanda-22670",
  origin: "https://github.com/redpanda-data/redpanda/issues/22670",
  title: "An idempotent producer that the partition has forgotten goes on with its next sequence",
  steps: `
    A broker forgets producers that have long been silent. librdkafka does not, and its next batch has sequence 7: it
    was refused as OUT_OF_ORDER_SEQUENCE_NUMBER, and the producer was dead. Here the partition never knew the
    producer, which is the same to it: the batch with sequence 7 is taken, the one after it too, a retry of either is
    answered with its first offset and appends nothing, and only a real gap is out of order.`,
  run: async (broker) => {
    const topic = await createTopic(broker);
    const leader = await connectToLeader(broker, topic);
    const { id, epoch } = await producerIdentity(leader);
    const send = async (baseSequence: number, ...values: string[]) => {
      const batch = batchOf(values, { producer: { id, epoch, baseSequence } });
      const { responses } = await leader.request(Produce, 9, produceTo(topic, batch));
      return responses[0]?.partitionResponses[0];
    };
    const isTaken = async (offset: number, baseSequence: number, ...values: string[]) => {
      const answer = await send(baseSequence, ...values);
      expectError(`a batch with sequence ${baseSequence}`, answer?.errorCode, "NONE");
      expectSame(`the offset of sequence ${baseSequence}`, answer?.baseOffset, offset);
    };
    await isTaken(0, 7, "seven", "eight");
    await isTaken(2, 9, "nine");
    await isTaken(0, 7, "seven", "eight");
    await isTaken(2, 9, "nine");
    expectError("a batch with a gap before it", (await send(11, "eleven"))?.errorCode, "OUT_OF_ORDER_SEQUENCE_NUMBER");
    await isTaken(3, 10, "ten");
    const { records } = await fetchOnce(leader, topic, 0);
    expectSame(
      "the log",
      recordsIn(records).map(({ value }) => value),
      ["seven", "eight", "nine", "ten"],
    );
  },
});

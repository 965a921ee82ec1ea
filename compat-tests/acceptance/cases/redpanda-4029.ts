import { Produce } from "../../../src/protocol/messages/00-produce.js";
import { acceptanceCase } from "../case.js";
import { connectToLeader, createTopic, eventually, expectError, expectSame } from "../steps.js";
import { fetchCommitted, readCommitted, transactionalProducer } from "../transactions.js";

const PRODUCERS = 4;
const VALUES = ["one", "two", "three"];

export const redpanda4029 = acceptanceCase({
  id: "redpanda-4029",
  origin: "https://github.com/redpanda-data/redpanda/issues/4029",
  title: "A producer of Flink's pool may begin where the sequence of another ended",
  steps: `
    Flink writes each checkpoint in a transaction of another transactional id of its pool, and forgets to begin with
    sequence 0. Four transactional ids in turn: InitProducerId, AddPartitionsToTxn, a batch of three records, EndTxn;
    the first sequence is 0, 3, 6 and 9. No partition knows these producers, so each batch is acknowledged: a
    read_committed Fetch gives all 12 records.`,
  run: async (broker) => {
    const topic = await createTopic(broker);
    const leader = await connectToLeader(broker, topic);
    for (let number = 0; number < PRODUCERS; number++) {
      const producer = await transactionalProducer(broker, `flink-0-${number}`);
      expectError("InitProducerId", (await producer.init(4)).errorCode, "NONE");
      const added = await producer.add(3, topic);
      const [result] = added.resultsByTopicV3AndBelow[0]?.resultsByPartition ?? [];
      expectError("AddPartitionsToTxn", result?.partitionErrorCode, "NONE");
      producer.sequence = number * VALUES.length;
      const { responses } = await leader.request(Produce, 9, producer.produceRequest(topic, VALUES));
      const answer = responses[0]?.partitionResponses[0];
      expectError(`Produce with sequence ${producer.sequence}`, answer?.errorCode, "NONE");
      expectError("EndTxn", (await producer.end(3, true)).errorCode, "NONE");
    }
    await eventually("all transactions are ended", async () => {
      const { lastStableOffset, highWatermark } = await fetchCommitted(leader, topic, 0);
      return lastStableOffset === highWatermark && highWatermark === PRODUCERS * (VALUES.length + 1);
    });
    const shown = await readCommitted(leader, topic);
    expectSame("the values that are shown", shown, Array(PRODUCERS).fill(VALUES).flat());
  },
});

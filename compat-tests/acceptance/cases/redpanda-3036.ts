import { Produce } from "../../../src/protocol/messages/00-produce.js";
import { acceptanceCase } from "../case.js";
import {
  batchOf,
  connectToLeader,
  createTopic,
  eventually,
  expectError,
  expectSame,
  produce,
  recordsIn,
} from "../steps.js";
import { fetchCommitted, readCommitted, transactionalProducer } from "../transactions.js";

export const redpanda3036 = acceptanceCase({
  id: "redpanda-3036",
  origin: "https://github.com/redpanda-data/redpanda/pull/3036",
  title: "The first record of an open transaction is not shown, nor is it once aborted",
  steps: `
    One plain record, then one record in a transaction that stays open. A read_committed Fetch from 0 gives the plain
    record and nothing else, from 1 nothing at all; the last stable offset is 1. Abort it: from 0 again the plain
    record only, and the list of aborted transactions has it from offset 1 on. A record after the marker is shown.`,
  run: async (broker) => {
    const topic = await createTopic(broker);
    const leader = await connectToLeader(broker, topic);
    await produce(leader, topic, batchOf(["plain"]));
    const producer = await transactionalProducer(broker);
    expectError("InitProducerId", (await producer.init(4)).errorCode, "NONE");
    const added = await producer.add(3, topic);
    const [result] = added.resultsByTopicV3AndBelow[0]?.resultsByPartition ?? [];
    expectError("AddPartitionsToTxn", result?.partitionErrorCode, "NONE");
    const { responses } = await leader.request(Produce, 9, producer.produceRequest(topic, ["open"]));
    expectError("Produce in the transaction", responses[0]?.partitionResponses[0]?.errorCode, "NONE");

    const open = await fetchCommitted(leader, topic, 0);
    expectSame("the last stable offset", open.lastStableOffset, 1);
    const offsets = recordsIn(open.records).map(({ offset }) => offset);
    expectSame("the offsets that are shown while it is open", offsets, [0]);
    const atIt = await fetchCommitted(leader, topic, 1);
    expectSame("the records at the open transaction", recordsIn(atIt.records), []);

    expectError("EndTxn", (await producer.end(3, false)).errorCode, "NONE");
    await produce(leader, topic, batchOf(["after"]));
    await eventually("the transaction is ended", async () => {
      const { lastStableOffset, highWatermark } = await fetchCommitted(leader, topic, 0);
      return lastStableOffset === highWatermark;
    });
    const ended = await fetchCommitted(leader, topic, 0);
    expectSame("the aborted transactions", ended.abortedTransactions, [
      { producerId: producer.producerId, firstOffset: 1 },
    ]);
    expectSame("the values that are shown in the end", await readCommitted(leader, topic), ["plain", "after"]);
  },
});

import { errors } from "../../../src/protocol/errors.js";
import { Produce } from "../../../src/protocol/messages/00-produce.js";
import type { WireClient } from "../../../tests/support/wire-client.js";
import { acceptanceCase } from "../case.js";
import {
  batchOfNow,
  connectToLeader,
  createTopic,
  eventually,
  expectError,
  expectSame,
  fetchOnce,
  producerIdentity,
  produceTo,
  recordsIn,
} from "../steps.js";

/** So many a producer may have in flight, and so many the broker must know again. */
const BATCHES = 5;

export const redpanda3039 = acceptanceCase({
  id: "redpanda-3039",
  origin: "https://github.com/redpanda-data/redpanda/issues/3039",
  title: "What an idempotent producer sends again is stored once, also after the broker was killed",
  steps: `
    An idempotent producer sends five batches of two records, all acknowledged, and sends all five again: each is
    answered with its first offset. Ask for kill-broker, connect again, and send them a third time: the last one is
    answered with its first offset, the others so, or with OUT_OF_ORDER_SEQUENCE_NUMBER. There are exactly 10 records.
    The next sequence is accepted at offset 10; one beyond it is OUT_OF_ORDER_SEQUENCE_NUMBER.`,
  deeds: ["kill-broker"],
  run: async (broker) => {
    const topic = await createTopic(broker);
    const leader = await connectToLeader(broker, topic);
    const identity = await producerIdentity(leader);
    const send = async (to: WireClient, number: number) => {
      const producer = { ...identity, baseSequence: 2 * number };
      const records = batchOfNow([`${number}-one`, `${number}-two`], producer);
      let answer: { errorCode: number; baseOffset: number } | undefined;
      // After the kill the name of the leader is known a moment before it leads: clients try again then.
      await eventually("the partition is led", async () => {
        const { responses } = await to.request(Produce, 9, produceTo(topic, records));
        answer = responses[0]?.partitionResponses[0];
        return answer?.errorCode !== errors.NOT_LEADER_OR_FOLLOWER.code;
      });
      return answer;
    };
    const sendAll = async (to: WireClient) => {
      const offsets: (number | undefined)[] = [];
      for (let number = 0; number < BATCHES; number++) {
        const answer = await send(to, number);
        expectError(`batch ${number}`, answer?.errorCode, "NONE");
        offsets.push(answer?.baseOffset);
      }
      return offsets;
    };
    const offsets = [0, 2, 4, 6, 8];
    expectSame("the offsets at first", await sendAll(leader), offsets);
    expectSame("the offsets of the same again", await sendAll(leader), offsets);
    await broker.ask({ ask: "kill-broker" });
    const after = await connectToLeader(broker, topic);
    const last = await send(after, BATCHES - 1);
    expectError("the last batch after the kill", last?.errorCode, "NONE");
    expectSame("its offset after the kill", last?.baseOffset, offsets.at(-1));
    for (let number = 0; number < BATCHES - 1; number++) {
      // Kafka keeps only the last batch of a producer through a restart; it refuses the others, and does not store them.
      const answer = await send(after, number);
      expectError(`batch ${number} after the kill`, answer?.errorCode, "NONE", "OUT_OF_ORDER_SEQUENCE_NUMBER");
    }
    const { records } = await fetchOnce(after, topic, 0);
    expectSame("how many records there are", recordsIn(records).length, 2 * BATCHES);
    expectError("a gap", (await send(after, BATCHES + 1))?.errorCode, "OUT_OF_ORDER_SEQUENCE_NUMBER");
    const next = await send(after, BATCHES);
    expectError("the next sequence", next?.errorCode, "NONE");
    expectSame("its offset", next?.baseOffset, 2 * BATCHES);
  },
});

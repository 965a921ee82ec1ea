import { OffsetFetch } from "../../../src/protocol/messages/09-offset-fetch.js";
import { AddOffsetsToTxn } from "../../../src/protocol/messages/25-add-offsets-to-txn.js";
import { TxnOffsetCommit } from "../../../src/protocol/messages/28-txn-offset-commit.js";
import { acceptanceCase } from "../case.js";
import { connectToCoordinator, createTopic, eventually, expectError, expectSame } from "../steps.js";
import { transactionalProducer } from "../transactions.js";

const TRANSACTION_TIMEOUT_MS = 2_000;
/** Kafka looks for transactions that are out of time every ten seconds. */
const ABORTED_WITHIN_MS = 40_000;

export const redpanda6423 = acceptanceCase({
  id: "redpanda-6423",
  origin: "https://github.com/redpanda-data/redpanda/issues/6423",
  title: "Offsets of a transaction whose producer never comes back become stable again",
  steps: `
    A producer with a transaction timeout of 2 s commits offset 7 for a group in a transaction, and is gone.
    OffsetFetch 7 that requires stable offsets: UNSTABLE_OFFSET_COMMIT, while one that does not gives -1. Within 40 s,
    without the producer, it gives -1 and no error. A producer with another transactional id can then commit offset 9
    in a transaction.`,
  run: async (broker) => {
    const topic = await createTopic(broker);
    const groupId = broker.name("group");
    const coordinator = await connectToCoordinator(broker, groupId);
    const commitIn = async (suffix: string, committedOffset: number) => {
      const producer = await transactionalProducer(broker, suffix);
      const initialised = await producer.init(4, { transactionTimeoutMs: TRANSACTION_TIMEOUT_MS });
      expectError("InitProducerId", initialised.errorCode, "NONE");
      const transactions = await connectToCoordinator(broker, producer.transactionalId, "transaction");
      const added = await transactions.request(AddOffsetsToTxn, 3, { ...producer.identity, groupId });
      expectError("AddOffsetsToTxn", added.errorCode, "NONE");
      const { topics } = await coordinator.request(TxnOffsetCommit, 3, {
        ...producer.identity,
        groupId,
        topics: [{ name: topic, partitions: [{ partitionIndex: 0, committedOffset, committedMetadata: null }] }],
      });
      expectError("TxnOffsetCommit", topics[0]?.partitions[0]?.errorCode, "NONE");
      return producer;
    };
    const committed = async (requireStable: boolean) => {
      const topics = [{ name: topic, partitionIndexes: [0] }];
      const answer = await coordinator.request(OffsetFetch, 7, { groupId, topics, requireStable });
      return answer.topics[0]?.partitions[0];
    };
    await commitIn("first", 7);
    expectError("while it is open", (await committed(true))?.errorCode, "UNSTABLE_OFFSET_COMMIT");
    expectSame("the offset for who does not require it", (await committed(false))?.committedOffset, -1);
    await eventually(
      "the offsets are stable again",
      async () => (await committed(true))?.errorCode === 0,
      ABORTED_WITHIN_MS,
    );
    expectSame("the offset of an aborted transaction", (await committed(true))?.committedOffset, -1);
    const second = await commitIn("second", 9);
    expectError("EndTxn", (await second.end(3, true)).errorCode, "NONE");
    await eventually("offset 9 is committed", async () => (await committed(true))?.committedOffset === 9);
  },
});

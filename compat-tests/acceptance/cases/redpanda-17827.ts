import { DeleteTopics } from "../../../src/protocol/messages/20-delete-topics.js";
import { EndTxn } from "../../../src/protocol/messages/26-end-txn.js";
import { DescribeTransactions } from "../../../src/protocol/messages/65-describe-transactions.js";
import { acceptanceCase, type BrokerUnderTest } from "../case.js";
import { connectToCoordinator, connectToLeader, createTopic, eventually, expectError, expectSame } from "../steps.js";
import { readCommitted, TransactionalWriter, TXN_VERSION } from "../transactions.js";

const GONE_CLIENTS = 10;

export const redpanda17827 = acceptanceCase({
  id: "redpanda-17827",
  origin: "https://github.com/redpanda-data/redpanda/issues/17827",
  title: "A transaction that is being ended ends, whatever became of its client and its topics",
  steps: `
    Transactions stayed in PrepareCommit; EndTxn answered INVALID_TXN_STATE, and InitProducerId failed for ever, also
    after a restart of the client. Here ten clients send EndTxn and are gone without its answer; the next one of the
    same transactional id gets a producer id, and of each the two partitions show the record or neither does. EndTxn
    is sent twice: the repetition has the same answer. A topic is deleted while a transaction writes to it and to
    another: the commit succeeds, the other topic shows its record, and the transactional id can be used again.`,
  run: async (broker) => {
    const topic = await createTopic(broker, { partitions: 2 });
    for (let client = 0; client < GONE_CLIENTS; client++) {
      const writer = await TransactionalWriter.start(broker);
      for (const partition of [0, 1]) await writer.write(topic, `of client ${client}`, partition);
      const { identity, transactionalId } = writer.producer;
      const gone = await connectToCoordinator(broker, transactionalId, "transaction");
      gone.sendOnly(EndTxn, TXN_VERSION, { ...identity, committed: true });
      gone.close();
    }
    const writer = await TransactionalWriter.start(broker);
    await isOver(broker, writer);
    const values = await committedIn(broker, topic, 0);
    await shows(broker, topic, 1, values);

    await writer.write(topic, "ended twice");
    await writer.end(true);
    await writer.end(true, "EndTxn once more");

    const doomed = await createTopic(broker, { suffix: "doomed" });
    await writer.write(topic, "beside a deleted topic");
    await writer.write(doomed, "lost");
    const connection = await broker.connect();
    const { responses } = await connection.request(DeleteTopics, 1, { topicNames: [doomed], timeoutMs: 10_000 });
    expectError("DeleteTopics", responses[0]?.errorCode, "NONE");
    await writer.end(true, "EndTxn after the topic was deleted");
    await isOver(broker, writer);
    await shows(broker, topic, 0, [...values, "ended twice", "beside a deleted topic"]);

    const next = await TransactionalWriter.start(broker);
    await next.write(topic, "afterwards");
    await next.end(true, "EndTxn in the end");
    await shows(broker, topic, 0, [...values, "ended twice", "beside a deleted topic", "afterwards"]);
  },
});

async function isOver(broker: BrokerUnderTest, { producer }: TransactionalWriter): Promise<void> {
  const { transactionalId } = producer;
  const coordinator = await connectToCoordinator(broker, transactionalId, "transaction");
  await eventually("the transaction is over", async () => {
    const asked = { transactionalIds: [transactionalId] };
    const { transactionStates } = await coordinator.request(DescribeTransactions, 0, asked);
    return transactionStates.every(({ transactionState }) => !transactionState.startsWith("Prepare"));
  });
}

async function committedIn(broker: BrokerUnderTest, topic: string, partition: number): Promise<(string | null)[]> {
  return await readCommitted(await connectToLeader(broker, topic, partition), topic, { partition });
}

async function shows(broker: BrokerUnderTest, topic: string, partition: number, values: readonly unknown[]) {
  let seen: readonly unknown[] = [];
  const isWhole = async () => {
    seen = await committedIn(broker, topic, partition);
    return seen.length === values.length;
  };
  await eventually("as many records are shown", isWhole).catch(() => {});
  expectSame(`the committed records of partition ${partition}`, seen, values);
}

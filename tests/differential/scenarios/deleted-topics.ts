/** Topics that go while a transaction or a group still has to do with them. */
import { OffsetFetch } from "../../../src/protocol/messages/09-offset-fetch.js";
import { DeleteTopics } from "../../../src/protocol/messages/20-delete-topics.js";
import { DescribeTransactions } from "../../../src/protocol/messages/65-describe-transactions.js";
import { type Connection, scenario } from "../scenario.js";
import { ended, readCommitted, TransactionalProducer } from "../transaction-steps.js";

/** The last way to ask by name. */
function deleteTopic(connection: Connection, name: string) {
  return connection.send(DeleteTopics, 5, { topicNames: [name], timeoutMs: 5_000 });
}

/** Of either generation, to either end: the markers of the other partitions are written all the same. */
export const transactionOverDeletedTopic = scenario("transaction-over-deleted-topic", async (session) => {
  const connection = await session.connect();
  await session.topic("deletion-survivor");
  await session.transactionCoordinator("over-deleted-topic");
  for (const [endVersion, commits] of [
    [3, true],
    [3, false],
    [5, true],
    [5, false],
  ] as const) {
    const name = `deleted-in-transaction-${endVersion}-${commits}`;
    await session.topic(name);
    const producer = new TransactionalProducer(connection, "over-deleted-topic");
    await producer.init(5);
    await producer.add(3, name);
    await producer.add(3, "deletion-survivor");
    await producer.produce(11, "deletion-survivor", name);
    await deleteTopic(connection, name);
    await producer.add(3, name);
    await producer.produce(11, name, "too late");
    await connection.send(DescribeTransactions, 0, { transactionalIds: ["over-deleted-topic"] });
    await producer.end(endVersion, commits);
    await ended(connection, "over-deleted-topic");
    await readCommitted(connection, "deletion-survivor");
  }
});

/** Nothing but the topic that is gone. */
export const transactionOfNothingElse = scenario("transaction-of-a-deleted-topic-alone", async (session) => {
  const connection = await session.connect();
  await session.topic("deleted-alone");
  await session.transactionCoordinator("deleted-alone");
  const producer = new TransactionalProducer(connection, "deleted-alone");
  await producer.init(5);
  await producer.produce(12, "deleted-alone", "gone");
  await deleteTopic(connection, "deleted-alone");
  await producer.end(5, true);
  await ended(connection, "deleted-alone");
  await connection.send(OffsetFetch, 7, {
    groupId: "deleted-alone",
    topics: [{ name: "deleted-alone", partitionIndexes: [0] }],
  });
});

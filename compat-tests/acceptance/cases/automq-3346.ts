import { Fetch } from "../../../src/protocol/messages/01-fetch.js";
import { Metadata } from "../../../src/protocol/messages/03-metadata.js";
import type { WireClient } from "../../../tests/support/wire-client.js";
import { acceptanceCase, type BrokerUnderTest } from "../case.js";
import {
  batchOf,
  connectToLeader,
  createTopic,
  eventually,
  expectError,
  expectSame,
  expectThat,
  produce,
} from "../steps.js";
import {
  committedValuesIn,
  fetchCommitted,
  READ_COMMITTED,
  readCommitted,
  TransactionalWriter,
} from "../transactions.js";

/** The first with transactions, kafkajs's, and the first with tagged fields. */
const fetchVersions = [4, 11, 12] as const;
/** So many that one of them has the leader that is wanted. */
const OTHER_PARTITIONS = 6;

export const automq3346 = acceptanceCase({
  id: "automq-3346",
  origin: "https://github.com/AutoMQ/automq/pull/3346",
  title: "A read_committed Fetch that finds no bytes is answered like any other",
  steps: `
    Nothing to give is no error, whatever the reason: the partition is empty, an open transaction holds the first
    record back, the offset is the end of the log, or another partition of the request has used up max_bytes. After
    the abort the records come with the transaction in the list of aborted ones; a reader takes none of them, and the
    next committed one.`,
  run: async (broker) => {
    const topic = await createTopic(broker);
    const leader = await connectToLeader(broker, topic);
    const isEmpty = async (why: string, offset: number, lastStableOffset: number) => {
      for (const version of fetchVersions) {
        const read = await fetchCommitted(leader, topic, offset, { version });
        expectError(`Fetch ${version}, ${why}`, read.errorCode, "NONE");
        const { records, abortedTransactions } = read;
        expectSame(`the bytes of Fetch ${version}, ${why}`, records?.length, 0);
        expectSame(`the aborted transactions of Fetch ${version}, ${why}`, abortedTransactions ?? [], []);
        expectSame(`the last stable offset of Fetch ${version}, ${why}`, read.lastStableOffset, lastStableOffset);
      }
    };
    await isEmpty("of an empty partition", 0, 0);

    const isStableTo = (offset: number) =>
      eventually(`the last stable offset is ${offset}`, async () => {
        return (await fetchCommitted(leader, topic, 0)).lastStableOffset === offset;
      });
    const writer = await TransactionalWriter.start(broker);
    await writer.write(topic, "aborted");
    await isEmpty("before an open transaction", 0, 0);
    await writer.end(false);
    await isStableTo(2);
    await isEmpty("at the end of the log", 2, 2);
    const after = await fetchCommitted(leader, topic, 0);
    expectSame("what a reader takes of an aborted transaction", committedValuesIn(after), []);
    expectSame("the aborted transactions", after.abortedTransactions, [
      { producerId: writer.producer.producerId, firstOffset: 0 },
    ]);

    await sharedLimitIsNoError(broker, leader, topic);
    await writer.write(topic, "committed");
    await writer.end(true);
    await isStableTo(4);
    expectSame("what a reader takes", await readCommitted(leader, topic), ["committed"]);
  },
});

/** With another partition that the same broker leads, and room for the first batch only. */
async function sharedLimitIsNoError(broker: BrokerUnderTest, leader: WireClient, topic: string): Promise<void> {
  const other = await createTopic(broker, { suffix: "other", partitions: OTHER_PARTITIONS });
  const { topics } = await leader.request(Metadata, 5, { topics: [{ name: topic }, { name: other }] });
  const partitionsOf = (name: string) => topics.find((one) => one.name === name)?.partitions ?? [];
  const leaderId = partitionsOf(topic)[0]?.leaderId;
  const partition = partitionsOf(other).find((one) => one.leaderId === leaderId)?.partitionIndex ?? 0;
  await produce(leader, other, batchOf(["held back"]), { partition });
  const asked = { fetchOffset: 0, partitionMaxBytes: 1 };
  for (const version of fetchVersions) {
    const { responses } = await leader.request(Fetch, version, {
      ...{ maxWaitMs: 100, minBytes: 1, maxBytes: 1, isolationLevel: READ_COMMITTED },
      topics: [
        { topic, partitions: [{ partition: 0, ...asked }] },
        { topic: other, partitions: [{ partition, ...asked }] },
      ],
    });
    const [first, second] = [topic, other].map((name) => responses.find((one) => one.topic === name)?.partitions[0]);
    expectError(`Fetch ${version} of the first partition`, first?.errorCode, "NONE");
    expectError(`Fetch ${version} of the second`, second?.errorCode, "NONE");
    expectThat((first?.records?.length ?? 0) > 0, `Fetch ${version} with max_bytes=1 gave not even the first batch`);
    expectSame(`the bytes of the second partition in Fetch ${version}`, second?.records?.length, 0);
  }
}

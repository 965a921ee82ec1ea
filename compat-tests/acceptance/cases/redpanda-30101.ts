import { errors } from "../../../src/protocol/errors.js";
import { ListOffsets } from "../../../src/protocol/messages/02-list-offsets.js";
import { Metadata } from "../../../src/protocol/messages/03-metadata.js";
import { OffsetForLeaderEpoch } from "../../../src/protocol/messages/23-offset-for-leader-epoch.js";
import { TIMESTAMP_MS } from "../../../tests/differential/requests.js";
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

const LATEST = -1;
const EARLIEST = -2;
const MAX_TIMESTAMP = -3;
const NOTHING = { offset: -1, leaderEpoch: -1 };
/** A broker is named the leader a moment before it knows that, and has to hear of its followers first. */
const notYet = [errors.NOT_LEADER_OR_FOLLOWER, errors.OFFSET_NOT_AVAILABLE];

export const redpanda30101 = acceptanceCase({
  id: "redpanda-30101",
  origin: "https://github.com/redpanda-data/redpanda/pull/30101",
  title: "ListOffsets gives each offset with the leader epoch of its record",
  steps: `
    It gave the epoch of the leader of today; a tool that seeks for a group committed that, and a consumer at the
    older records waited for ever. Three records are written, the leader moves, and one more is written: the earliest
    offset, one by time and the largest timestamp have the epoch of their record, the end has the leader's. A time
    after the last record has no offset and no epoch. OffsetForLeaderEpoch agrees: the first epoch ends where the
    second begins.`,
  brokers: 3,
  run: async (broker) => {
    const topic = await createTopic(broker, { replicas: 3 });
    const first = await leaderEpochOf(broker, topic);
    await produce(await connectToLeader(broker, topic), topic, batchOf(["0", "1", "2"]));
    await broker.ask({ ask: "move-leader", topic });
    const second = await leaderEpochOf(broker, topic);
    expectThat(second > first, `the leader moved, and its epoch went from ${first} to ${second}`);
    const leader = await connectToLeader(broker, topic);

    const ask = async (timestamp: number) => {
      const topics = [{ name: topic, partitions: [{ partitionIndex: 0, timestamp }] }];
      const answer = await leader.request(ListOffsets, 7, { replicaId: -1, topics });
      return answer.topics[0]?.partitions[0];
    };
    const at = async (timestamp: number) => {
      let answer = await ask(timestamp);
      const isEarly = () => notYet.some(({ code }) => code === answer?.errorCode);
      await eventually("the new leader knows the high watermark", async () => {
        if (isEarly()) answer = await ask(timestamp);
        return !isEarly();
      });
      expectError(`ListOffsets at ${timestamp}`, answer?.errorCode, "NONE");
      return { offset: answer?.offset, leaderEpoch: answer?.leaderEpoch };
    };
    const oldRecordsHaveTheirEpoch = async (when: string) => {
      expectSame(`the earliest offset ${when}`, await at(EARLIEST), { offset: 0, leaderEpoch: first });
      expectSame(`an offset by time ${when}`, await at(TIMESTAMP_MS + 1), { offset: 1, leaderEpoch: first });
      expectSame(`the largest timestamp ${when}`, await at(MAX_TIMESTAMP), { offset: 2, leaderEpoch: first });
      expectSame(`a time after the last record ${when}`, await at(TIMESTAMP_MS + 1_000), NOTHING);
    };
    await oldRecordsHaveTheirEpoch("after the move");
    expectSame("the end after the move", await at(LATEST), { offset: 3, leaderEpoch: second });
    await produce(leader, topic, batchOf(["3"]));
    await oldRecordsHaveTheirEpoch("with a record of the new leader");
    expectSame("the end", await at(LATEST), { offset: 4, leaderEpoch: second });

    for (const [asked, endOffset] of [
      [first, 3],
      [second, 4],
    ] as const) {
      const partitions = [{ partition: 0, currentLeaderEpoch: second, leaderEpoch: asked }];
      const { topics } = await leader.request(OffsetForLeaderEpoch, 3, { topics: [{ topic, partitions }] });
      const { leaderEpoch, endOffset: end } = topics[0]?.partitions[0] ?? {};
      expectSame(`the end of epoch ${asked}`, { leaderEpoch, endOffset: end }, { leaderEpoch: asked, endOffset });
    }
  },
});

async function leaderEpochOf(broker: BrokerUnderTest, topic: string): Promise<number> {
  const leader = await connectToLeader(broker, topic);
  const { topics } = await leader.request(Metadata, 9, { topics: [{ name: topic }] });
  return topics[0]?.partitions[0]?.leaderEpoch ?? -1;
}

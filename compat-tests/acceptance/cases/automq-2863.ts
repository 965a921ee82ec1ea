import { Metadata } from "../../../src/protocol/messages/03-metadata.js";
import { OffsetForLeaderEpoch } from "../../../src/protocol/messages/23-offset-for-leader-epoch.js";
import { readBatches } from "../../../src/protocol/records/batch.js";
import type { WireClient } from "../../../tests/support/wire-client.js";
import { acceptanceCase } from "../case.js";
import {
  type BrokerSeen,
  batchOf,
  connectToAll,
  connectToLeader,
  createTopic,
  eventually,
  expectError,
  expectSame,
  fetchOnce,
  produce,
} from "../steps.js";

const ROUNDS = 20;
/** The first whose answer tells of a log that diverges from what the consumer has read. */
const FETCH_VERSION = 12;

export const automq2863 = acceptanceCase({
  id: "automq-2863",
  origin: "https://github.com/AutoMQ/automq/pull/2863",
  title: "No replica tells a consumer that what it has read is gone",
  steps: `
    OffsetForLeaderEpoch gave an end of the epoch that was out of date, and consumers went back to it as if the log
    had been cut. Here a record is written and the epoch's end asked for at once, twenty times, with a move of the
    leader in between: the leader's answer is never below what is acknowledged, and a replica that does not lead says
    so. A consumer that reads on at any replica, from where it has come at that replica and with the epoch of the last
    record, is never told of a divergence.`,
  brokers: 3,
  run: async (broker) => {
    const topic = await createTopic(broker, { replicas: 3 });
    const readers = (await connectToAll(broker, topic)).map((at) => new Reader(at, topic));
    for (let round = 0; round < ROUNDS; round++) {
      if (round === ROUNDS / 2) await broker.ask({ ask: "move-leader", topic });
      const leader = await connectToLeader(broker, topic);
      const { topics } = await leader.request(Metadata, 9, { topics: [{ name: topic }] });
      const { leaderEpoch = -1, leaderId } = topics[0]?.partitions[0] ?? {};
      const end = (await produce(leader, topic, batchOf([`${round}`]))) + 1;
      expectSame("the end of the log", end, round + 1);
      const atLeader = await endOfEpoch(leader, topic, leaderEpoch);
      expectError("OffsetForLeaderEpoch at the leader", atLeader?.errorCode, "NONE");
      expectSame("the end of the epoch at the leader", atLeader?.endOffset, end);
      leader.close();
      for (const reader of readers) {
        await reader.readOn();
        if (reader.at.nodeId === leaderId) continue;
        const answer = await endOfEpoch(reader.at.connection, topic, leaderEpoch);
        expectError("OffsetForLeaderEpoch at a follower", answer?.errorCode, "NOT_LEADER_OR_FOLLOWER");
      }
    }
    for (const reader of readers) {
      await eventually(`broker ${reader.at.nodeId} gives all records`, async () => {
        await reader.readOn();
        return reader.position === ROUNDS;
      });
    }
  },
});

async function endOfEpoch(connection: WireClient, topic: string, leaderEpoch: number) {
  const partitions = [{ partition: 0, leaderEpoch }];
  const { topics } = await connection.request(OffsetForLeaderEpoch, 3, { topics: [{ topic, partitions }] });
  return topics[0]?.partitions[0];
}

/** A consumer that stays with one replica. */
class Reader {
  readonly at: BrokerSeen;
  position = 0;
  readonly #topic: string;
  #lastFetchedEpoch = -1;

  constructor(at: BrokerSeen, topic: string) {
    this.at = at;
    this.#topic = topic;
  }

  async readOn(): Promise<void> {
    const how = { version: FETCH_VERSION, maxWaitMs: 20, lastFetchedEpoch: this.#lastFetchedEpoch };
    const { errorCode, divergingEpoch, records } = await fetchOnce(this.at.connection, this.#topic, this.position, how);
    // A follower that has just become the leader, or the other way, may ask the consumer to look again.
    expectError("Fetch", errorCode, "NONE", "NOT_LEADER_OR_FOLLOWER", "OFFSET_NOT_AVAILABLE");
    expectSame(`the diverging epoch at offset ${this.position}`, divergingEpoch?.endOffset ?? -1, -1);
    const last = readBatches(records ?? new Uint8Array()).batches.at(-1);
    if (last === undefined) return;
    this.position = last.lastOffset + 1;
    this.#lastFetchedEpoch = last.leaderEpoch;
  }
}

import { setTimeout as sleep } from "node:timers/promises";
import { Produce } from "../../../src/protocol/messages/00-produce.js";
import { Metadata } from "../../../src/protocol/messages/03-metadata.js";
import { AlterPartitionReassignments } from "../../../src/protocol/messages/45-alter-partition-reassignments.js";
import { ListPartitionReassignments } from "../../../src/protocol/messages/46-list-partition-reassignments.js";
import type { WireClient } from "../../../tests/support/wire-client.js";
import { acceptanceCase, type BrokerUnderTest } from "../case.js";
import {
  batchOf,
  connectToAll,
  connectToLeader,
  createTopic,
  eventually,
  expectError,
  expectSame,
  expectThat,
  fetchOnce,
  produceTo,
  recordsIn,
} from "../steps.js";

const MOVES = 6;
/** What kafka-go speaks. */
const METADATA_VERSION = 6;
const PRODUCE_VERSION = 7;
const BETWEEN_LOOKS_MS = 5;

export const automq3460 = acceptanceCase({
  id: "automq-3460",
  origin: "https://github.com/AutoMQ/automq/pull/3460",
  title: "A partition that moves to another broker has a leader all the while",
  steps: `
    A writer of kafka-go gives up when Metadata says LEADER_NOT_AVAILABLE, instead of trying again. A partition with
    one replica is reassigned from broker to broker, six times, while every broker is asked for Metadata again and
    again and a writer sends one record after the other to the leader that it is told of: no answer is without a
    leader, and each record is written, at the most after refusals by a broker that leads no longer or not yet.`,
  brokers: 3,
  run: async (broker) => {
    const topic = await createTopic(broker);
    const lookers = await connectToAll(broker, topic);
    const moved = new AbortController();
    const looking = lookers.map(async ({ nodeId, connection }) => {
      for (let looks = 0; !moved.signal.aborted; looks++) {
        expectThat(await hasLeader(connection, topic), `broker ${nodeId}, look ${looks}: no leader`);
        await sleep(BETWEEN_LOOKS_MS);
      }
    });
    const written: string[] = [];
    const writing = (async () => {
      while (!moved.signal.aborted) {
        const value = `${written.length}`;
        await eventually(`record ${value} is written`, () => isWritten(broker, topic, value));
        written.push(value);
      }
    })();
    const brokerIds = lookers.map(({ nodeId }) => nodeId);
    const moving = moveAround(await broker.connect(), topic, brokerIds).finally(() => moved.abort());
    await Promise.all([moving, writing, ...looking]).finally(() => moved.abort());
    const { records } = await fetchOnce(await connectToLeader(broker, topic), topic, 0);
    // A leader that loses the partition before it acknowledges a record may refuse it though it stays.
    expectSame("the records", [...new Set(recordsIn(records).map(({ value }) => value))], written);
  },
});

async function isWritten(broker: BrokerUnderTest, topic: string, value: string): Promise<boolean> {
  const leader = await connectToLeader(broker, topic);
  const request = produceTo(topic, batchOf([value]));
  const { responses } = await leader.request(Produce, PRODUCE_VERSION, request).finally(() => leader.close());
  const errorCode = responses[0]?.partitionResponses[0]?.errorCode;
  expectError("Produce", errorCode, "NONE", "NOT_LEADER_OR_FOLLOWER", "UNKNOWN_TOPIC_OR_PARTITION");
  return errorCode === 0;
}

async function hasLeader(connection: WireClient, topic: string): Promise<boolean> {
  const request = { topics: [{ name: topic }], allowAutoTopicCreation: false };
  const { topics } = await connection.request(Metadata, METADATA_VERSION, request);
  const partition = topics[0]?.partitions[0];
  return topics[0]?.errorCode === 0 && partition?.errorCode === 0 && partition.leaderId >= 0;
}

/** Gives the only replica of partition 0 to each broker in turn. */
async function moveAround(connection: WireClient, topic: string, brokerIds: readonly number[]): Promise<void> {
  const { topics } = await connection.request(Metadata, METADATA_VERSION, { topics: [{ name: topic }] });
  const start = brokerIds.indexOf(topics[0]?.partitions[0]?.leaderId ?? -1);
  for (let move = 1; move <= MOVES; move++) {
    const to = brokerIds[(start + move) % brokerIds.length] ?? -1;
    const { errorCode, responses } = await connection.request(AlterPartitionReassignments, 0, {
      timeoutMs: 10_000,
      topics: [{ name: topic, partitions: [{ partitionIndex: 0, replicas: [to] }] }],
    });
    expectError("AlterPartitionReassignments", errorCode || responses[0]?.partitions[0]?.errorCode, "NONE");
    await eventually(`partition 0 is at broker ${to}`, async () => {
      const asked = { timeoutMs: 10_000, topics: [{ name: topic, partitionIndexes: [0] }] };
      const { topics: underWay } = await connection.request(ListPartitionReassignments, 0, asked);
      if (underWay.length > 0) return false;
      const seen = await connection.request(Metadata, METADATA_VERSION, { topics: [{ name: topic }] });
      return seen.topics[0]?.partitions[0]?.leaderId === to;
    });
  }
}

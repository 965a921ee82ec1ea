/** The topic that the load goes to, and which broker leads which of its partitions. */
import { setTimeout as sleep } from "node:timers/promises";
import { Metadata } from "../../src/protocol/messages/03-metadata.js";
import { CreateTopics } from "../../src/protocol/messages/19-create-topics.js";
import { mustBeNone, worst } from "../groups/broker.js";
import { Connection } from "../groups/connection.js";

export const TOPIC = "bench-cluster";
export const PARTITIONS = 12;
export const REPLICAS = 3;
const CREATE_TOPICS_VERSION = 7;
const METADATA_VERSION = 9;
const TIMEOUT_MS = 60_000;
const BETWEEN_LOOKS_MS = 50;

/** A broker, and the partitions that it leads. */
export interface LedByBroker {
  readonly port: number;
  readonly partitions: readonly number[];
}

/** `port`: of any broker. Back when every partition has all its replicas in sync. */
export async function createTopic(port: number): Promise<readonly LedByBroker[]> {
  const connection = await Connection.connect(port);
  try {
    const { topics } = await connection.call(CreateTopics, CREATE_TOPICS_VERSION, {
      topics: [
        {
          name: TOPIC,
          numPartitions: PARTITIONS,
          replicationFactor: REPLICAS,
          assignments: [],
          configs: [{ name: "min.insync.replicas", value: "2" }],
        },
      ],
      timeoutMs: TIMEOUT_MS,
    });
    mustBeNone(worst(topics), `creating ${TOPIC}`);
    for (;;) {
      const led = await ledByBrokers(connection);
      if (led !== null) return led;
      await sleep(BETWEEN_LOOKS_MS);
    }
  } finally {
    connection.close();
  }
}

/** Null: not all is in its place yet. */
async function ledByBrokers(connection: Connection): Promise<readonly LedByBroker[] | null> {
  const request = { topics: [{ name: TOPIC }], allowAutoTopicCreation: false };
  const { brokers, topics } = await connection.call(Metadata, METADATA_VERSION, request);
  const partitions = topics.flatMap((topic) => topic.partitions);
  const isInPlace = partitions.every(({ errorCode, isrNodes }) => errorCode === 0 && isrNodes.length === REPLICAS);
  if (partitions.length < PARTITIONS || !isInPlace) return null;
  return brokers.map(({ nodeId, port }) => {
    const led = partitions.filter(({ leaderId }) => leaderId === nodeId);
    return { port, partitions: led.map(({ partitionIndex }) => partitionIndex) };
  });
}

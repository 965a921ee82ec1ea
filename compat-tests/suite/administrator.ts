/** What the suite itself does to a cluster, in the protocol that every broker speaks: topics, partitions, leaders. */
import { setTimeout as sleep } from "node:timers/promises";
import { Metadata } from "../../src/protocol/messages/03-metadata.js";
import { CreateTopics } from "../../src/protocol/messages/19-create-topics.js";
import { CreatePartitions } from "../../src/protocol/messages/37-create-partitions.js";
import { ElectLeaders } from "../../src/protocol/messages/43-elect-leaders.js";
import { AlterPartitionReassignments } from "../../src/protocol/messages/45-alter-partition-reassignments.js";
import { WireClient } from "../../tests/support/wire-client.js";

const REQUEST_MS_MAX = 20_000;
const PATIENCE_MS = 30_000;
const BETWEEN_LOOKS_MS = 100;
const PREFERRED = 0;
const UNKNOWN_TOPIC_OR_PARTITION = 3;

interface Broker {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
}

export interface ClusterSeen {
  readonly brokers: readonly Broker[];
  readonly controllerId: number;
}

/** Throws when nobody answers there, or not in Kafka's protocol. */
export async function lookAt(bootstrap: string): Promise<ClusterSeen> {
  return await withClient(bootstrap, async (client) => {
    const { brokers, controllerId } = await client.request(Metadata, 5, { topics: [], allowAutoTopicCreation: false });
    return { brokers, controllerId };
  });
}

/** Whether a topic comes into being because somebody asked for it. */
export async function createsTopicsUnasked(bootstrap: string, topic: string): Promise<boolean> {
  return await withClient(bootstrap, async (client) => {
    const ask = () => client.request(Metadata, 5, { topics: [{ name: topic }], allowAutoTopicCreation: true });
    await ask();
    await sleep(1_000);
    return (await ask()).topics[0]?.errorCode !== UNKNOWN_TOPIC_OR_PARTITION;
  });
}

export async function createTopic(
  bootstrap: string,
  topic: { name: string; partitions: number; replicas: number; configs: Readonly<Record<string, string>> },
): Promise<void> {
  const { name, partitions, replicas } = topic;
  const configs = Object.entries(topic.configs).map(([key, value]) => ({ name: key, value }));
  await withController(bootstrap, async (client) => {
    const { topics } = await client.request(CreateTopics, 4, {
      topics: [{ name, numPartitions: partitions, replicationFactor: replicas, assignments: [], configs }],
      timeoutMs: REQUEST_MS_MAX,
      validateOnly: false,
    });
    refuseError(`creating ${name}`, topics[0]?.errorCode);
  });
}

export async function addPartitions(bootstrap: string, topic: string, count: number): Promise<void> {
  await withController(bootstrap, async (client) => {
    const { results } = await client.request(CreatePartitions, 1, {
      topics: [{ name: topic, count, assignments: null }],
      timeoutMs: REQUEST_MS_MAX,
      validateOnly: false,
    });
    refuseError(`adding partitions to ${topic}`, results[0]?.errorCode);
  });
}

/** Makes the next replica of partition 0 the preferred one and has it elected; gives when it leads. */
export async function moveLeader(bootstrap: string, topic: string): Promise<void> {
  const before = await partitionZero(bootstrap, topic);
  const { replicaNodes, leaderId } = before;
  const next = replicaNodes[(replicaNodes.indexOf(leaderId) + 1) % replicaNodes.length];
  if (next === undefined || next === leaderId) throw new Error(`${topic} has one replica: its leader cannot move`);
  await untilHolds(async () => (await partitionZero(bootstrap, topic)).isrNodes.includes(next));
  await withController(bootstrap, async (client) => {
    const replicas = [next, ...replicaNodes.filter((replica) => replica !== next)];
    const { errorCode, responses } = await client.request(AlterPartitionReassignments, 0, {
      timeoutMs: REQUEST_MS_MAX,
      topics: [{ name: topic, partitions: [{ partitionIndex: 0, replicas }] }],
    });
    refuseError(`reassigning ${topic}`, errorCode || responses[0]?.partitions[0]?.errorCode);
    await untilHolds(async () => (await partitionZero(bootstrap, topic)).replicaNodes[0] === next);
    await client.request(ElectLeaders, 1, {
      electionType: PREFERRED,
      topicPartitions: [{ topic, partitions: [0] }],
      timeoutMs: REQUEST_MS_MAX,
    });
  });
  await untilHolds(async () => (await partitionZero(bootstrap, topic)).leaderId === next);
}

async function partitionZero(bootstrap: string, topic: string) {
  return await withClient(bootstrap, async (client) => {
    const { topics } = await client.request(Metadata, 5, { topics: [{ name: topic }], allowAutoTopicCreation: false });
    const partition = topics[0]?.partitions.find(({ partitionIndex }) => partitionIndex === 0);
    if (partition === undefined) throw new Error(`there is no partition 0 of ${topic}`);
    return partition;
  });
}

async function untilHolds(holds: () => Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > deadlineMs) throw new Error(`it did not become so within ${PATIENCE_MS} ms`);
    await sleep(BETWEEN_LOOKS_MS);
  }
}

async function withController<T>(bootstrap: string, use: (client: WireClient) => Promise<T>): Promise<T> {
  const { brokers, controllerId } = await lookAt(bootstrap);
  const controller = brokers.find(({ nodeId }) => nodeId === controllerId) ?? brokers[0];
  return await withClient(controller === undefined ? bootstrap : `${controller.host}:${controller.port}`, use);
}

async function withClient<T>(bootstrap: string, use: (client: WireClient) => Promise<T>): Promise<T> {
  const [first = ""] = bootstrap.split(",");
  const colon = first.lastIndexOf(":");
  const client = await WireClient.connect({
    host: first.slice(0, colon),
    port: Number(first.slice(colon + 1)),
    clientId: "compat-suite",
    answerMsMax: REQUEST_MS_MAX + 5_000,
  });
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

function refuseError(what: string, errorCode = 0): void {
  if (errorCode !== 0) throw new Error(`${what}: error ${errorCode}`);
}

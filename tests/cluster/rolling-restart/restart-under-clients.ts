/** Restarts one broker after the other while applications with real clients write and read, and gives what they met. */
import { setTimeout as sleep } from "node:timers/promises";
import { Kafka, logLevel } from "kafkajs";
import { type ClientName, ClientProgram, type ClientResult } from "./client-program.js";

const PARTITIONS = 6;
const REPLICAS = 3;
const WHOLE_MS_MAX = 60_000;
const BETWEEN_LOOKS_MS = 100;
/** Clients have this long with every broker away, and with every broker back. */
const SETTLE_MS = 2_000;

export interface Restartable {
  /** `host:port` of every broker, parted by commas. */
  readonly bootstrap: string;
  readonly nodeIds: readonly number[];
  stop(nodeId: number): Promise<void>;
  start(nodeId: number): Promise<void>;
}

export async function restartUnderClients(
  cluster: Restartable,
  clients: readonly ClientName[],
  rounds: number,
): Promise<ReadonlyMap<ClientName, ClientResult>> {
  await createTopics(cluster, clients);
  const programs = clients.map((client) => new ClientProgram(client, cluster.bootstrap, topicOf(client)));
  try {
    await Promise.all(programs.map(({ reads }) => reads));
    for (let round = 0; round < rounds; round++) {
      for (const nodeId of cluster.nodeIds) {
        await cluster.stop(nodeId);
        await sleep(SETTLE_MS);
        await cluster.start(nodeId);
        await untilWhole(cluster, clients);
        await sleep(SETTLE_MS);
      }
    }
    const results = await Promise.all(programs.map((program) => program.finish()));
    return new Map(clients.map((client, at) => [client, results[at] ?? { errors: ["no result"], counts: {} }]));
  } finally {
    for (const program of programs) program.kill();
  }
}

function topicOf(client: ClientName): string {
  return `rolling-${client}`;
}

function adminOf({ bootstrap }: Restartable) {
  return new Kafka({ brokers: bootstrap.split(","), logLevel: logLevel.NOTHING }).admin();
}

async function createTopics(cluster: Restartable, clients: readonly ClientName[]): Promise<void> {
  const admin = adminOf(cluster);
  await admin.connect();
  const configEntries = [{ name: "min.insync.replicas", value: "2" }];
  const shape = { numPartitions: PARTITIONS, replicationFactor: REPLICAS, configEntries };
  await admin.createTopics({ topics: clients.map((client) => ({ topic: topicOf(client), ...shape })) });
  await admin.disconnect();
  await untilWhole(cluster, clients);
}

/** All replicas of all topics are in sync, those of the groups' offsets too. */
async function untilWhole(cluster: Restartable, clients: readonly ClientName[]): Promise<void> {
  const admin = adminOf(cluster);
  await admin.connect();
  const endMs = performance.now() + WHOLE_MS_MAX;
  const topics = clients.map(topicOf);
  const isWhole = async () => {
    const metadata = await admin.fetchTopicMetadata({ topics });
    return metadata.topics.every(({ partitions }) => partitions.every(({ isr }) => isr.length === REPLICAS));
  };
  while (!(await isWhole())) {
    if (performance.now() > endMs) throw new Error(`the replicas are not in sync after ${WHOLE_MS_MAX} ms`);
    await sleep(BETWEEN_LOOKS_MS);
  }
  await admin.disconnect();
}

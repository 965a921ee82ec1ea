/** Three brokers in the process of a test, and clients of theirs that wait and retry as applications do. */
import { type Admin, Kafka, logLevel, type PartitionMetadata } from "kafkajs";
import { type ClusterOptions, type EmbeddedCluster, startCluster } from "../../src/index.js";

export const nodeIds = [1, 2, 3] as const;

/** A broker that is silent for so long is given up. */
const sessionTimeoutMs = 2_000;
const patienceMs = 20_000;
const betweenLooksMs = 50;

export class ThreeBrokers {
  readonly cluster: EmbeddedCluster;
  readonly #cleanUps: (() => Promise<void>)[] = [];

  private constructor(cluster: EmbeddedCluster) {
    this.cluster = cluster;
  }

  static async start(options: Partial<ClusterOptions> = {}): Promise<ThreeBrokers> {
    const properties = {
      "broker.session.timeout.ms": sessionTimeoutMs,
      "broker.heartbeat.interval.ms": 200,
      "replica.lag.time.max.ms": 2_000,
      "offsets.topic.num.partitions": 6,
      "transaction.state.log.num.partitions": 6,
      "group.initial.rebalance.delay.ms": 0,
      "group.min.session.timeout.ms": 1_000,
      ...options.properties,
    };
    return new ThreeBrokers(await startCluster({ brokers: 3, ephemeral: true, ...options, properties }));
  }

  /** Runs before the brokers stop. */
  onStop(run: () => Promise<void>): void {
    this.#cleanUps.push(run);
  }

  async stop(): Promise<void> {
    for (const run of this.#cleanUps.splice(0).reverse()) await run();
    await this.cluster.stop();
  }

  /** `brokers`: by which the client finds the others; all that run if not given. */
  kafka(brokers: readonly string[] = this.cluster.bootstrapServers.split(",")): Kafka {
    return new Kafka({
      clientId: "test",
      brokers: [...brokers],
      logLevel: logLevel.NOTHING,
      connectionTimeout: 1_000,
      retry: { initialRetryTime: 50, maxRetryTime: 500, retries: 40 },
    });
  }

  async admin(brokers?: readonly string[]): Promise<Admin> {
    const admin = this.kafka(brokers).admin();
    await admin.connect();
    this.onStop(() => admin.disconnect());
    return admin;
  }

  async createTopic(topic: string, numPartitions: number): Promise<void> {
    const admin = await this.admin();
    const configEntries = [{ name: "min.insync.replicas", value: "2" }];
    await admin.createTopics({ topics: [{ topic, numPartitions, replicationFactor: 3, configEntries }] });
  }

  async partitions(topic: string): Promise<readonly PartitionMetadata[]> {
    const admin = await this.admin();
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    const partitions = topics[0]?.partitions ?? [];
    return [...partitions].sort((one, other) => one.partitionId - other.partitionId);
  }

  async leaderOf(topic: string, partition: number): Promise<number> {
    return (await this.partitions(topic))[partition]?.leader ?? -1;
  }

  /** Waits until every partition of the topic is so. */
  async untilAll(topic: string, holds: (partition: PartitionMetadata) => boolean): Promise<void> {
    await until(async () => (await this.partitions(topic)).every(holds));
  }
}

/** Looks again and again; fails when it takes too long, however busy the machine is. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + patienceMs;
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`It did not become so within ${patienceMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, betweenLooksMs));
  }
}

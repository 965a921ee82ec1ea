/** What the bench asks the brokers, over the real protocol. */

import { parseAddresses } from "../../src/cli/cluster/asking/addresses.js";
import { Admin } from "../../src/cli/cluster/asking/admin.js";
import { nodeEnvironment } from "../../src/environments/node/node-environment.js";
import type { Address } from "../../src/lib/environment.js";
import { errors } from "../../src/protocol/errors.js";
import { ListOffsets } from "../../src/protocol/messages/02-list-offsets.js";
import { Metadata } from "../../src/protocol/messages/03-metadata.js";
import { CreateTopics } from "../../src/protocol/messages/19-create-topics.js";
import { DescribeQuorum } from "../../src/protocol/messages/55-describe-quorum.js";
import { DescribeCluster } from "../../src/protocol/messages/60-describe-cluster.js";

const LATEST = -1;
const LOOK_EVERY_MS = 20;

export class Asking {
  readonly #admins: ReadonlyMap<number, Admin>;
  readonly #gone = new Set<number>();

  constructor(bootstrap: string) {
    const addresses: readonly Address[] = parseAddresses(bootstrap) ?? [];
    this.#admins = new Map(addresses.map((address, at) => [at + 1, new Admin(nodeEnvironment(), [address])]));
  }

  close(): void {
    for (const admin of this.#admins.values()) admin.close();
  }

  isGone(id: number): void {
    this.#gone.add(id);
  }

  isBack(id: number): void {
    this.#gone.delete(id);
  }

  async createTopic(name: string, numPartitions: number): Promise<void> {
    const topic = { name, numPartitions, replicationFactor: 3, assignments: [], configs: [] };
    const { topics } = await this.#any().ask(CreateTopics, { topics: [topic], timeoutMs: 60_000 });
    const errorCode = topics[0]?.errorCode ?? -1;
    // A machine that is very busy may let the first try time out.
    if (errorCode !== 0 && errorCode !== errors.TOPIC_ALREADY_EXISTS.code)
      throw new Error(`${name} cannot be created: ${errorCode} ${topics[0]?.errorMessage}`);
  }

  /** As a living broker sees it; -1: it knows of none. */
  async controllerId(): Promise<number> {
    const topics = [{ topicName: "__cluster_metadata", partitions: [{ partitionIndex: 0 }] }];
    const response = await this.#any().ask(DescribeQuorum, { topics });
    return response.topics[0]?.partitions[0]?.leaderId ?? -1;
  }

  async isFenced(id: number): Promise<boolean> {
    const asked = { includeClusterAuthorizedOperations: false, includeFencedBrokers: true };
    const { brokers } = await this.#any().ask(DescribeCluster, asked);
    return brokers.find(({ brokerId }) => brokerId === id)?.isFenced === true;
  }

  /** Whether every partition has a leader that serves it, as each living broker sees it, and how many there are. */
  async served(): Promise<number | null> {
    let count = 0;
    for (const admin of this.#living()) {
      const { topics } = await admin.ask(Metadata, { topics: null, allowAutoTopicCreation: false });
      const leaders = topics.flatMap(({ partitions }) => partitions.map(({ leaderId }) => leaderId));
      if (leaders.some((id) => id < 0 || this.#gone.has(id))) return null;
      count = leaders.length;
      for (const [id, leader] of this.#admins) {
        const led = topics.map(({ name, partitions }) => ({
          name: name ?? "",
          partitions: partitions
            .filter(({ leaderId }) => leaderId === id)
            .map(({ partitionIndex }) => ({ partitionIndex, currentLeaderEpoch: -1, timestamp: LATEST })),
        }));
        if (led.every(({ partitions }) => partitions.length === 0)) continue;
        const answer = await leader.ask(ListOffsets, { replicaId: -1, topics: led });
        if (answer.topics.some(({ partitions }) => partitions.some(({ errorCode }) => errorCode !== 0))) return null;
      }
    }
    return count;
  }

  async untilServed(): Promise<void> {
    await until(async () => (await this.served()) !== null);
  }

  #living(): readonly Admin[] {
    return [...this.#admins].filter(([id]) => !this.#gone.has(id)).map(([, admin]) => admin);
  }

  #any(): Admin {
    const [first] = this.#living();
    if (first === undefined) throw new Error("no broker lives");
    return first;
  }
}

/** A broker that does not answer in time is asked again. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  const holdsNow = () => holds().catch(() => false);
  while (!(await holdsNow())) await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
}

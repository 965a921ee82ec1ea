/** Which brokers of a cluster run, and what befalls them. */
import { setTimeout as sleep } from "node:timers/promises";
import { unreachable } from "../../../src/lib/invariant.js";
import { Metadata } from "../../../src/protocol/messages/03-metadata.js";
import { CreateTopics } from "../../../src/protocol/messages/19-create-topics.js";
import { WireClient } from "../../support/wire-client.js";
import type { Turn } from "./story.js";
import type { ComparedBroker, ComparedCluster } from "./target-clusters.js";

const PATIENCE_MS = 30_000;
const BETWEEN_LOOKS_MS = 50;
/** A broker of Apache Kafka shows what it has heard before its partitions act on it. */
const UNTIL_ACTED_ON_MS = 500;

export class Turns {
  readonly cluster: ComparedCluster;
  /** The node ids of those that run. */
  readonly running: Set<number>;

  constructor(cluster: ComparedCluster) {
    this.cluster = cluster;
    this.running = new Set(cluster.brokers.map(({ nodeId }) => nodeId));
  }

  /** All brokers know each other, and who leads which partition of the coordinators is known beforehand. */
  async prepare(): Promise<void> {
    await this.#allKnowWhoRuns();
    const assignments = [
      { partitionIndex: 0, brokerIds: [1, 2, 3] },
      { partitionIndex: 1, brokerIds: [2, 3, 1] },
      { partitionIndex: 2, brokerIds: [3, 1, 2] },
    ];
    const topics = ["__consumer_offsets", "__transaction_state"].map((name) => ({
      ...{ name, numPartitions: -1, replicationFactor: -1, assignments },
      configs: [{ name: "cleanup.policy", value: "compact" }],
    }));
    const client = await this.#client(1);
    const created = await client.request(CreateTopics, 7, { topics, timeoutMs: PATIENCE_MS });
    client.close();
    for (const { name, errorCode } of created.topics) {
      if (errorCode !== 0) throw new Error(`${name} could not be made: error ${errorCode}`);
    }
  }

  async take(turn: Turn): Promise<void> {
    switch (turn) {
      case "broker 3 stops":
      case "broker 3 stops again":
        this.running.delete(3);
        await this.#broker(3).stop();
        break;
      case "broker 2 is killed":
        this.running.delete(2);
        await this.#broker(2).kill();
        break;
      case "both return":
        await Promise.all([2, 3].map((nodeId) => this.#broker(nodeId).start()));
        this.running.add(2).add(3);
        break;
      default:
        unreachable(turn);
    }
    await this.#allKnowWhoRuns();
    await sleep(UNTIL_ACTED_ON_MS);
  }

  #broker(nodeId: number): ComparedBroker {
    const broker = this.cluster.brokers.find((each) => each.nodeId === nodeId);
    if (broker === undefined) throw new Error(`there is no broker ${nodeId}`);
    return broker;
  }

  #client(nodeId: number): Promise<WireClient> {
    return WireClient.connect({ host: this.cluster.host, port: this.#broker(nodeId).port });
  }

  async #allKnowWhoRuns(): Promise<void> {
    for (const nodeId of this.running) {
      const client = await this.#client(nodeId);
      const deadlineMs = performance.now() + PATIENCE_MS;
      for (;;) {
        const { brokers } = await client.request(Metadata, 12, { topics: [], allowAutoTopicCreation: false });
        const known = new Set(brokers.map((broker) => broker.nodeId));
        if (known.size === this.running.size && [...this.running].every((id) => known.has(id))) break;
        if (performance.now() > deadlineMs) throw new Error(`broker ${nodeId} sees the brokers ${[...known]}`);
        await sleep(BETWEEN_LOOKS_MS);
      }
      client.close();
    }
  }
}

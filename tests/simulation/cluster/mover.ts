import { AlterPartitionReassignments } from "../../../src/protocol/messages/45-alter-partition-reassignments.js";
import type { Client } from "../client.js";
import type { Worker, WorkerOptions } from "../crash/worker.js";
import type { MetadataObserver } from "./metadata-observer.js";

const TIMEOUT_MS = 1_000;

/** Moves partitions to other brokers, gives them more replicas and fewer, and does not wait for one move to end. */
export class Mover implements Worker {
  readonly #options: WorkerOptions;
  readonly #observer: MetadataObserver;
  readonly #brokers: number;

  constructor(options: WorkerOptions, observer: MetadataObserver, brokers: number) {
    this.#options = options;
    this.#observer = observer;
    this.#brokers = brokers;
  }

  async step(): Promise<void> {
    const { client, random } = this.#options;
    const topics = [...this.#observer.image.topicsByName.values()];
    const topic = topics[random.below(topics.length)];
    if (topic === undefined) return;
    await move(client, topic.name, random.below(topic.partitions.length), this.#someBrokers());
  }

  /** At least two, the leader to be first. */
  #someBrokers(): readonly number[] {
    const { random } = this.#options;
    const left = Array.from({ length: this.#brokers }, (_, index) => index + 1);
    const count = random.between(2, 3);
    return Array.from({ length: count }, () => left.splice(random.below(left.length), 1)).flat();
  }
}

/** What comes of it shows in the metadata. */
export async function move(
  client: Client,
  topic: string,
  partition: number,
  replicas: readonly number[],
): Promise<void> {
  await client.request(AlterPartitionReassignments, 1, {
    timeoutMs: TIMEOUT_MS,
    allowReplicationFactorChange: true,
    topics: [{ name: topic, partitions: [{ partitionIndex: partition, replicas }] }],
  });
}

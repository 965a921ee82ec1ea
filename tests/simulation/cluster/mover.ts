import { invariant } from "../../../src/lib/invariant.js";
import { AlterPartitionReassignments } from "../../../src/protocol/messages/45-alter-partition-reassignments.js";
import type { SimulatedClient } from "../client.js";
import type { ClusterWorker, ClusterWorkerOptions } from "./cluster-worker.js";

const TIMEOUT_MS = 1_000;
/** So rarely does it do something. */
const CHANCE = 0.03;

/** Moves partitions to other brokers, gives them more replicas and fewer, and does not wait for one move to end. */
export class Mover implements ClusterWorker {
  readonly isIdle = true;
  readonly #options: ClusterWorkerOptions;
  readonly #brokers: number;

  constructor(options: ClusterWorkerOptions, brokers: number) {
    this.#options = options;
    this.#brokers = brokers;
  }

  async step(): Promise<void> {
    const { client, places, random } = this.#options;
    const place = places[random.below(places.length)];
    invariant(place !== undefined, "the topic has partitions");
    if (random.chance(CHANCE)) await moveTo(client.any(), place, this.#someBrokers());
  }

  /** At least two, the leader to be first. */
  #someBrokers(): readonly number[] {
    const { random } = this.#options;
    const left = Array.from({ length: this.#brokers }, (_, index) => index + 1);
    const count = random.between(2, this.#brokers);
    return Array.from({ length: count }, () => left.splice(random.below(left.length), 1)).flat();
  }
}

/** What comes of it shows in the metadata. */
export async function moveTo(
  client: SimulatedClient,
  { topic, partition }: { readonly topic: string; readonly partition: number },
  replicas: readonly number[],
): Promise<void> {
  await client.request(AlterPartitionReassignments, 1, {
    timeoutMs: TIMEOUT_MS,
    allowReplicationFactorChange: true,
    topics: [{ name: topic, partitions: [{ partitionIndex: partition, replicas }] }],
  });
}

/** A client of a cluster: it knows some brokers, asks them for leaders, and goes on to another when one does not answer. */
import type { RandomStream } from "../../../src/environments/simulated/random-stream.js";
import type { Address, Environment } from "../../../src/lib/environment.js";
import { Metadata } from "../../../src/protocol/messages/03-metadata.js";
import { ConnectionLost, SimulatedClient } from "../client.js";

/** Brokers that are dead or cut off say nothing. */
const ANSWER_MS_MAX = 1_500;
const NO_LEADER = -1;

export interface KnownLeader {
  readonly client: SimulatedClient;
  readonly leaderEpoch: number;
}

export class ClusterClient {
  readonly clientId: string;
  readonly environment: Environment;
  readonly #brokers: readonly Address[];
  readonly #random: RandomStream;
  readonly #clients = new Map<string, SimulatedClient>();
  readonly #leaders = new Map<number, KnownLeader>();
  /** The newest leader epoch of each partition: brokers that know of none so new have nothing to tell. */
  readonly #epochs = new Map<number, number>();

  constructor(clientId: string, environment: Environment, brokers: readonly Address[], random: RandomStream) {
    this.clientId = clientId;
    this.environment = environment;
    this.#brokers = brokers;
    this.#random = random;
  }

  /** Any of the brokers, whether it lives or not. */
  any(): SimulatedClient {
    const [first, ...others] = this.#brokers.map((address) => this.#clientOf(address));
    if (first === undefined) throw new Error("a cluster has brokers");
    return this.#random.pick(first, ...others);
  }

  /** The broker that leads a partition, as far as this client knows; null while it does not. */
  async leaderOf(topic: string, partition: number): Promise<KnownLeader | null> {
    if (!this.#leaders.has(partition)) await this.#refresh(topic);
    return this.#leaders.get(partition) ?? null;
  }

  /** The leader was not the right one, or does not answer. */
  forget(partition: number): void {
    this.#leaders.delete(partition);
  }

  async #refresh(topic: string): Promise<void> {
    try {
      const asked = { topics: [{ name: topic }], includeTopicAuthorizedOperations: false };
      const { brokers, topics } = await this.any().request(Metadata, 12, asked);
      for (const { partitionIndex, leaderId, leaderEpoch = -1 } of topics.flatMap(({ partitions }) => partitions)) {
        if (leaderEpoch < (this.#epochs.get(partitionIndex) ?? -1)) continue;
        this.#epochs.set(partitionIndex, leaderEpoch);
        const leader = brokers.find(({ nodeId }) => nodeId === leaderId);
        if (leaderId === NO_LEADER || leader === undefined) this.#leaders.delete(partitionIndex);
        else this.#leaders.set(partitionIndex, { client: this.#clientOf(leader), leaderEpoch });
      }
    } catch (failure) {
      if (!(failure instanceof ConnectionLost)) throw failure;
    }
  }

  #clientOf({ host, port }: Address): SimulatedClient {
    const name = `${host}:${port}`;
    const known = this.#clients.get(name);
    if (known !== undefined) return known;
    const client = new SimulatedClient(this.environment, { host, port }, this.clientId, ANSWER_MS_MAX);
    this.#clients.set(name, client);
    return client;
  }
}

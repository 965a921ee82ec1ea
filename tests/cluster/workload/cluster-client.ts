/**
 * A client of a cluster whose brokers come and go: it finds the leader of a partition, and waits for no answer longer than
 * its patience. Like Kafka's own clients it believes the highest leader epoch that any broker has told it (KIP-320).
 */
import type { Address } from "../../../src/lib/environment.js";
import { hostAndPort } from "../../../src/lib/host-and-port.js";
import { Metadata } from "../../../src/protocol/messages/03-metadata.js";
import type { Api, RequestToSend, ResponseReceived } from "../../../src/protocol/schema/message.js";
import { WireClient } from "../../support/wire-client.js";

const METADATA_VERSION = 9;
const CONNECT_MS_MAX = 500;
const ANSWER_MS_MAX = 1_500;

export interface PartitionView {
  readonly leaderId: number;
  readonly leaderEpoch: number;
  readonly isr: readonly number[];
  /** Null: it has no leader, or one that no broker knows an address of. */
  readonly leader: Address | null;
}

export class ClusterClient {
  readonly topic: string;
  readonly #bootstrap: readonly Address[];
  readonly #connections = new Map<string, WireClient>();
  #partitions: PartitionView[] = [];
  #turn: number;
  #isStale = true;

  /** Clients of different `turn` begin with different brokers. */
  constructor(bootstrap: readonly Address[], topic: string, turn: number) {
    this.#bootstrap = bootstrap;
    this.topic = topic;
    this.#turn = turn;
  }

  /** One request to that broker; null: no answer came, and nobody knows whether the broker has done what it asks. */
  async ask<A extends Api>(
    to: Address,
    api: A,
    version: number,
    body: RequestToSend<A>,
  ): Promise<ResponseReceived<A> | null> {
    const name = hostAndPort(to);
    try {
      const connection = this.#connections.get(name) ?? (await connectSoon(to));
      this.#connections.set(name, connection);
      return await connection.request(api, version, body);
    } catch {
      this.#connections.get(name)?.close();
      this.#connections.delete(name);
      return null;
    }
  }

  /** One request to the broker whose turn it is. */
  askNext<A extends Api>(api: A, version: number, body: RequestToSend<A>): Promise<ResponseReceived<A> | null> {
    const to = this.#bootstrap[this.#turn++ % this.#bootstrap.length];
    return to === undefined ? Promise.resolve(null) : this.ask(to, api, version, body);
  }

  async leaderOf(partition: number): Promise<Address | null> {
    if (this.#isStale) await this.look();
    return this.#partitions[partition]?.leader ?? null;
  }

  /** The next question for a leader asks a broker first. */
  forget(): void {
    this.#isStale = true;
  }

  /** Asks one broker for the partitions of the topic; gives the latest that is known of each. */
  async look(): Promise<readonly PartitionView[]> {
    const request = { topics: [{ name: this.topic }], allowAutoTopicCreation: false };
    const answer = await this.askNext(Metadata, METADATA_VERSION, request);
    const topic = answer?.topics[0];
    if (answer === null || topic === undefined || topic.errorCode !== 0) return this.#partitions;
    const addresses = new Map(answer.brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]));
    for (const { partitionIndex, leaderId, leaderEpoch, isrNodes: isr } of topic.partitions) {
      const known = this.#partitions[partitionIndex];
      if (known !== undefined && known.leaderEpoch > leaderEpoch) continue;
      this.#partitions[partitionIndex] = { leaderId, leaderEpoch, isr, leader: addresses.get(leaderId) ?? null };
    }
    this.#isStale = false;
    return this.#partitions;
  }

  close(): void {
    for (const connection of this.#connections.values()) connection.close();
    this.#connections.clear();
  }
}

/** A host that is cut off does not even refuse. */
async function connectSoon(to: Address): Promise<WireClient> {
  const connecting = WireClient.connect({ ...to, clientId: "workload", answerMsMax: ANSWER_MS_MAX });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no connection to ${hostAndPort(to)}`)), CONNECT_MS_MAX);
  });
  try {
    return await Promise.race([connecting, late]);
  } catch (error) {
    connecting.then(
      (connection) => connection.close(),
      () => {},
    );
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

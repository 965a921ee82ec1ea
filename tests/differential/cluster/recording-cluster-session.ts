/** A session of a story with one cluster: one connection to each broker, opened when it is first needed. */
import { setTimeout as sleep } from "node:timers/promises";
import { ListOffsets } from "../../../src/protocol/messages/02-list-offsets.js";
import { Metadata } from "../../../src/protocol/messages/03-metadata.js";
import { CreateTopics } from "../../../src/protocol/messages/19-create-topics.js";
import type { Api, RequestToSend, ResponseReceived } from "../../../src/protocol/schema/message.js";
import { NoAnswer } from "../../support/wire-client.js";
import { type Exchange, RecordingConnection } from "../recording-connection.js";
import type { ClusterSession, Turn, Wanted, Whom } from "./story.js";
import type { Turns } from "./turns.js";

const PATIENCE_MS = 20_000;
const BETWEEN_LOOKS_MS = 30;
/** The timestamp that stands for the log end in ListOffsets. */
const LATEST = -1;

export class RecordingClusterSession implements ClusterSession {
  readonly exchanges: Exchange[] = [];
  readonly turn: (turn: Turn) => Promise<void>;
  readonly #turns: Turns;
  readonly #connections = new Map<Whom, RecordingConnection>();

  constructor(turns: Turns, turn: (turn: Turn) => Promise<void>) {
    this.#turns = turns;
    this.turn = turn;
  }

  async ask<A extends Api>(
    whom: Whom,
    api: A,
    version: number,
    body: RequestToSend<A>,
  ): Promise<ResponseReceived<A> | null> {
    const connection = await this.#connection(whom);
    try {
      return await connection.send(api, version, body);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      connection.close();
      return null;
    }
  }

  async askUntil<A extends Api>(
    whom: Whom,
    api: A,
    version: number,
    body: RequestToSend<A>,
    wanted: (answer: ResponseReceived<A>) => boolean,
  ): Promise<ResponseReceived<A>> {
    return (await this.#connection(whom)).sendUntil(api, version, body, wanted);
  }

  async silently<A extends Api>(
    whom: Whom,
    api: A,
    version: number,
    body: RequestToSend<A>,
    wanted: (answer: ResponseReceived<A>) => boolean,
  ): Promise<ResponseReceived<A>> {
    return (await this.#connection(whom)).askUntil(api, version, body, wanted);
  }

  async topic(
    name: string,
    replicas: readonly (readonly number[])[],
    configs: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const assignments = replicas.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds }));
    const entries = Object.entries(configs).map(([configName, value]) => ({ name: configName, value }));
    const topic = { name, numPartitions: -1, replicationFactor: -1, assignments, configs: entries };
    const { topics } = await (await this.#connection(1)).ask(CreateTopics, 7, { topics: [topic], timeoutMs: 10_000 });
    const [created] = topics;
    if (created?.errorCode !== 0) throw new Error(`topic ${name} could not be made: error ${created?.errorCode}`);
    for (const [partition, ids] of replicas.entries()) {
      await this.shows(name, partition, { leader: ids[0] ?? -1, isr: ids });
      await this.#serves(name, partition, ids[0] ?? -1);
    }
    return created.topicId ?? "";
  }

  async shows(topic: string, partition: number, wanted: Wanted): Promise<void> {
    const request = { topics: [{ name: topic }], allowAutoTopicCreation: false };
    const deadlineMs = performance.now() + PATIENCE_MS;
    for (const nodeId of this.#turns.running) {
      const connection = await this.#connection(nodeId);
      for (;;) {
        const { topics } = await connection.ask(Metadata, 12, request);
        const found = topics[0]?.partitions.find(({ partitionIndex }) => partitionIndex === partition);
        if (found !== undefined && isSo(wanted, found)) break;
        if (performance.now() > deadlineMs) {
          const seen = JSON.stringify(found);
          throw new Error(
            `${topic}-${partition} did not become ${JSON.stringify(wanted)}: broker ${nodeId} sees ${seen}`,
          );
        }
        await sleep(BETWEEN_LOOKS_MS);
      }
    }
  }

  close(): void {
    for (const connection of this.#connections.values()) connection.close();
  }

  /** A leader may be known before its log is open. */
  async #serves(name: string, partitionIndex: number, leader: number): Promise<void> {
    const topics = [{ name, partitions: [{ partitionIndex, timestamp: LATEST }] }];
    await this.silently(leader, ListOffsets, 7, { replicaId: -1, topics }, (answer) =>
      answer.topics.every(({ partitions }) => partitions.every(({ errorCode }) => errorCode === 0)),
    );
  }

  async #connection(whom: Whom): Promise<RecordingConnection> {
    const open = this.#connections.get(whom);
    if (open !== undefined && !open.isClosed) return open;
    const { host, brokers, controllerPort } = this.#turns.cluster;
    const port = whom === "controller" ? controllerPort : brokers.find(({ nodeId }) => nodeId === whom)?.port;
    if (port === undefined) throw new Error(`there is no broker ${whom}`);
    const of = { host, port, clientId: "diff", whom: whom === "controller" ? whom : `broker ${whom}` };
    const connection = await RecordingConnection.connect(this.exchanges, of);
    this.#connections.set(whom, connection);
    return connection;
  }
}

interface Shown {
  readonly leaderId: number;
  readonly replicaNodes: readonly number[];
  readonly isrNodes: readonly number[];
}

function isSo({ leader, replicas, isr }: Wanted, shown: Shown): boolean {
  return (
    (leader === undefined || leader === shown.leaderId) &&
    (replicas === undefined || replicas.join() === shown.replicaNodes.join()) &&
    (isr === undefined || isr.toSorted().join() === shown.isrNodes.toSorted().join())
  );
}

/** Runs a scenario against one broker and records what was asked and what was answered. */
import { setTimeout as sleep } from "node:timers/promises";
import { errors } from "../../src/protocol/errors.js";
import { ListOffsets } from "../../src/protocol/messages/02-list-offsets.js";
import { Metadata } from "../../src/protocol/messages/03-metadata.js";
import { FindCoordinator } from "../../src/protocol/messages/10-find-coordinator.js";
import { DescribeGroups } from "../../src/protocol/messages/15-describe-groups.js";
import { CreateTopics } from "../../src/protocol/messages/19-create-topics.js";
import { DescribeTransactions } from "../../src/protocol/messages/65-describe-transactions.js";
import type { Api, RequestToSend, ResponseReceived } from "../../src/protocol/schema/message.js";
import { decodeResponse } from "../../src/protocol/wire/frame.js";
import type { TargetBroker } from "../support/target-broker.js";
import { NoAnswer, WireClient } from "../support/wire-client.js";
import type { Connection, Scenario, Session } from "./scenario.js";

/** Enough for the slowest start of a coordinator on a busy machine. */
const TRIES_MS_MAX = 20_000;
const BETWEEN_TRIES_MS = 50;
/** The timestamp that stands for the log end in ListOffsets. */
const LATEST = -1;
/** What FindCoordinator calls a transactional id. */
const TRANSACTION_KEY = 1;

export interface Exchange {
  /** What was asked, in a few words. */
  readonly title: string;
  readonly api: Api;
  readonly version: number;
  readonly request: unknown;
  /** The decoded answer, or in words why there is none. */
  answer: { readonly body: unknown } | { readonly none: string };
}

export interface Recording {
  readonly exchanges: readonly Exchange[];
  /** What ended the scenario before its end. */
  readonly endedBy: string | null;
}

export async function record(scenario: Scenario, broker: TargetBroker): Promise<Recording> {
  const session = new RecordingSession(broker);
  try {
    await scenario.run(session);
    return { exchanges: session.exchanges, endedBy: null };
  } catch (error) {
    return { exchanges: session.exchanges, endedBy: error instanceof Error ? error.message : String(error) };
  } finally {
    session.close();
  }
}

class RecordingSession implements Session {
  readonly exchanges: Exchange[] = [];
  readonly #broker: TargetBroker;
  readonly #clients: WireClient[] = [];

  constructor(broker: TargetBroker) {
    this.#broker = broker;
  }

  async connect(clientId = "diff"): Promise<RecordingConnection> {
    const { host, port } = this.#broker;
    const client = await WireClient.connect({ host, port, clientId });
    this.#clients.push(client);
    return new RecordingConnection(client, this.exchanges);
  }

  async topic(name: string, partitions = 1, configs: Readonly<Record<string, string>> = {}): Promise<string> {
    const connection = await this.connect();
    const entries = Object.entries(configs).map(([configName, value]) => ({ name: configName, value }));
    const topic = { name, numPartitions: partitions, replicationFactor: 1, assignments: [], configs: entries };
    const created = await connection.ask(CreateTopics, 5, { topics: [topic], timeoutMs: 10_000, validateOnly: false });
    const errorCode = created.topics[0]?.errorCode ?? null;
    if (errorCode !== 0) throw new Error(`topic ${name} could not be made: error ${errorCode}`);
    const request = { topics: [{ name }], allowAutoTopicCreation: false };
    const shown = await connection.askUntil(Metadata, 12, request, ({ topics }) => {
      const leaders = topics[0]?.partitions.filter((partition) => partition.errorCode === 0) ?? [];
      return leaders.length === partitions;
    });
    // A leader may be known before its log is open.
    const ends = Array.from({ length: partitions }, (_, partitionIndex) => ({ partitionIndex, timestamp: LATEST }));
    await connection.askUntil(ListOffsets, 7, { replicaId: -1, topics: [{ name, partitions: ends }] }, ({ topics }) =>
      topics.every((listed) => listed.partitions.every(({ errorCode }) => errorCode === 0)),
    );
    connection.close();
    return shown.topics[0]?.topicId ?? "";
  }

  async coordinator(groupId: string): Promise<void> {
    const connection = await this.connect();
    await connection.askUntil(FindCoordinator, 2, { key: groupId, keyType: 0 }, ({ errorCode }) => errorCode === 0);
    // A coordinator may be known before it has loaded.
    await connection.askUntil(DescribeGroups, 5, { groups: [groupId] }, ({ groups }) => groups[0]?.errorCode === 0);
    connection.close();
  }

  async transactionCoordinator(transactionalId: string): Promise<void> {
    const connection = await this.connect();
    const key = { key: transactionalId, keyType: TRANSACTION_KEY };
    await connection.askUntil(FindCoordinator, 2, key, ({ errorCode }) => errorCode === 0);
    await connection.askUntil(
      DescribeTransactions,
      0,
      { transactionalIds: [transactionalId] },
      ({ transactionStates }) => transactionStates[0]?.errorCode === errors.TRANSACTIONAL_ID_NOT_FOUND.code,
    );
    connection.close();
  }

  close(): void {
    for (const client of this.#clients) client.close();
  }
}

class RecordingConnection implements Connection {
  readonly #client: WireClient;
  readonly #exchanges: Exchange[];

  constructor(client: WireClient, exchanges: Exchange[]) {
    this.#client = client;
    this.#exchanges = exchanges;
  }

  async send<A extends Api>(api: A, version: number, body: RequestToSend<A>): Promise<ResponseReceived<A>> {
    return this.#recorded(`${api.name} ${version}`, api, version, body, () => this.ask(api, version, body));
  }

  async sendUntil<A extends Api>(
    api: A,
    version: number,
    body: RequestToSend<A>,
    wanted: (answer: ResponseReceived<A>) => boolean,
  ): Promise<ResponseReceived<A>> {
    const title = `${api.name} ${version}, when it has settled`;
    return this.#recorded(title, api, version, body, () => this.askUntil(api, version, body, wanted));
  }

  sendOnly<A extends Api>(api: A, version: number, body: RequestToSend<A>): void {
    this.#client.sendOnly(api, version, body);
  }

  async sendFrame(what: string, frame: Uint8Array, { api, version }: { api: Api; version: number }): Promise<void> {
    this.#client.sendBytes(frame);
    const answer = this.#recorded(what, api, version, null, async () => {
      const response = decodeResponse(api, version, await this.#client.nextFrame());
      if (!response.ok) throw new NoAnswer(`unreadable: ${response.malformed}`);
      return response.value.body;
    });
    // A closed connection is an outcome as good as any; it is recorded.
    await answer.catch(() => {});
  }

  close(): void {
    this.#client.close();
  }

  /** Not recorded. */
  ask<A extends Api>(api: A, version: number, body: RequestToSend<A>): Promise<ResponseReceived<A>> {
    return this.#client.request(api, version, body);
  }

  /** Not recorded. */
  async askUntil<A extends Api>(
    api: A,
    version: number,
    body: RequestToSend<A>,
    wanted: (answer: ResponseReceived<A>) => boolean,
  ): Promise<ResponseReceived<A>> {
    const deadlineMs = performance.now() + TRIES_MS_MAX;
    for (;;) {
      const answer = await this.ask(api, version, body);
      if (wanted(answer) || performance.now() > deadlineMs) return answer;
      await sleep(BETWEEN_TRIES_MS);
    }
  }

  /** The place of an exchange is where it was sent, also when answers overtake each other on two connections. */
  async #recorded<T>(title: string, api: Api, version: number, request: unknown, ask: () => Promise<T>): Promise<T> {
    const exchange: Exchange = { title, api, version, request, answer: { none: "nothing was awaited" } };
    this.#exchanges.push(exchange);
    try {
      const body = await ask();
      exchange.answer = { body };
      return body;
    } catch (error) {
      if (error instanceof NoAnswer) exchange.answer = { none: error.message };
      throw error;
    }
  }
}

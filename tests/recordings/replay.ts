/**
 * A recording as a scenario: the requests of a real client in their order, each when all is answered that was answered
 * when the client sent it. What the recorded broker had given of itself is replaced by what this one gives.
 */
import { errors } from "../../src/protocol/errors.js";
import { Fetch } from "../../src/protocol/messages/01-fetch.js";
import { ListOffsets } from "../../src/protocol/messages/02-list-offsets.js";
import { Metadata } from "../../src/protocol/messages/03-metadata.js";
import { CreateTopics } from "../../src/protocol/messages/19-create-topics.js";
import { EndTxn } from "../../src/protocol/messages/26-end-txn.js";
import { CreatePartitions } from "../../src/protocol/messages/37-create-partitions.js";
import { decode } from "../../src/protocol/schema/codec.js";
import type { Api, ResponseReceived } from "../../src/protocol/schema/message.js";
import { errorCodesIn } from "../differential/error-codes.js";
import { type Connection, type Scenario, type Session, scenario } from "../differential/scenario.js";
import { ended } from "../differential/transaction-steps.js";
import { GivenValues } from "./given-values.js";
import { eventsOf, type RecordedEvent, type RecordedExchange, readSession } from "./recorded-session.js";

const METADATA_VERSION = 12;
const LIST_OFFSETS_VERSION = 7;
/** The timestamp that stands for the log end in ListOffsets. */
const LATEST = -1;
const FINAL_EPOCH = -1;

/** What passes by itself: topics, coordinators and transactions that are on their way. A client asks again. */
const passing: ReadonlySet<number> = new Set(
  [
    ...[errors.UNKNOWN_TOPIC_OR_PARTITION, errors.LEADER_NOT_AVAILABLE, errors.NOT_LEADER_OR_FOLLOWER],
    ...[errors.COORDINATOR_LOAD_IN_PROGRESS, errors.COORDINATOR_NOT_AVAILABLE, errors.NOT_COORDINATOR],
    ...[errors.CONCURRENT_TRANSACTIONS, errors.UNSTABLE_OFFSET_COMMIT],
  ].map(({ code }) => code),
);

const makers: ReadonlySet<Api> = new Set<Api>([CreateTopics, CreatePartitions]);

export function replayOf(name: string): Scenario {
  const events = eventsOf(readSession(name)).filter(({ exchange }) => hasSettled(exchange.api, exchange.answer));
  return scenario(`recorded-${name}`, (session) => new Replay(session).play(events));
}

/** A session of fetches counts its answers: none of them may be left out. */
function hasSettled(api: Api, answer: unknown): boolean {
  return api === Fetch || !errorCodesIn(answer).some((code) => passing.has(code));
}

/** KIP-227. */
function endsFetchSession(api: Api, { sessionId, sessionEpoch }: Readonly<Record<string, unknown>>): boolean {
  return api === Fetch && sessionId !== 0 && sessionEpoch === FINAL_EPOCH;
}

class Replay {
  readonly #session: Session;
  readonly #connections = new Map<number, Connection>();
  readonly #given = new GivenValues();
  readonly #answers = new Map<RecordedExchange, Promise<unknown>>();
  /** Of the topics that are known to be open. */
  readonly #partitionsOf = new Map<string, number>();

  constructor(session: Session) {
    this.#session = session;
  }

  async play(events: readonly RecordedEvent[]): Promise<void> {
    for (const { kind, exchange } of events) {
      const connection = await this.#connectionOf(exchange);
      if (kind === "asked") await this.#ask(connection, exchange);
      else await this.#answered(connection, exchange);
    }
  }

  async #connectionOf({ connection: number, clientId }: RecordedExchange): Promise<Connection> {
    const open = this.#connections.get(number) ?? (await this.#session.connect(clientId ?? undefined));
    this.#connections.set(number, open);
    return open;
  }

  async #ask(connection: Connection, exchange: RecordedExchange): Promise<void> {
    const { api, version } = exchange;
    const request = this.#request(exchange);
    // It may come on another connection than the fetches of the session: a busy broker would take it before them.
    if (endsFetchSession(api, request)) await Promise.allSettled(this.#answers.values());
    const answer = connection.sendUntil(api, version, request, (got) => hasSettled(api, got));
    // It is awaited where the client had its answer.
    answer.catch(() => {});
    this.#answers.set(exchange, answer);
  }

  #request({ api, version, body }: RecordedExchange): Readonly<Record<string, unknown>> {
    const request = decode(api.request, version, body);
    if (!request.ok) throw new Error(request.malformed);
    return this.#given.rebind(api.request.fields, request.value);
  }

  async #answered(connection: Connection, exchange: RecordedExchange): Promise<void> {
    const answer = await this.#answers.get(exchange);
    this.#given.learn(exchange.api.response.fields, exchange.answer, answer);
    await this.#settled(connection, exchange.api, this.#request(exchange));
  }

  /** What a broker goes on with when it has answered, and what is asked next would show in one state or another. */
  async #settled(connection: Connection, api: Api, request: Readonly<Record<string, unknown>>): Promise<void> {
    if (api === EndTxn) await ended(connection, String(request.transactionalId));
    const mayMakeTopics = api === Metadata ? request.allowAutoTopicCreation === true : makers.has(api);
    if (!mayMakeTopics || !Array.isArray(request.topics)) return;
    for (const topic of request.topics) {
      const name = String(Reflect.get(topic, "name"));
      const partitions = Math.max(1, Number(Reflect.get(topic, "numPartitions") ?? Reflect.get(topic, "count") ?? 1));
      if ((this.#partitionsOf.get(name) ?? 0) >= partitions) continue;
      this.#partitionsOf.set(name, partitions);
      await topicIsOpen(connection, name, partitions);
    }
  }
}

async function topicIsOpen(connection: Connection, name: string, count: number): Promise<void> {
  const request = { topics: [{ name }], allowAutoTopicCreation: false };
  const isThere = (got: ResponseReceived<typeof Metadata>) =>
    hasSettled(Metadata, got) && got.topics.every(({ partitions }) => partitions.length >= count);
  const shown = await connection.sendUntil(Metadata, METADATA_VERSION, request, isThere);
  const partitions = (shown.topics[0]?.partitions ?? []).map(({ partitionIndex }) => ({
    ...{ partitionIndex, timestamp: LATEST },
  }));
  const ends = { replicaId: -1, topics: [{ name, partitions }] };
  await connection.sendUntil(ListOffsets, LIST_OFFSETS_VERSION, ends, (got) => hasSettled(ListOffsets, got));
}

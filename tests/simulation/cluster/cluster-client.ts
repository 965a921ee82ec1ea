/**
 * A client of a cluster: it knows some brokers, asks them where to send each request, and asks anew when one does not
 * answer or is not the right one any more. Whatever has to be tried again is `ConnectionLost` to its user, who knows then
 * as little as after a lost connection whether the request was carried out.
 */
import type { RandomStream } from "../../../src/environments/simulated/random-stream.js";
import type { Address, Environment } from "../../../src/lib/environment.js";
import { errorName, errors } from "../../../src/protocol/errors.js";
import { Metadata } from "../../../src/protocol/messages/03-metadata.js";
import { OffsetFetch } from "../../../src/protocol/messages/09-offset-fetch.js";
import { FindCoordinator } from "../../../src/protocol/messages/10-find-coordinator.js";
import { Heartbeat } from "../../../src/protocol/messages/12-heartbeat.js";
import { ConsumerGroupHeartbeat } from "../../../src/protocol/messages/68-consumer-group-heartbeat.js";
import type { Api, RequestToSend, ResponseReceived } from "../../../src/protocol/schema/message.js";
import { type Client, ConnectionLost, SimulatedClient } from "../client.js";
import { nameOf, type Route, routeOf } from "./routes.js";

/** Brokers that are dead or cut off say nothing. */
const ANSWER_MS_MAX = 1_500;
const NOBODY = -1;
const ID_CHARACTERS = 22;

/** What every client must be ready to hear while brokers come and go. */
const passing: ReadonlySet<number> = new Set([
  errors.LEADER_NOT_AVAILABLE.code,
  errors.NOT_LEADER_OR_FOLLOWER.code,
  errors.FENCED_LEADER_EPOCH.code,
  errors.UNKNOWN_LEADER_EPOCH.code,
  // A new leader cannot tell yet what is committed (KIP-207).
  errors.OFFSET_NOT_AVAILABLE.code,
  errors.REQUEST_TIMED_OUT.code,
  errors.NOT_ENOUGH_REPLICAS.code,
  errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND.code,
  errors.COORDINATOR_LOAD_IN_PROGRESS.code,
  errors.COORDINATOR_NOT_AVAILABLE.code,
  errors.NOT_COORDINATOR.code,
  errors.NOT_CONTROLLER.code,
  errors.KAFKA_STORAGE_ERROR.code,
]);

/** What a leader says that has not the records before those that it is asked for, or sent. */
const lacksRecords: ReadonlySet<number> = new Set([
  errors.OFFSET_OUT_OF_RANGE.code,
  errors.OUT_OF_ORDER_SEQUENCE_NUMBER.code,
]);

const noSuchTopic: ReadonlySet<number> = new Set([
  errors.UNKNOWN_TOPIC_ID.code,
  errors.UNKNOWN_TOPIC_OR_PARTITION.code,
]);

/**
 * The answers that a coordinator gives without asking anybody, so also when another has taken its place already. That is
 * true of whatever it refuses as well, by what it knew when it was the coordinator.
 */
const readsOnly: ReadonlySet<Api> = new Set<Api>([OffsetFetch, Heartbeat, ConsumerGroupHeartbeat]);

interface Known {
  readonly client: SimulatedClient;
  readonly nodeId: number;
}

/** What a broker really is, whatever it believes itself. */
export interface Roles {
  /** Whether it coordinates the group (0), or the transactional id (1). */
  coordinates(nodeId: number, keyType: 0 | 1, key: string): boolean;
  /** In which epoch it leads the partition of a topic, given by name or id; null: it does not. */
  leaderEpochOf(nodeId: number, topic: string, partition: number): number | null;
}

export class ClusterClient implements Client {
  readonly clientId: string;
  readonly environment: Environment;
  /** How many requests of its user were answered. */
  answered = 0;
  /** Other replicas answer too, as far as they know: who wants to know what is true now asks again. */
  believesOnlyLeaders = false;
  readonly #brokers: readonly Address[];
  readonly #random: RandomStream;
  readonly #roles: Roles;
  readonly #clients = new Map<string, SimulatedClient>();
  readonly #known = new Map<string, Known>();
  /** The newest leader epoch of each partition: brokers that know of none so new have nothing to tell. */
  readonly #epochs = new Map<string, number>();

  constructor(
    clientId: string,
    environment: Environment,
    brokers: readonly Address[],
    random: RandomStream,
    roles: Roles,
  ) {
    this.clientId = clientId;
    this.environment = environment;
    this.#brokers = brokers;
    this.#random = random;
    this.#roles = roles;
  }

  async request<A extends Api>(api: A, version: number, body: RequestToSend<A>): Promise<ResponseReceived<A>> {
    const route = routeOf(api, body);
    const known = await this.#find(route);
    if (known === null) throw new ConnectionLost(`nobody is known for ${nameOf(route)}`);
    const ledIn = this.#leaderEpochOf(known, route);
    try {
      const response = await known.client.request(api, version, body);
      const refusals = errorsIn(response);
      const again = refusals.find((errorCode) => passing.has(errorCode));
      if (again !== undefined) throw new ConnectionLost(`${api.name} was answered with ${errorName(again)}`);
      const isUnasked = refusals.length > 0 || readsOnly.has(api);
      if (route.to === "coordinator" && isUnasked) this.#mustCoordinate(known.nodeId, route);
      const mustLead = this.believesOnlyLeaders && route.to === "leader";
      // Who was replaced, and has not heard of it, may have fewer records than its successor has committed.
      if (mustLead || refusals.some((errorCode) => lacksRecords.has(errorCode))) {
        const hasLed = ledIn !== null && ledIn === this.#leaderEpochOf(known, route);
        if (!hasLed) throw new ConnectionLost(`${known.nodeId} leads ${nameOf(route)} no more`);
      }
      this.answered++;
      return response;
    } catch (failure) {
      this.#known.delete(nameOf(route));
      throw failure;
    }
  }

  /** Lost when nobody is known yet. */
  sendOnly<A extends Api>(api: A, version: number, body: RequestToSend<A>): void {
    const known = this.#known.get(nameOf(routeOf(api, body)));
    known?.client.sendOnly(api, version, body);
  }

  close(): void {
    for (const client of this.#clients.values()) client.close();
    this.#known.clear();
  }

  /** All brokers, whether they live or not. */
  get each(): readonly Client[] {
    return this.#brokers.map((address) => this.#clientOf(address));
  }

  #mustCoordinate(nodeId: number, { keyType, key }: Route & { readonly to: "coordinator" }): void {
    if (!this.#roles.coordinates(nodeId, keyType, key))
      throw new ConnectionLost(`${nodeId} coordinates ${key} no more`);
  }

  #leaderEpochOf({ nodeId }: Known, route: Route): number | null {
    return route.to === "leader" ? this.#roles.leaderEpochOf(nodeId, route.topic, route.partition) : null;
  }

  async #find(route: Route): Promise<Known | null> {
    const any = { client: this.#any(), nodeId: NOBODY };
    if (route.to === "any") return any;
    const name = nameOf(route);
    if (!this.#known.has(name)) {
      if (route.to === "coordinator") await this.#findCoordinator(name, route.keyType, route.key);
      // Whoever is asked for a topic that is not there says so.
      else if ((await this.#findLeaders(route.topic)) === "no such topic") return any;
    }
    return this.#known.get(name) ?? null;
  }

  async #findLeaders(topic: string): Promise<"no such topic" | "found"> {
    const asked = topic.length === ID_CHARACTERS ? { topicId: topic, name: null } : { name: topic };
    const answer = await this.#any().request(Metadata, 12, {
      topics: [asked],
      allowAutoTopicCreation: false,
      includeTopicAuthorizedOperations: false,
    });
    if (answer.topics.some(({ errorCode }) => noSuchTopic.has(errorCode))) return "no such topic";
    const partitions = answer.topics.flatMap(({ partitions }) => partitions);
    for (const { partitionIndex: partition, leaderId, leaderEpoch = -1 } of partitions) {
      const name = nameOf({ to: "leader", topic, partition });
      if (leaderEpoch < (this.#epochs.get(name) ?? -1)) continue;
      this.#epochs.set(name, leaderEpoch);
      const leader = answer.brokers.find(({ nodeId }) => nodeId === leaderId);
      if (leader === undefined) this.#known.delete(name);
      else this.#known.set(name, { client: this.#clientOf(leader), nodeId: leaderId });
    }
    return "found";
  }

  async #findCoordinator(name: string, keyType: number, key: string): Promise<void> {
    const { coordinators } = await this.#any().request(FindCoordinator, 4, { keyType, coordinatorKeys: [key] });
    for (const { errorCode, nodeId, host, port } of coordinators) {
      if (errorCode === errors.NONE.code) this.#known.set(name, { client: this.#clientOf({ host, port }), nodeId });
    }
  }

  #any(): SimulatedClient {
    const [first, ...others] = this.#brokers;
    if (first === undefined) throw new Error("a cluster has brokers");
    return this.#clientOf(this.#random.pick(first, ...others));
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

/** All errors in an answer, wherever they stand. */
function errorsIn(answer: object, found: number[] = []): readonly number[] {
  for (const [name, value] of Object.entries(answer)) {
    if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) errorsIn(value, found);
    else if (typeof value === "number" && value !== errors.NONE.code && name.endsWith("rrorCode")) found.push(value);
  }
  return found;
}

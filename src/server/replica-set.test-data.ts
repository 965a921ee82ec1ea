/**
 * For tests: the replicas of one partition on simulated hosts. Followers fetch through the real handlers, over links that
 * delay and break; the controller is a few rules that never elect uncleanly.
 */
import { RACK_AWARE } from "../cluster/replication/leading/replica-selector.js";
import type { Partition } from "../cluster/replication/partition.js";
import { Replication } from "../cluster/replication/replication.js";
import { FetchSessions } from "../cluster/replication/sessions/fetch-sessions.js";
import type { BrokerConfig } from "../config/broker-config.js";
import { configWith } from "../config/config.test-data.js";
import type { RandomStream } from "../environments/simulated/random-stream.js";
import type { SimulatedHost, Simulation } from "../environments/simulated/simulation.js";
import type { Environment } from "../lib/environment.js";
import { invariant } from "../lib/invariant.js";
import { Waiters } from "../lib/waiters.js";
import { emptyImage } from "../metadata/image/empty.js";
import type { BrokerImage, MetadataImage, PartitionImage } from "../metadata/image/image.js";
import { broker1, partitionOfBroker1 } from "../metadata/image/image.test-data.js";
import { type ErrorCode, errors } from "../protocol/errors.js";
import type { AlterPartition } from "../protocol/messages/56-alter-partition.js";
import type { Api, RequestOf, RequestToSend, ResponseOf, ResponseReceived } from "../protocol/schema/message.js";
import { NO_LIMIT, ReplicationQuota } from "../quotas/replication-quota.js";
import type { LogStore } from "../storage/folders/log-store.js";
import type { LogConfig } from "../storage/log-config.js";
import { logConfig, openSimulatedStore, silentLogger } from "../storage/storage.test-data.js";
import { ask } from "./ask.test-data.js";
import { produce } from "./handlers/00-produce.js";
import { fetch } from "./handlers/01-fetch.js";
import { listOffsets } from "./handlers/02-list-offsets.js";

const TOPIC = "orders";
export const TOPIC_ID = "AAAAAAAAAAAAAAAAAAAAAQ";
const handlers = new Map([produce, fetch, listOffsets].map((handler) => [handler.api.key, handler]));

const settings = {
  "replica.fetch.backoff.ms": 50,
  "replica.fetch.wait.max.ms": 100,
  "replica.lag.time.max.ms": 1_500,
  "replica.socket.timeout.ms": 500,
  "replica.fetch.max.bytes": 300,
};

/** `isRackAware`: consumers may read from followers, which are told soon what is committed. */
function brokerConfig(isRackAware: boolean): BrokerConfig {
  const selector = isRackAware ? { "replica.selector.class": RACK_AWARE } : {};
  const sets = Object.entries({ ...settings, ...selector }).map(([name, value]) => `${name}=${value}`);
  return configWith(...sets);
}

/** Half of the brokers hold replicas back that catch up. */
function throttlesOf({ wire }: Environment, random: RandomStream) {
  const quota = () => {
    const throttle = new ReplicationQuota(wire, { windows: 3, windowMs: 200 });
    throttle.throttle(TOPIC, "all");
    throttle.limit(random.below(2) === 0 ? 2_000 + random.below(8_000) : NO_LIMIT);
    return throttle;
  };
  return { leader: quota(), follower: quota() };
}

export class ReplicaSet {
  readonly simulation: Simulation;
  readonly random: RandomStream;
  readonly brokers: readonly ReplicaBroker[];
  readonly config: LogConfig;
  /** Pairs of brokers that do not hear each other, as `1-2`. */
  readonly cuts = new Set<string>();
  image: MetadataImage = emptyImage;
  #partition: PartitionImage;

  constructor(simulation: Simulation, ids: readonly number[], config: Partial<LogConfig> = {}) {
    this.simulation = simulation;
    this.random = simulation.random("replica set");
    this.config = { ...logConfig, minInsyncReplicas: 2, ...config };
    this.#partition = { ...partitionOfBroker1, replicas: ids, isr: ids };
    this.brokers = ids.map((id) => new ReplicaBroker(id, this));
    this.#change({});
  }

  get partition(): PartitionImage {
    return this.#partition;
  }

  broker(id: number): ReplicaBroker {
    const broker = this.brokers.find((one) => one.id === id);
    invariant(broker !== undefined, "the broker exists");
    return broker;
  }

  get leader(): Partition | null {
    const { leader } = this.#partition;
    return leader < 0 ? null : this.broker(leader).partition;
  }

  delay(): Promise<void> {
    return this.simulation.sleep(this.random.below(8));
  }

  /** A process of this broker serves from now on. */
  registered(): void {
    this.#change({});
    if (this.#partition.leader < 0) this.elect();
  }

  /** The broker is gone: it leaves the ISR, unless it is the last in it. */
  fenced(id: number): void {
    const isr = this.#partition.isr.filter((member) => member !== id);
    this.#change(isr.length > 0 ? { isr } : {});
    if (this.#partition.leader === id) this.elect();
  }

  /** Another leader, out of those in sync that are alive. */
  elect(): void {
    const { isr, leader, leaderEpoch } = this.#partition;
    const able = isr.filter((id) => this.broker(id).isAlive);
    const others = able.filter((id) => id !== leader);
    const elected = others[this.random.below(Math.max(others.length, 1))] ?? able[0] ?? -1;
    this.#change({ leader: elected, leaderEpoch: leaderEpoch + 1 });
  }

  async alterPartition(request: RequestOf<typeof AlterPartition>) {
    await this.delay();
    const asked = request.topics[0]?.partitions[0];
    invariant(asked !== undefined, "one partition is asked for");
    const errorCode = this.#refuse(request.brokerId, asked);
    if (errorCode === errors.NONE.code) this.#change({ isr: asked.newIsrWithEpochs.map(({ brokerId }) => brokerId) });
    await this.delay();
    if (this.random.below(5) === 0) return { errorCode: errors.REQUEST_TIMED_OUT.code };
    const { leader: leaderId, leaderEpoch, isr, partitionEpoch } = this.#partition;
    const answer = { partitionIndex: 0, errorCode, leaderId, leaderEpoch, isr, partitionEpoch };
    const reply: ResponseOf<typeof AlterPartition> = {
      errorCode: 0,
      topics: [{ topicId: TOPIC_ID, partitions: [answer] }],
    };
    return { reply };
  }

  /** Sends a request from one broker to another, as the network and the other's life allow. */
  async send<A extends Api>(
    from: ReplicaBroker,
    to: number,
    api: A,
    request: RequestToSend<A>,
    timeoutMs: number,
  ): Promise<{ readonly response: ResponseReceived<A> } | { readonly errorCode: ErrorCode }> {
    await this.delay();
    if (this.#isCut(from.id, to)) return this.#lost(timeoutMs);
    const response = await this.broker(to).serve(api, request);
    await this.delay();
    if (this.#isCut(from.id, to)) return this.#lost(timeoutMs);
    return response === null ? { errorCode: errors.NETWORK_EXCEPTION.code } : { response };
  }

  #isCut(one: number, other: number): boolean {
    return this.cuts.has(`${one}-${other}`) || this.cuts.has(`${other}-${one}`);
  }

  async #lost(timeoutMs: number) {
    await this.simulation.sleep(timeoutMs);
    return { errorCode: errors.REQUEST_TIMED_OUT.code };
  }

  #refuse(
    brokerId: number,
    asked: RequestOf<typeof AlterPartition>["topics"][number]["partitions"][number],
  ): ErrorCode {
    const { leader, leaderEpoch, partitionEpoch } = this.#partition;
    if (asked.leaderEpoch !== leaderEpoch || brokerId !== leader) return errors.FENCED_LEADER_EPOCH.code;
    if (asked.partitionEpoch !== partitionEpoch) return errors.INVALID_UPDATE_VERSION.code;
    const isEligible = asked.newIsrWithEpochs.every(({ brokerId: id, brokerEpoch }) => {
      const broker = this.broker(id);
      return broker.isAlive && (brokerEpoch === -1 || brokerEpoch === broker.epoch);
    });
    return isEligible ? errors.NONE.code : errors.INELIGIBLE_REPLICA.code;
  }

  #change(changes: Partial<PartitionImage>): void {
    const { partitionEpoch } = this.#partition;
    const isNew = Object.keys(changes).length > 0;
    this.#partition = { ...this.#partition, ...changes, partitionEpoch: partitionEpoch + (isNew ? 1 : 0) };
    const topic = { name: TOPIC, id: TOPIC_ID, partitions: [this.#partition] };
    this.image = {
      ...emptyImage,
      brokers: new Map(this.brokers.map((broker) => [broker.id, broker.image])),
      topicsByName: new Map([[TOPIC, topic]]),
      topicsById: new Map([[TOPIC_ID, topic]]),
    };
    for (const broker of this.brokers) broker.learn(this.image);
  }
}

/** One broker, as far as its replica goes. */
export class ReplicaBroker {
  readonly id: number;
  epoch = 0;
  readonly #set: ReplicaSet;
  readonly #host: SimulatedHost;
  #running: Running | null = null;

  constructor(id: number, set: ReplicaSet) {
    this.id = id;
    this.#set = set;
    this.#host = set.simulation.host();
  }

  get isAlive(): boolean {
    return this.#running !== null;
  }

  /** Null: it does not run, or has heard of no partition. */
  get partition(): Partition | null {
    return this.#running?.replication.partitions.get(TOPIC, 0) ?? null;
  }

  get image(): BrokerImage {
    const { id, epoch } = this;
    return { ...broker1, id, epoch, fenced: !this.isAlive };
  }

  async start(): Promise<void> {
    const running = await Running.on(this.#host.start(), this.id, this.#set, () => this.epoch);
    this.epoch++;
    this.#running = running;
    this.#set.registered();
  }

  kill(): void {
    this.#end();
    this.#host.kill();
    this.#set.fenced(this.id);
  }

  cutPower(): void {
    this.#end();
    this.#host.cutPower();
    this.#set.fenced(this.id);
  }

  /** News of the controller come in order, and late. */
  learn(image: MetadataImage): void {
    this.#running?.learn(image);
  }

  /** Null: the broker does not run, or not any more. */
  async serve<A extends Api>(api: A, request: RequestToSend<A>): Promise<ResponseReceived<A> | null> {
    return this.#running?.serve(api, request) ?? null;
  }

  #end(): void {
    this.#running?.end();
    this.#running = null;
  }
}

/** One process. */
class Running {
  readonly replication: Replication;
  readonly #set: ReplicaSet;
  readonly #environment: Environment;
  readonly #waiters: Waiters;
  readonly #fetchSessions: FetchSessions;
  readonly #config: BrokerConfig;
  #image: MetadataImage = emptyImage;
  #news: Promise<void> = Promise.resolve();
  #end: () => void = () => {};
  readonly #ended = new Promise<null>((resolve) => {
    this.#end = () => resolve(null);
  });
  #hasEnded = false;

  private constructor(
    environment: Environment,
    store: LogStore,
    id: number,
    set: ReplicaSet,
    brokerEpoch: () => number,
  ) {
    const { clock, wire } = environment;
    this.#set = set;
    this.#config = brokerConfig(set.random.below(2) === 0);
    this.#environment = environment;
    this.#waiters = new Waiters(environment, 1_000);
    this.#fetchSessions = new FetchSessions({ wire, random: environment.random, slotsMax: set.random.below(3) });
    this.replication = new Replication({
      ...{ nodeId: id, clock, wire, store, logger: silentLogger, brokerEpoch },
      logConfigOf: () => set.config,
      settings: this.#config.replication,
      brokers: () => this.#image.brokers,
      leaders: {
        send: (to, _lane, api, request, { timeoutMs }) => set.send(set.broker(id), to, api, request, timeoutMs),
      },
      throttles: throttlesOf(environment, set.random),
      alterPartition: (request) => set.alterPartition(request),
    });
  }

  static async on(environment: Environment, id: number, set: ReplicaSet, epoch: () => number): Promise<Running> {
    const { config } = set;
    const store = await openSimulatedStore(environment, { config, checkpointIntervalMs: 300, warmBytes: 2 ** 20 });
    return new Running(environment, store, id, set, epoch);
  }

  learn(image: MetadataImage): void {
    this.#news = this.#news.then(async () => {
      await this.#set.delay();
      if (this.#hasEnded) return;
      const before = this.#image;
      this.#image = image;
      this.replication.partitions.apply(before, image);
    });
  }

  serve<A extends Api>(api: A, request: RequestToSend<A>): Promise<ResponseReceived<A> | null> {
    const handler = handlers.get(api.key);
    invariant(handler !== undefined, "the API is served");
    const { partitions } = this.replication;
    const broker = {
      ...{ partitions, config: this.#config, environment: this.#environment, fetchSessions: this.#fetchSessions },
      park: (_: unknown, parked: Parameters<Waiters["park"]>[0]) => void this.#waiters.park(parked),
    };
    const caller = { broker, image: this.#image, arrivedMs: this.#environment.wire.monotonicMs() };
    const version = Number(api.versions.split("-")[1]);
    return Promise.race([ask(handler, api, version, request, caller), this.#ended]);
  }

  end(): void {
    this.#hasEnded = true;
    this.replication.close();
    this.#end();
  }
}

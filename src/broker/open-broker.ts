import { LocalEngine } from "../cluster/engines/local/local-engine.js";
import { FetchSessions } from "../cluster/replication/fetch-sessions.js";
import { Partitions } from "../cluster/replication/partitions.js";
import type { BrokerConfig } from "../config/broker-config.js";
import type { Outcome } from "../coordination/tickets.js";
import type { GroupTypes } from "../groups/group-types.js";
import type { Address, Environment } from "../lib/environment.js";
import type { Surroundings } from "../lib/surroundings.js";
import { type Parked, Waiters } from "../lib/waiters.js";
import { emptyImage } from "../metadata/empty.js";
import { EngineProblem } from "../metadata/engine.js";
import type { MetadataImage } from "../metadata/image.js";
import type { Logger } from "../observability/logger.js";
import { type ErrorCode, errorName, errors } from "../protocol/errors.js";
import { allowAll } from "../security/authorizer.js";
import { scramKeys } from "../security/scram-keys.js";
import { LogStore } from "../storage/folders/log-store.js";
import type { TransactionTypes } from "../transactions/transaction-types.js";
import type { Broker } from "./broker.js";
import { BrokerSession } from "./broker-session.js";
import { cleanerSettingsOf } from "./cleaner-settings-of.js";
import { configRules } from "./config-rules.js";
import { DataFolders } from "./data-folders.js";
import { groupShards } from "./group-shards.js";
import { groupTopic } from "./internal-topics.js";
import { LiveConfig } from "./live-config.js";
import { logConfigOf } from "./log-config-of.js";
import { MetadataPlane } from "./metadata-plane.js";
import { type ProducerIdBlock, ProducerIds } from "./producer-ids.js";
import { publish } from "./publish.js";
import { Reach } from "./reach.js";
import type { Shards } from "./shards.js";
import { dataFailure, StartFailure } from "./start-failure.js";
import { TopicCreation } from "./topic-creation.js";
import { TransactionMarkers } from "./transaction-markers.js";
import { transactionShards } from "./transaction-shards.js";

export interface OpenBrokerOptions {
  readonly config: BrokerConfig;
  readonly environment: Environment;
  readonly logger: Logger;
  readonly surroundings: Surroundings;
  /** The real address of each open listener, by name. */
  readonly bound: ReadonlyMap<string, Address>;
}

/** `flush.ms` of a topic is kept even where `log.flush.scheduler.interval.ms` is left at its default, which is never. */
const FLUSH_CHECK_MS_MAX = 1_000;

/** Requests that may be parked at once, of all connections. */
const parkedMax = 100_000;

/**
 * The composition root: opens the rooms in their order, joins their ports, and closes them again. Rejects with
 * `StartFailure` when something stands in the way, and leaves nothing open.
 */
export async function openBroker(options: OpenBrokerOptions): Promise<OpenBroker> {
  const { config, environment, logger } = options;
  const live = new LiveConfig(config);
  const folders = DataFolders.open(config, environment);
  const engine = new LocalEngine({ environment, directory: folders.metadata, nodeId: config.nodeId });
  try {
    const { clusterId, committedOffset } = await engine.open(config.clusterId ?? folders.clusterId ?? undefined);
    folders.claim(clusterId, config.nodeId, environment.random);
    const store = await LogStore.open({
      environment,
      logger,
      directories: folders.logs,
      retryMs: config.samsa.samsaLogDirRetryMs,
      config: logConfigOf("", emptyImage, config),
      checkpointIntervalMs: config.log.logFlushOffsetCheckpointIntervalMs,
      fileDeleteDelayMs: config.log.logSegmentDeleteDelayMs,
      openFilesMax: config.samsa.samsaLogOpenFilesMax,
      warmBytes: config.samsa.samsaLogWarmBytes,
      intervals: {
        initialDelayMs: config.log.logInitialTaskDelayMs,
        retentionCheckMs: config.log.logRetentionCheckIntervalMs,
        flushCheckMs: Math.min(config.log.logFlushSchedulerIntervalMs, FLUSH_CHECK_MS_MAX),
      },
      cleaner: cleanerSettingsOf(live),
    });
    return await joined(new OpenBroker(options, { live, folders, engine, store, clusterId, committedOffset }));
  } catch (error) {
    await engine.close();
    folders.release();
    if (error instanceof EngineProblem) throw new StartFailure(error.message, error);
    throw dataFailure(folders.metadata.path, error);
  }
}

/** A broker that cannot join stops all that it began: the folder may have another one soon. */
async function joined(broker: OpenBroker): Promise<OpenBroker> {
  try {
    await broker.join();
    return broker;
  } catch (failure) {
    await broker.leave();
    await broker.close();
    throw failure;
  }
}

interface Opened {
  readonly live: LiveConfig;
  readonly folders: DataFolders;
  readonly engine: LocalEngine;
  readonly store: LogStore;
  readonly clusterId: string;
  readonly committedOffset: number;
}

class OpenBroker implements Broker {
  readonly nodeId: number;
  readonly clusterId: string;
  readonly environment: Environment;
  readonly logger: Logger;
  readonly authorizer = allowAll;
  readonly reach: Reach;
  readonly logs: LogStore;
  readonly partitions: Partitions;
  readonly fetchSessions: FetchSessions;
  readonly groups: Shards<GroupTypes>;
  readonly transactions: Shards<TransactionTypes>;
  readonly transactionMarkers: TransactionMarkers;
  readonly controller: MetadataPlane;
  readonly producerIds: ProducerIds;
  readonly topicCreation: TopicCreation;
  readonly #options: OpenBrokerOptions;
  readonly #opened: Opened;
  readonly #waiters: Waiters;
  readonly #controllerServes: Promise<void>;
  readonly #session: BrokerSession;

  constructor(options: OpenBrokerOptions, opened: Opened) {
    const { config, environment, logger, surroundings } = options;
    this.#options = options;
    this.#opened = opened;
    this.nodeId = config.nodeId;
    this.clusterId = opened.clusterId;
    this.environment = environment;
    this.logger = logger;
    this.reach = new Reach({
      nodeId: config.nodeId,
      advertised: config.listeners.advertised,
      byPeer: config.advertisedByPeer,
      containerGateway: surroundings.isContainer ? surroundings.gateway : null,
      portOf: () => null,
    });
    this.#waiters = new Waiters(environment, parkedMax);
    this.logs = opened.store;
    this.logs.watch({
      failed: (logs) => this.partitions.takeOffline(logs),
      back: () => this.#takeBack(),
      moved: (source, log) => this.partitions.hasMoved(source, log),
    });
    this.fetchSessions = new FetchSessions({
      wire: environment.wire,
      random: environment.random,
      slotsMax: config.network.maxIncrementalFetchSessionCacheSlots,
    });
    this.partitions = new Partitions({
      nodeId: config.nodeId,
      clock: environment.clock,
      store: opened.store,
      logConfigOf: (topic, image) => logConfigOf(topic, image, this.config),
    });
    this.groups = groupShards({
      ...{ config, environment, logger, partitions: this.partitions },
      configNow: () => this.config,
      image: () => this.image,
    });
    this.producerIds = new ProducerIds(() => this.#allocateProducerIds());
    const { partitions, groups, producerIds } = this;
    this.transactionMarkers = new TransactionMarkers({
      partitions,
      groups,
      waiters: this.#waiters,
      wire: environment.wire,
    });
    this.transactions = transactionShards({
      ...{ config, environment, logger, partitions, producerIds, markers: this.transactionMarkers },
      image: () => this.image,
    });
    let onServing: () => void = () => undefined;
    this.#controllerServes = new Promise((resolve) => {
      onServing = resolve;
    });
    this.controller = this.#metadataPlane(onServing);
    this.#session = this.#sessionOf(opened.folders);
    this.topicCreation = new TopicCreation(this.controller, config);
  }

  /** As it is now: it follows what is set while the broker runs. */
  get config(): BrokerConfig {
    return this.#opened.live.now;
  }

  get image(): MetadataImage {
    return this.controller.image;
  }

  park(caller: { readonly onGone: (run: () => void) => void }, parked: Parked): void {
    const waiting = this.#waiters.park(parked);
    if (waiting === "full") parked.expire();
    else caller.onGone(() => waiting.cancel());
  }

  /** Becomes part of the cluster, and makes sure that clients find their coordinators. */
  async join(): Promise<void> {
    await this.#controllerServes;
    this.#warnOfMissingFolders();
    const errorCode = await this.#session.begin();
    if (errorCode !== errors.NONE.code) {
      throw new StartFailure(
        `The controller refused this broker: ${errorName(errorCode)}. Is node.id ${this.nodeId} used twice?`,
      );
    }
    this.logs.setAsideStrays((log) => this.partitions.has(log));
    // A client that meets COORDINATOR_NOT_AVAILABLE waits for seconds, so the topic is there before it can ask.
    if (!this.image.topicsByName.has(groupTopic)) await this.#createGroupTopic();
  }

  /** A disk that is not mounted looks like a new folder, or is not there at all. */
  #warnOfMissingFolders(): void {
    const { directoryIds } = this.#opened.folders;
    const known = this.image.brokers.get(this.nodeId)?.logDirs ?? [];
    const missing = known.filter((directoryId) => !directoryIds.includes(directoryId));
    if (missing.length === 0 || this.logs.folders.some(({ failure }) => failure !== null)) return;
    const what = "this node kept data in a folder that is not there any more: is a disk not mounted?";
    this.logger.warn({ missing, folders: this.logs.folders.map(({ path }) => path) }, what);
  }

  async #createGroupTopic(): Promise<void> {
    const created = await this.topicCreation.create([groupTopic]);
    const errorCode = created.get(groupTopic) ?? errors.NONE.code;
    if (errorCode !== errors.NONE.code) {
      const why = `The topic ${groupTopic} cannot be created: ${errorName(errorCode)}.`;
      throw new StartFailure(`${why} Put the properties offsets.topic.* right.`);
    }
    await this.controller.when(({ topicsByName }) => topicsByName.has(groupTopic));
  }

  /** Hands over what this broker leads, and tells the cluster that it goes. Connections are still served. */
  async leave(): Promise<void> {
    await this.#session.end();
  }

  /** Closes coordinators, metadata and logs. The connections are closed by then. */
  async close(): Promise<void> {
    const { folders, store } = this.#opened;
    this.groups.close();
    this.transactions.close();
    await this.controller.close();
    await store.close({ clean: true });
    folders.release();
  }

  #metadataPlane(onServing: () => void): MetadataPlane {
    const { environment, config, logger } = this;
    const { topics } = config;
    return new MetadataPlane({
      engine: this.#opened.engine,
      environment,
      me: { brokerId: this.nodeId, endpoint: firstAddress(this.#options.bound) },
      settings: {
        clusterId: this.clusterId,
        controllerId: this.nodeId,
        random: environment.random,
        configRules: configRules(() => this.config),
        scramKeys,
        topicDefaults: { numPartitions: topics.numPartitions, replicationFactor: topics.defaultReplicationFactor },
        brokerSessionTimeoutMs: config.node.brokerSessionTimeoutMs,
      },
      logger,
      caughtUpAt: this.#opened.committedOffset,
      onImage: (before, after) => this.#publish(before, after),
      onServing,
    });
  }

  #publish(before: MetadataImage, after: MetadataImage): void {
    this.#opened.live.apply(after);
    publish({ partitions: this.partitions, shards: [this.groups, this.transactions] }, before, after);
  }

  /** A data folder works again: its partitions serve, and coordinators of which it holds the logs load anew. */
  #takeBack(): void {
    this.logs.setAsideStrays((log) => this.partitions.has(log));
    this.partitions.takeBack();
    this.#publish(this.image, this.image);
  }

  #sessionOf({ directoryIds }: DataFolders): BrokerSession {
    const { nodeId, clusterId, config, environment, logger, controller } = this;
    return new BrokerSession({
      ...{ nodeId, clusterId, controller, logger },
      incarnationId: environment.random.uuid(),
      endpoints: config.listeners.opened.map(({ name }) => {
        const { host, port } = config.listeners.advertised.get(name) ?? this.#boundAt(name);
        return { name, host, port, securityProtocol: 0 };
      }),
      rack: config.node.brokerRack,
      directoryIds,
      heartbeatIntervalMs: config.node.brokerHeartbeatIntervalMs,
      image: () => this.image,
      wire: environment.wire,
    });
  }

  #boundAt(name: string): Address {
    return this.#options.bound.get(name) ?? firstAddress(this.#options.bound);
  }

  async #allocateProducerIds(): Promise<Outcome<ProducerIdBlock>> {
    const brokerEpoch = this.#session.epoch;
    const outcome = await this.controller.call("allocateProducerIds", { brokerId: this.nodeId, brokerEpoch });
    if ("errorCode" in outcome) return outcome;
    const { errorCode, producerIdStart: start, producerIdLen: length } = outcome.reply;
    return errorCode === errors.NONE.code ? { reply: { start, length } } : { errorCode: errorCode as ErrorCode };
  }
}

function firstAddress(bound: ReadonlyMap<string, Address>): Address {
  return [...bound.values()][0] ?? { host: "localhost", port: 0 };
}

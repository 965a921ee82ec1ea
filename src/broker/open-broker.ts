import { LocalEngine } from "../cluster/engines/local/local-engine.js";
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
import type { LogDirectory } from "../storage/log-directory.js";
import { LogStore } from "../storage/log-store.js";
import type { Broker } from "./broker.js";
import { BrokerSession } from "./broker-session.js";
import { cleanerSettingsOf } from "./cleaner-settings-of.js";
import { configRules } from "./config-rules.js";
import { openDataFolder } from "./data-folder.js";
import { groupShards } from "./group-shards.js";
import { groupTopic } from "./internal-topics.js";
import { logConfigOf } from "./log-config-of.js";
import { MetadataPlane } from "./metadata-plane.js";
import { type ProducerIdBlock, ProducerIds } from "./producer-ids.js";
import { publish } from "./publish.js";
import { Reach } from "./reach.js";
import type { Shards } from "./shards.js";
import { dataFailure, StartFailure } from "./start-failure.js";
import { TopicCreation } from "./topic-creation.js";

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
  const { config, environment } = options;
  const directory = openDataFolder(config, environment);
  const engine = new LocalEngine({ environment, directory, nodeId: config.nodeId });
  try {
    const { clusterId, committedOffset } = await engine.open(config.clusterId ?? undefined);
    const store = await LogStore.open({
      environment,
      directory,
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
      cleaner: cleanerSettingsOf(config),
    });
    return await joined(new OpenBroker(options, { directory, engine, store, clusterId, committedOffset }));
  } catch (error) {
    await engine.close();
    directory.release();
    if (error instanceof EngineProblem) throw new StartFailure(error.message, error);
    throw dataFailure(directory.path, error);
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
  readonly directory: LogDirectory;
  readonly engine: LocalEngine;
  readonly store: LogStore;
  readonly clusterId: string;
  readonly committedOffset: number;
}

class OpenBroker implements Broker {
  readonly nodeId: number;
  readonly clusterId: string;
  readonly config: BrokerConfig;
  readonly environment: Environment;
  readonly logger: Logger;
  readonly authorizer = allowAll;
  readonly reach: Reach;
  readonly partitions: Partitions;
  readonly groups: Shards<GroupTypes>;
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
    this.config = config;
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
    this.partitions = new Partitions({
      nodeId: config.nodeId,
      clock: environment.clock,
      store: opened.store,
      logConfigOf: (topic, image) => logConfigOf(topic, image, config),
    });
    this.groups = groupShards({
      ...{ config, environment, logger, partitions: this.partitions },
      image: () => this.image,
    });
    let onServing: () => void = () => undefined;
    this.#controllerServes = new Promise((resolve) => {
      onServing = resolve;
    });
    this.controller = this.#metadataPlane(onServing);
    this.#session = this.#sessionOf(opened.directory);
    this.producerIds = new ProducerIds(() => this.#allocateProducerIds());
    this.topicCreation = new TopicCreation(this.controller, config);
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
    const errorCode = await this.#session.begin();
    if (errorCode !== errors.NONE.code) {
      throw new StartFailure(
        `The controller refused this broker: ${errorName(errorCode)}. Is node.id ${this.nodeId} used twice?`,
      );
    }
    // A client that meets COORDINATOR_NOT_AVAILABLE waits for seconds, so the topic is there before it can ask.
    if (!this.image.topicsByName.has(groupTopic)) await this.#createGroupTopic();
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
    const { directory, store } = this.#opened;
    this.groups.close();
    await this.controller.close();
    await store.close({ clean: true });
    directory.release();
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
        random: environment.random,
        configRules: configRules(config),
        topicDefaults: { numPartitions: topics.numPartitions, replicationFactor: topics.defaultReplicationFactor },
        brokerSessionTimeoutMs: config.node.brokerSessionTimeoutMs,
      },
      logger,
      caughtUpAt: this.#opened.committedOffset,
      onImage: (before, after) => publish({ partitions: this.partitions, shards: [this.groups] }, before, after),
      onServing,
    });
  }

  #sessionOf({ owner }: LogDirectory): BrokerSession {
    const { nodeId, clusterId, config, environment, logger, controller } = this;
    return new BrokerSession({
      ...{ nodeId, clusterId, controller, logger },
      incarnationId: environment.random.uuid(),
      endpoints: config.listeners.opened.map(({ name }) => {
        const { host, port } = config.listeners.advertised.get(name) ?? this.#boundAt(name);
        return { name, host, port, securityProtocol: 0 };
      }),
      rack: config.node.brokerRack,
      directoryIds: owner === null ? [] : [owner.directoryId],
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

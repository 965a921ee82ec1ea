import type { Partitions } from "../cluster/replication/partitions.js";
import { Replication } from "../cluster/replication/replication.js";
import { FetchSessions } from "../cluster/replication/sessions/fetch-sessions.js";
import type { BrokerConfig } from "../config/broker-config.js";
import type { Address, Environment } from "../lib/environment.js";
import type { Surroundings } from "../lib/surroundings.js";
import { type MayGo, type Parked, Waiters } from "../lib/waiters.js";
import { emptyImage } from "../metadata/image/empty.js";
import type { MetadataImage } from "../metadata/image/image.js";
import type { Logger } from "../observability/logger.js";
import { errorName, errors } from "../protocol/errors.js";
import { allowAll } from "../security/authorizer.js";
import type { LogStore } from "../storage/folders/log-store.js";
import type { PartitionLog } from "../storage/partition-log.js";
import type { Broker } from "./broker.js";
import type { ClusterInProcess } from "./cluster-in-process.js";
import { ProducerIds } from "./controlling/producer-ids.js";
import { TopicCreation } from "./controlling/topic-creation.js";
import { Coordinators } from "./coordinating/coordinators.js";
import { groupTopic } from "./internal-topics.js";
import { brokerNews } from "./joining/broker-news.js";
import { Membership } from "./joining/membership.js";
import { hasPeers } from "./joining/open-engine.js";
import { LiveConfig } from "./live-config.js";
import { type OpenData, openData } from "./open-data.js";
import { publish } from "./publish.js";
import { hostNamesOf, Reach } from "./reach.js";
import { ReplicationThrottles } from "./replication-throttles.js";
import { registrationFailure, StartFailure } from "./start-failure.js";
import { folderIdsOf } from "./storing/folder-ids.js";
import { FolderReports } from "./storing/folder-reports.js";
import { logConfigOf } from "./storing/log-config-of.js";
import { ClientTelemetry } from "./telemetry/client-telemetry.js";

export interface OpenBrokerOptions {
  readonly config: BrokerConfig;
  readonly environment: Environment;
  readonly logger: Logger;
  readonly surroundings: Surroundings;
  /** The real address of each open listener, by name. */
  readonly bound: ReadonlyMap<string, Address>;
  /** Where several brokers share this process. */
  readonly cluster?: ClusterInProcess | undefined;
}

/** Requests that may be parked at once, of all connections. */
const PARKED_MAX = 100_000;

/**
 * The composition root: opens the rooms in their order, and joins their ports. The broker is not in the cluster yet: call
 * `join`. Rejects with `StartFailure` when something stands in the way, and leaves nothing open.
 */
export async function openBroker(options: OpenBrokerOptions): Promise<OpenBroker> {
  const live = new LiveConfig(options.config);
  const throttles = new ReplicationThrottles(options.environment, options.config);
  return new OpenBroker(options, live, throttles, await openData({ ...options, live, throttles }));
}

export class OpenBroker implements Broker {
  readonly nodeId: number;
  readonly clusterId: string;
  readonly environment: Environment;
  readonly logger: Logger;
  readonly authorizer = allowAll;
  readonly reach: Reach;
  readonly logs: LogStore;
  readonly fetchSessions: FetchSessions;
  readonly producerIds: ProducerIds;
  readonly topicCreation: TopicCreation;
  readonly clientTelemetry: ClientTelemetry;
  joining: Promise<void> | null;
  readonly #options: OpenBrokerOptions;
  readonly #live: LiveConfig;
  readonly #data: OpenData;
  readonly #waiters: Waiters;
  readonly #coordinators: Coordinators;
  readonly #membership: Membership;
  readonly #replication: Replication;
  readonly #throttles: ReplicationThrottles;
  readonly #folderReports: FolderReports;
  #isKnown = false;
  #hasJoined: () => void = () => {};

  constructor(options: OpenBrokerOptions, live: LiveConfig, throttles: ReplicationThrottles, data: OpenData) {
    const { config, environment, logger } = options;
    this.#options = options;
    this.joining = new Promise((resolve) => {
      this.#hasJoined = resolve;
    });
    this.#live = live;
    this.#throttles = throttles;
    this.#data = data;
    this.nodeId = config.nodeId;
    this.clusterId = data.metadata.clusterId;
    this.environment = environment;
    this.logger = logger;
    this.logs = data.store;
    this.reach = reachOf(options);
    this.#waiters = new Waiters(environment, PARKED_MAX);
    this.fetchSessions = new FetchSessions({
      ...{ wire: environment.wire, random: environment.random },
      slotsMax: config.network.maxIncrementalFetchSessionCacheSlots,
    });
    this.#replication = this.#openReplication();
    this.#membership = this.#openMembership();
    this.#folderReports = this.#openFolderReports();
    this.producerIds = new ProducerIds(() => this.#membership.allocateProducerIds());
    this.#coordinators = this.#openCoordinators();
    this.clientTelemetry = new ClientTelemetry({
      random: environment.random,
      wallMs: () => environment.clock.wallMs(),
      logger,
      pushBytesMax: config.telemetry.telemetryMaxBytes,
    });
    this.topicCreation = new TopicCreation({
      ...{ controller: this.controller, config, image: () => this.image, wire: environment.wire, logger },
      clusterSize: options.cluster?.size ?? (this.hasPeers ? null : 1),
    });
    this.logs.watch({
      failed: (logs) => this.#takeOffline(logs),
      back: () => this.#takeBack(),
      moved: (source, log) => this.#hasMoved(source, log),
    });
  }

  #openReplication(): Replication {
    const { clock, wire } = this.environment;
    return new Replication({
      ...{ nodeId: this.nodeId, clock, wire, logger: this.logger, store: this.logs, throttles: this.#throttles },
      logConfigOf: (topic, under) => logConfigOf(topic, under, this.config),
      settings: this.#options.config.replication,
      brokers: () => this.image.brokers,
      brokerEpoch: () => this.#membership.session.epoch,
      leaders: { send: (...request) => this.#membership.peers.send(...request) },
      alterPartition: (request) => this.controller.call("alterPartition", request),
    });
  }

  #openMembership(): Membership {
    const { config, environment, logger, bound } = this.#options;
    const { metadata, previousBrokerEpoch } = this.#data;
    return new Membership({
      ...{ config, configNow: () => this.config, environment, logger, metadata, previousBrokerEpoch },
      ...{ bound, ownHost: ownHostOf(this.#options) },
      folders: () => folderIdsOf(this.logs),
      onImage: (before, after) => this.#publish(before, after),
    });
  }

  #openFolderReports(): FolderReports {
    return new FolderReports({
      ...{ nodeId: this.nodeId, store: this.logs, controller: this.controller, image: () => this.image },
      wire: this.environment.wire,
      brokerEpoch: () => this.#membership.session.epoch,
    });
  }

  #openCoordinators(): Coordinators {
    const { config, environment, logger } = this.#options;
    return new Coordinators({
      ...{ nodeId: this.nodeId, config, configNow: () => this.config, environment, logger, image: () => this.image },
      ...{ peers: this.#membership.peers, partitions: this.partitions, producerIds: this.producerIds },
      waiters: this.#waiters,
    });
  }

  /** Whether other brokers have the same metadata, and may ask this one before clients can. */
  get hasPeers(): boolean {
    return hasPeers(this.#options.config, this.#options.cluster);
  }

  /** As it is now: it follows what is set while the broker runs. */
  get config(): BrokerConfig {
    return this.#live.now;
  }

  get partitions(): Partitions {
    return this.#replication.partitions;
  }

  get image(): MetadataImage {
    return this.#membership.metadata.image;
  }

  get controller(): Broker["controller"] {
    return this.#membership.controller;
  }

  get groups(): Broker["groups"] {
    return this.#coordinators.groups;
  }

  get transactions(): Broker["transactions"] {
    return this.#coordinators.transactions;
  }

  get transactionMarkers(): Broker["transactionMarkers"] {
    return this.#coordinators.transactionMarkers;
  }

  get transactionInquiries(): Broker["transactionInquiries"] {
    return this.#coordinators.transactionInquiries;
  }

  park(caller: MayGo, parked: Parked): void {
    const waiting = this.#waiters.park(parked);
    if (waiting === "full") parked.expire();
    else caller.onGone(() => waiting.cancel());
  }

  /** Becomes part of the cluster. A broker that is all of it also makes sure that clients find their coordinators. */
  async join(): Promise<void> {
    await this.#membership.findController();
    this.#warnOfMissingFolders();
    const errorCode = await this.#membership.session.begin();
    if (errorCode !== errors.NONE.code) {
      throw registrationFailure(this.nodeId, errorCode, this.image);
    }
    this.logs.setAsideStrays((log) => this.partitions.has(log));
    if (!this.hasPeers) await this.createGroupTopic();
    this.joining = null;
    this.#hasJoined();
  }

  /** A client that meets COORDINATOR_NOT_AVAILABLE waits for seconds, so the topic is there before it can ask. */
  async createGroupTopic(): Promise<void> {
    if (this.image.topicsByName.has(groupTopic)) return;
    const created = await this.topicCreation.create([groupTopic]);
    const errorCode = created.get(groupTopic) ?? errors.NONE.code;
    if (errorCode !== errors.NONE.code) {
      const why = `The topic ${groupTopic} cannot be created: ${errorName(errorCode)}.`;
      throw new StartFailure(`${why} Put the properties offsets.topic.* right.`);
    }
    await this.#membership.metadata.when(({ topicsByName }) => topicsByName.has(groupTopic));
  }

  /** Hands over what this broker leads, and tells the cluster that it goes. Connections are still served. */
  async leave(): Promise<void> {
    await this.#membership.session.end();
  }

  /** Closes coordinators, metadata and logs. The connections are closed by then. */
  async close(how: { readonly clean: boolean } = { clean: true }): Promise<void> {
    this.#coordinators.close();
    this.#folderReports.close();
    this.#replication.close();
    await this.#membership.close();
    await this.#data.close({ ...how, brokerEpoch: this.#membership.session.epoch });
  }

  /**
   * The rooms hear of nothing before the metadata knows this run of the broker: what an earlier one led is not its own to
   * lead, as it may have lost records since (KIP-631).
   */
  #publish(before: MetadataImage, after: MetadataImage): void {
    this.#live.apply(after);
    const isFirst = !this.#isKnown;
    this.#isKnown ||= this.#membership.session.isKnownIn(after);
    if (!this.#isKnown) return;
    const rooms = { partitions: this.partitions, coordinators: this.#coordinators };
    if (!isFirst) this.#tellOfBrokers(before, after);
    this.#throttles.apply(isFirst ? emptyImage : before, after, this.config);
    publish(rooms, isFirst ? emptyImage : before, after);
    this.#folderReports.topicsChanged(isFirst ? emptyImage : before, after);
  }

  /** The controller tells of the others, so that it is told once; and where brokers come and go by themselves. */
  #tellOfBrokers(before: MetadataImage, after: MetadataImage): void {
    if (this.config.metadata.samsaMetadataEngine === "local" || this.controller.controllerId !== this.nodeId) return;
    for (const { level, broker, sentence } of brokerNews(before, after)) {
      if (broker !== this.nodeId) this.logger[level]({ broker }, sentence);
    }
  }

  #hasMoved(source: PartitionLog, log: PartitionLog): void {
    this.partitions.hasMoved(source, log);
    if (log.topicId !== null) this.#folderReports.moved(log.topicId, log.partition);
  }

  #takeOffline(logs: readonly PartitionLog[]): void {
    this.partitions.takeOffline(logs);
    this.#membership.session.foldersChanged();
  }

  /** A data folder works again: its partitions serve, and coordinators of which it holds the logs load anew. */
  #takeBack(): void {
    this.logs.setAsideStrays((log) => this.partitions.has(log));
    this.partitions.takeBack();
    this.#publish(this.image, this.image);
    this.#membership.session.foldersChanged();
  }

  /** A disk that is not mounted looks like a new folder, or is not there at all. */
  #warnOfMissingFolders(): void {
    const { working } = folderIdsOf(this.logs);
    const known = this.image.brokers.get(this.nodeId)?.logDirs ?? [];
    const missing = known.filter((directoryId) => !working.includes(directoryId));
    if (missing.length === 0 || this.logs.folders.some(({ failure }) => failure !== null)) return;
    const what = "this node kept data in a folder that is not there any more: is a disk not mounted?";
    this.logger.warn({ missing, folders: this.logs.folders.map(({ path }) => path) }, what);
  }
}

/** The host of a listener on every interface, as it is told to other brokers. */
function ownHostOf({ config, surroundings }: OpenBrokerOptions): string {
  return config.metadata.samsaMetadataEngine === "local" ? "127.0.0.1" : surroundings.hostName;
}

function reachOf({ config, surroundings, cluster }: OpenBrokerOptions): Reach {
  return new Reach({
    nodeId: config.nodeId,
    advertised: config.listeners.advertised,
    hostNames: hostNamesOf(config.listeners.opened),
    byPeer: config.advertisedByPeer,
    containerGateway: surroundings.isContainer ? surroundings.gateway : null,
    portOf: (brokerId, listener) => cluster?.portOf(brokerId, listener) ?? null,
  });
}

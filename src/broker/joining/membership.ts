import type { ControllerSettings } from "../../cluster/controller/controller-types.js";
import { PeerConnections } from "../../cluster/peers/peer-connections.js";
import type { BrokerConfig } from "../../config/broker-config.js";
import type { Outcome } from "../../coordination/tickets.js";
import type { Address, Environment } from "../../lib/environment.js";
import type { MetadataImage } from "../../metadata/image/image.js";
import type { Logger } from "../../observability/logger.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { scramKeys } from "../../security/scram-keys.js";
import { configRules } from "../controlling/config-rules.js";
import { ControllerCalls } from "../controlling/controller-calls.js";
import { MetadataPlane } from "../controlling/metadata-plane.js";
import type { ProducerIdBlock } from "../controlling/producer-ids.js";
import { controllerMissing, nodeIdTaken } from "../start-failure.js";
import type { FolderIds } from "../storing/folder-ids.js";
import { BrokerSession, SESSION_END_MS_MAX } from "./broker-session.js";
import type { OpenEngine } from "./open-engine.js";
import { addressToTell, type OwnAddresses } from "./told-address.js";

export interface MembershipOptions extends OwnAddresses {
  readonly config: BrokerConfig;
  readonly configNow: () => BrokerConfig;
  readonly environment: Environment;
  readonly logger: Logger;
  readonly metadata: OpenEngine;
  /** Its data folders, as they are now. */
  readonly folders: () => FolderIds;
  readonly previousBrokerEpoch: number;
  /** As `MetadataPlane` has it. */
  readonly onImage: (before: MetadataImage, after: MetadataImage) => void;
}

/** An answer holds at least one batch, however large, and a little more. No batch was larger than a request. */
const BESIDE_RECORDS_BYTES = 1024 * 1024;
const RECHECK_MS = 1_000;

/** This broker as a part of its cluster: the metadata that it follows, the other brokers, the controller, its own standing. */
export class Membership {
  readonly metadata: MetadataPlane;
  readonly peers: PeerConnections;
  readonly controller: ControllerCalls;
  readonly session: BrokerSession;
  readonly #options: MembershipOptions;
  /** This broker is the controller, as far as was told. */
  #leads = false;

  constructor(options: MembershipOptions) {
    const { config, environment, logger, metadata } = options;
    const { nodeId } = config;
    this.#options = options;
    this.metadata = new MetadataPlane({
      engine: metadata.engine,
      environment,
      me: { brokerId: nodeId, endpoint: addressToTell(options, config.listeners.interBrokerName) },
      settings: controllerSettings(options),
      logger,
      caughtUpAt: metadata.committedOffset,
      snapshots: {
        bytesBetween: config.metadata.metadataLogMaxRecordBytesBetweenSnapshots,
        intervalMs: config.metadata.metadataLogMaxSnapshotIntervalMs,
      },
      // In one process, each id is given once.
      mayRunTwice: config.metadata.samsaMetadataEngine === "local" ? null : (image) => this.#mayRunTwice(image),
      onImage: options.onImage,
    });
    this.peers = new PeerConnections({
      ...{ environment, logger, nodeId },
      addressOf: (brokerId) => this.#addressOf(brokerId),
      answerBytesMax: config.network.socketRequestMaxBytes + BESIDE_RECORDS_BYTES,
    });
    this.controller = new ControllerCalls({
      ...{ nodeId, peers: this.peers, plane: this.metadata },
      wire: environment.wire,
    });
    this.session = new BrokerSession({
      ...{ nodeId, logger, config: config.node, wire: environment.wire },
      folders: options.folders,
      clusterId: metadata.clusterId,
      previousBrokerEpoch: options.previousBrokerEpoch,
      controller: this.controller,
      metadata: this.metadata,
      incarnationId: environment.random.uuid(),
      endpoints: config.listeners.opened.map(({ name }) => {
        return { name, ...addressToTell(options, name), securityProtocol: 0 };
      }),
    });
    this.metadata.onControllerMoved(() => this.#controllerMoved());
  }

  /**
   * Settles when this broker has seen what was committed before it started, and there is a controller to ask. Rejects with
   * `StartFailure` when nobody becomes controller, or the controller is another process with this broker's id: the run
   * before, which may lead still, ends with its session at the latest.
   */
  async findController(): Promise<void> {
    const { config, environment, metadata } = this.#options;
    const { initialBrokerRegistrationTimeoutMs: timeoutMs } = config.node;
    const { wire } = environment;
    const untilMs = wire.monotonicMs() + timeoutMs;
    const namesakeMsMax = config.node.brokerSessionTimeoutMs + SESSION_END_MS_MAX;
    let namesakeEpoch: number | null = null;
    let namesakeUntilMs = untilMs;
    while (this.controller.controllerId === null) {
      const { namesake } = this.metadata;
      if (namesake !== null && namesake.epoch !== namesakeEpoch) {
        namesakeEpoch = namesake.epoch;
        namesakeUntilMs = wire.monotonicMs() + namesakeMsMax;
      }
      if (namesake !== null && wire.monotonicMs() >= namesakeUntilMs) {
        throw nodeIdTaken(config.nodeId, namesake.endpoint);
      }
      if (wire.monotonicMs() >= untilMs) throw controllerMissing(timeoutMs);
      await this.metadata.controllerMoved(Math.min(wire.monotonicMs() + RECHECK_MS, untilMs));
    }
    await this.metadata.when(({ endOffset }) => endOffset >= metadata.committedOffset);
  }

  async allocateProducerIds(): Promise<Outcome<ProducerIdBlock>> {
    const { nodeId: brokerId } = this.#options.config;
    const outcome = await this.controller.call("allocateProducerIds", { brokerId, brokerEpoch: this.session.epoch });
    if ("errorCode" in outcome) return outcome;
    const { errorCode, producerIdStart: start, producerIdLen: length } = outcome.reply;
    return errorCode === errors.NONE.code ? { reply: { start, length } } : { errorCode: errorCode as ErrorCode };
  }

  async close(): Promise<void> {
    this.session.close();
    this.peers.close();
    await this.metadata.close();
  }

  #controllerMoved(): void {
    const { config, logger } = this.#options;
    const isOurs = this.controller.controllerId === config.nodeId;
    if (isOurs && !this.#leads && config.metadata.samsaMetadataEngine !== "local") {
      logger.info("this broker is the controller of the cluster");
    }
    this.#leads = isOurs;
    if (this.controller.controllerId !== null) this.session.controllerMoved();
  }

  #mayRunTwice(image: MetadataImage): boolean {
    return image.brokers.get(this.#options.config.nodeId)?.fenced === false && !this.session.isKnownIn(image);
  }

  /** The controller is known before anyone is registered. */
  #addressOf(brokerId: number): Address | null {
    const { leader, image } = this.metadata;
    const endpoints = image.brokers.get(brokerId)?.endpoints ?? [];
    const { interBrokerName } = this.#options.config.listeners;
    const registered = endpoints.find(({ name }) => name === interBrokerName) ?? endpoints[0];
    const address = leader?.brokerId === brokerId ? leader.endpoint : registered;
    return address === undefined ? null : { host: address.host, port: address.port };
  }
}

function controllerSettings({ config, configNow, environment, metadata }: MembershipOptions): ControllerSettings {
  const { topics, node, replication } = config;
  return {
    clusterId: metadata.clusterId,
    controllerId: config.nodeId,
    random: environment.random,
    configRules: configRules(configNow),
    scramKeys,
    topicDefaults: { numPartitions: topics.numPartitions, replicationFactor: topics.defaultReplicationFactor },
    brokerSessionTimeoutMs: node.brokerSessionTimeoutMs,
    leaderCheckIntervalsMs: {
      preferred: node.leaderImbalanceCheckIntervalSeconds * 1000,
      missing: replication.uncleanLeaderElectionIntervalMs,
    },
    returnsToPreferred: node.autoLeaderRebalanceEnable,
  };
}

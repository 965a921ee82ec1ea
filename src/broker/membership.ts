import type { ControllerSettings } from "../cluster/controller/controller-types.js";
import { PeerConnections } from "../cluster/peers/peer-connections.js";
import type { BrokerConfig } from "../config/broker-config.js";
import type { Outcome } from "../coordination/tickets.js";
import type { Address, Environment } from "../lib/environment.js";
import type { MetadataImage } from "../metadata/image.js";
import type { Logger } from "../observability/logger.js";
import { type ErrorCode, errors } from "../protocol/errors.js";
import { scramKeys } from "../security/scram-keys.js";
import { BrokerSession } from "./broker-session.js";
import { configRules } from "./config-rules.js";
import { ControllerCalls } from "./controller-calls.js";
import { MetadataPlane } from "./metadata-plane.js";
import type { OpenMetadata } from "./open-data.js";
import type { ProducerIdBlock } from "./producer-ids.js";

export interface MembershipOptions {
  readonly config: BrokerConfig;
  readonly configNow: () => BrokerConfig;
  readonly environment: Environment;
  readonly logger: Logger;
  readonly metadata: OpenMetadata;
  readonly directoryIds: readonly string[];
  readonly offlineDirectoryIds: () => readonly string[];
  readonly previousBrokerEpoch: number;
  /** The real address of each open listener, by name. */
  readonly bound: ReadonlyMap<string, Address>;
  /** As `MetadataPlane` has it. */
  readonly onImage: (before: MetadataImage, after: MetadataImage) => void;
}

/** An answer holds at least one batch, however large, and a little more. No batch was larger than a request. */
const besideRecordsBytes = 1024 * 1024;
const recheckMs = 1_000;

/** This broker as a part of its cluster: the metadata that it follows, the other brokers, the controller, its own standing. */
export class Membership {
  readonly metadata: MetadataPlane;
  readonly peers: PeerConnections;
  readonly controller: ControllerCalls;
  readonly session: BrokerSession;
  readonly #options: MembershipOptions;

  constructor(options: MembershipOptions) {
    const { config, environment, logger, metadata, bound } = options;
    const { nodeId } = config;
    this.#options = options;
    this.metadata = new MetadataPlane({
      engine: metadata.engine,
      environment,
      me: { brokerId: nodeId, endpoint: addressToTell(config, bound, config.listeners.interBrokerName) },
      settings: controllerSettings(options),
      logger,
      caughtUpAt: metadata.committedOffset,
      onImage: options.onImage,
    });
    this.peers = new PeerConnections({
      ...{ environment, logger, nodeId },
      addressOf: (brokerId) => this.#addressOf(brokerId),
      answerBytesMax: config.network.socketRequestMaxBytes + besideRecordsBytes,
    });
    this.controller = new ControllerCalls({
      ...{ nodeId, peers: this.peers, plane: this.metadata },
      wire: environment.wire,
    });
    this.session = new BrokerSession({
      ...{ nodeId, logger, config: config.node, wire: environment.wire },
      directoryIds: options.directoryIds,
      offlineDirectoryIds: options.offlineDirectoryIds,
      clusterId: metadata.clusterId,
      previousBrokerEpoch: options.previousBrokerEpoch,
      controller: this.controller,
      metadata: this.metadata,
      incarnationId: environment.random.uuid(),
      endpoints: config.listeners.opened.map(({ name }) => {
        return { name, ...addressToTell(config, bound, name), securityProtocol: 0 };
      }),
    });
  }

  /** Settles when this broker has seen what was committed before it started, and there is a controller to ask. */
  async hasFoundController(): Promise<void> {
    const { environment, metadata } = this.#options;
    while (this.controller.controllerId === null) {
      await this.metadata.controllerMoved(environment.wire.monotonicMs() + recheckMs);
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

  /** The controller is known before anyone is registered. */
  #addressOf(brokerId: number): Address | null {
    const { leader, image } = this.metadata;
    const endpoints = image.brokers.get(brokerId)?.endpoints ?? [];
    const { interBrokerName } = this.#options.config.listeners;
    const registered = endpoints.find(({ name }) => name === interBrokerName) ?? endpoints[0];
    const address = leader?.brokerId === brokerId ? leader.endpoint : registered;
    if (address === undefined) return null;
    const { host, port } = address;
    return { host: everyInterface.has(host) ? "127.0.0.1" : host, port };
  }
}

/** Who listens on every interface and advertises nothing has told no address: then it is taken to be on this machine. */
const everyInterface: ReadonlySet<string> = new Set(["", "0.0.0.0", "::"]);

function addressToTell({ listeners }: BrokerConfig, bound: ReadonlyMap<string, Address>, listener: string): Address {
  const { host, port } = listeners.advertised.get(listener) ??
    bound.get(listener) ??
    [...bound.values()][0] ?? { host: "localhost", port: 0 };
  return { host, port };
}

function controllerSettings({ config, configNow, environment, metadata }: MembershipOptions): ControllerSettings {
  const { topics, node } = config;
  return {
    clusterId: metadata.clusterId,
    controllerId: config.nodeId,
    random: environment.random,
    configRules: configRules(configNow),
    scramKeys,
    topicDefaults: { numPartitions: topics.numPartitions, replicationFactor: topics.defaultReplicationFactor },
    brokerSessionTimeoutMs: node.brokerSessionTimeoutMs,
    leaderCheckIntervalMs: node.leaderImbalanceCheckIntervalSeconds * 1000,
    returnsToPreferred: node.autoLeaderRebalanceEnable,
  };
}

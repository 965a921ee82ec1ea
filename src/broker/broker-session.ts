import type { Cancellable, Clock } from "../lib/environment.js";
import { supportedFeatures } from "../metadata/features.js";
import type { EndpointImage, MetadataImage } from "../metadata/image.js";
import type { Logger } from "../observability/logger.js";
import { type ErrorCode, errorName, errors } from "../protocol/errors.js";
import type { MetadataPlane } from "./metadata-plane.js";

export interface BrokerSessionOptions {
  readonly nodeId: number;
  readonly clusterId: string;
  /** New at every start: tells this run of the broker from the one before (KIP-631). */
  readonly incarnationId: string;
  readonly endpoints: readonly EndpointImage[];
  readonly rack: string | null;
  readonly directoryIds: readonly string[];
  readonly heartbeatIntervalMs: number;
  readonly controller: Pick<MetadataPlane, "call" | "when">;
  readonly image: () => MetadataImage;
  readonly wire: Clock;
  readonly logger: Logger;
}

/** How often a broker that wants to stop asks to be let go: the second answer comes once its leaderships are given up. */
const farewellsMax = 5;

/** This broker's membership in the cluster: it registers, says that it lives, and takes its leave (KIP-631). */
export class BrokerSession {
  readonly #options: BrokerSessionOptions;
  #epoch = -1;
  #wantsToStop = false;
  #next: Cancellable | null = null;

  constructor(options: BrokerSessionOptions) {
    this.#options = options;
  }

  /** Under which the controller knows this run of the broker; -1 before it is registered. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Registers, and waits until it is unfenced: before, it leads nothing. Gives the error when the controller refuses. */
  async begin(): Promise<ErrorCode> {
    const registered = await this.#register();
    if (registered !== errors.NONE.code) return registered;
    const { controller, nodeId } = this.#options;
    // Whoever has not seen its own registration yet would stay fenced until its next heartbeat.
    await controller.when(({ brokers }) => brokers.get(nodeId)?.epoch === this.#epoch);
    await this.#heartbeat();
    this.#scheduleHeartbeat();
    await controller.when(({ brokers }) => brokers.get(nodeId)?.fenced === false);
    return errors.NONE.code;
  }

  /** Controlled shutdown: asks until every leadership has gone to another broker, if there is one, and this one may go. */
  async end(): Promise<void> {
    this.#wantsToStop = true;
    this.#next?.cancel();
    for (let asked = 0; asked < farewellsMax; asked++) {
      if (await this.#heartbeat()) return;
    }
  }

  async #register(): Promise<ErrorCode> {
    const { nodeId, clusterId, incarnationId, endpoints, rack, directoryIds, controller } = this.#options;
    const outcome = await controller.call("registerBroker", {
      brokerId: nodeId,
      clusterId,
      incarnationId,
      listeners: endpoints,
      features: supportedFeatures.map(({ name, minVersion, maxVersion }) => ({
        name,
        minSupportedVersion: minVersion,
        maxSupportedVersion: maxVersion,
      })),
      rack,
      isMigratingZkBroker: false,
      logDirs: directoryIds,
      previousBrokerEpoch: this.#epoch,
    });
    if ("errorCode" in outcome) return outcome.errorCode;
    const { errorCode, brokerEpoch = -1 } = outcome.reply;
    if (errorCode === errors.NONE.code) this.#epoch = brokerEpoch;
    return errorCode as ErrorCode;
  }

  /** True when the controller lets this broker go, or is not there to ask. */
  async #heartbeat(): Promise<boolean> {
    const { nodeId, controller, image, logger } = this.#options;
    const outcome = await controller.call("brokerHeartbeat", {
      brokerId: nodeId,
      brokerEpoch: this.#epoch,
      currentMetadataOffset: image().endOffset - 1,
      wantFence: false,
      wantShutDown: this.#wantsToStop,
      offlineLogDirs: [],
      cordonedLogDirs: null,
    });
    const errorCode = "errorCode" in outcome ? outcome.errorCode : outcome.reply.errorCode;
    if (errorCode === errors.NONE.code) return "reply" in outcome && outcome.reply.shouldShutDown;
    logger.warn({ error: errorName(errorCode) }, "the controller did not take this broker's heartbeat");
    if (errorCode === errors.STALE_BROKER_EPOCH.code && !this.#wantsToStop) await this.#register();
    return true;
  }

  #scheduleHeartbeat(): void {
    const { wire, heartbeatIntervalMs } = this.#options;
    if (this.#wantsToStop) return;
    this.#next = wire.at(wire.monotonicMs() + heartbeatIntervalMs, () => {
      void this.#heartbeat().then(() => this.#scheduleHeartbeat());
    });
  }
}

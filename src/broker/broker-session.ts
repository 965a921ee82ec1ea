import type { ControllerTypes } from "../cluster/controller/controller-types.js";
import type { Runner } from "../coordination/runner.js";
import type { Cancellable, Clock } from "../lib/environment.js";
import { supportedFeatures } from "../metadata/features.js";
import type { EndpointImage, MetadataImage } from "../metadata/image.js";
import type { Logger } from "../observability/logger.js";
import { type ErrorCode, errorName, errors } from "../protocol/errors.js";

export interface BrokerSessionOptions {
  readonly nodeId: number;
  readonly clusterId: string;
  /** New at every start: tells this run of the broker from the one before (KIP-631). */
  readonly incarnationId: string;
  readonly endpoints: readonly EndpointImage[];
  readonly rack: string | null;
  readonly directoryIds: readonly string[];
  readonly heartbeatIntervalMs: number;
  readonly controller: Pick<Runner<ControllerTypes>, "call">;
  readonly image: () => MetadataImage;
  readonly wire: Clock;
  readonly logger: Logger;
}

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

  /** Registers, and asks to be unfenced. Gives the error when the controller refuses. */
  async begin(): Promise<ErrorCode> {
    const registered = await this.#register();
    if (registered !== errors.NONE.code) return registered;
    await this.#heartbeat();
    this.#scheduleHeartbeat();
    return errors.NONE.code;
  }

  /** Controlled shutdown: hands every leadership to another broker, if there is one, before this one goes. */
  async end(): Promise<void> {
    this.#wantsToStop = true;
    this.#next?.cancel();
    await this.#heartbeat();
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

  async #heartbeat(): Promise<void> {
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
    if (errorCode === errors.NONE.code) return;
    logger.warn({ error: errorName(errorCode) }, "the controller did not take this broker's heartbeat");
    if (errorCode === errors.STALE_BROKER_EPOCH.code && !this.#wantsToStop) await this.#register();
  }

  #scheduleHeartbeat(): void {
    const { wire, heartbeatIntervalMs } = this.#options;
    if (this.#wantsToStop) return;
    this.#next = wire.at(wire.monotonicMs() + heartbeatIntervalMs, () => {
      void this.#heartbeat().then(() => this.#scheduleHeartbeat());
    });
  }
}

import type { BrokerConfig } from "../../config/broker-config.js";
import type { Cancellable, Clock } from "../../lib/environment.js";
import { supportedFeatures } from "../../metadata/features.js";
import type { EndpointImage, MetadataImage } from "../../metadata/image/image.js";
import type { Logger } from "../../observability/logger.js";
import { type ErrorCode, errorName, errors } from "../../protocol/errors.js";
import type { ControllerCalls } from "../controlling/controller-calls.js";
import type { MetadataPlane } from "../controlling/metadata-plane.js";
import type { FolderIds } from "../storing/folder-ids.js";

export interface BrokerSessionOptions {
  readonly nodeId: number;
  readonly clusterId: string;
  /** New at every start: tells this run of the broker from the one before (KIP-631). */
  readonly incarnationId: string;
  readonly endpoints: readonly EndpointImage[];
  /** Its data folders, as they are now (KIP-858). */
  readonly folders: () => FolderIds;
  /** Of the last run of this broker, if it ended well; else -1 (KIP-966). */
  readonly previousBrokerEpoch: number;
  readonly config: BrokerConfig["node"];
  readonly controller: Pick<ControllerCalls, "call">;
  readonly metadata: Pick<MetadataPlane, "image" | "when">;
  readonly wire: Clock;
  readonly logger: Logger;
}

/** The epoch of a broker that the controller has not taken yet. */
export const UNREGISTERED = -1;
/** Between two tries to register. */
const REGISTRATION_BACKOFF_MS = 200;
/** The session of a dead run ends so much later, at most, than its time without a heartbeat: the answer takes a while. */
export const SESSION_END_MS_MAX = 2_000;
/** How long a broker that wants to stop asks to be let go, and for how long each time it waits for the answer. */
const FAREWELL_MS_MAX = 4_000;
const FAREWELL_ANSWER_MS_MAX = 2_000;
/** The second answer may say yes already: leaderships were given up with the first. Later ones wait for other brokers. */
const FAREWELL_PAUSE_MS = 50;

/** The run before, if it did not end well, keeps the node id until its session is over. The others are of the network. */
const passing: ReadonlySet<ErrorCode> = new Set([
  errors.DUPLICATE_BROKER_REGISTRATION.code,
  errors.NETWORK_EXCEPTION.code,
  errors.BROKER_NOT_AVAILABLE.code,
  errors.REQUEST_TIMED_OUT.code,
]);

/** This broker's membership in the cluster: it registers, says that it lives, and takes its leave (KIP-631). */
export class BrokerSession {
  readonly #options: BrokerSessionOptions;
  #epoch = UNREGISTERED;
  #wantsToStop = false;
  /** The last heartbeat was not taken; that is told once, however long it lasts. */
  #isUnheard = false;
  /** The folders that work, as far as the controller knows. */
  readonly #knownToWork = new Set<string>();
  #isClosed = false;
  #next: Cancellable | null = null;
  /** The heartbeat that is under way does not tell of it. */
  #hasNews = false;

  constructor(options: BrokerSessionOptions) {
    this.#options = options;
  }

  /** Under which the controller knows this run of the broker; -1 before it is registered. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Whether the metadata tells of this run of the broker, and not of one before. */
  isKnownIn({ brokers }: MetadataImage): boolean {
    const { nodeId, incarnationId } = this.#options;
    return brokers.get(nodeId)?.incarnationId === incarnationId;
  }

  /** Registers, and waits until it is unfenced: before, it leads nothing. Gives the error when the controller refuses. */
  async begin(): Promise<ErrorCode> {
    const registered = await this.#registerPatiently();
    if (registered !== errors.NONE.code) return registered;
    const { metadata, nodeId } = this.#options;
    // Whoever has not seen its own registration yet would stay fenced until its next heartbeat.
    await metadata.when(({ brokers }) => brokers.get(nodeId)?.epoch === this.#epoch);
    await this.#heartbeat();
    this.#scheduleHeartbeat();
    await metadata.when(({ brokers }) => brokers.get(nodeId)?.fenced === false);
    return errors.NONE.code;
  }

  /** A folder failed, or works again: the controller hears of it now, or right after a heartbeat that is under way. */
  foldersChanged(): void {
    this.#hasNews = this.#next === null;
    this.#beatNow();
  }

  /** A new controller does not wait for long until it has heard of every broker. */
  controllerMoved(): void {
    this.#beatNow();
  }

  /** Controlled shutdown: asks until every leadership has gone to another broker, if there is one, and this one may go. */
  async end(): Promise<void> {
    const { wire } = this.#options;
    this.#wantsToStop = true;
    this.#next?.cancel();
    if (this.#epoch === UNREGISTERED) return;
    const untilMs = wire.monotonicMs() + FAREWELL_MS_MAX;
    for (let asked = 0; wire.monotonicMs() < untilMs; asked++) {
      if (asked > 1) await this.#pause(FAREWELL_PAUSE_MS);
      if (await this.#heartbeat()) return;
    }
  }

  /** Is silent from now on. */
  close(): void {
    this.#isClosed = true;
    this.#next?.cancel();
  }

  /**
   * Asks again while the controller cannot be reached, or another run of this broker has its id. One that is dead has it for
   * the time of a session; who has it longer lives.
   */
  async #registerPatiently(): Promise<ErrorCode> {
    const { wire, config } = this.#options;
    let untilMs = wire.monotonicMs() + config.initialBrokerRegistrationTimeoutMs;
    let isTaken = false;
    for (;;) {
      const errorCode = await this.#register();
      if (!isTaken && errorCode === errors.DUPLICATE_BROKER_REGISTRATION.code) {
        isTaken = true;
        untilMs = Math.min(untilMs, wire.monotonicMs() + config.brokerSessionTimeoutMs + SESSION_END_MS_MAX);
        this.#options.logger.warn("node.id is taken: waiting for the session of the broker that has it to end");
      }
      if (!passing.has(errorCode) || wire.monotonicMs() >= untilMs || this.#isClosed) return errorCode;
      await this.#pause(REGISTRATION_BACKOFF_MS);
    }
  }

  async #register(): Promise<ErrorCode> {
    const { nodeId, clusterId, incarnationId, endpoints, config, controller } = this.#options;
    const { working } = this.#folders;
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
      rack: config.brokerRack,
      isMigratingZkBroker: false,
      logDirs: working,
      previousBrokerEpoch: this.#epoch === UNREGISTERED ? this.#options.previousBrokerEpoch : this.#epoch,
    });
    if ("errorCode" in outcome) return outcome.errorCode;
    const { errorCode, brokerEpoch = -1 } = outcome.reply;
    if (errorCode === errors.NONE.code) {
      this.#epoch = brokerEpoch;
      for (const id of working) this.#knownToWork.add(id);
    }
    return errorCode as ErrorCode;
  }

  /** True when the controller lets this broker go, or is not there to ask. */
  async #heartbeat(): Promise<boolean> {
    const { nodeId, controller, metadata, config, logger } = this.#options;
    // The controller forgets a folder that failed, and has never heard of one that did not work at the start.
    const isOneBack = this.#folders.working.some((id) => !this.#knownToWork.has(id));
    if (isOneBack && !this.#wantsToStop) await this.#register();
    const { failed: offlineLogDirs } = this.#folders;
    for (const id of offlineLogDirs) this.#knownToWork.delete(id);
    const request = {
      brokerId: nodeId,
      brokerEpoch: this.#epoch,
      currentMetadataOffset: metadata.image.endOffset - 1,
      wantFence: false,
      wantShutDown: this.#wantsToStop,
      offlineLogDirs,
      cordonedLogDirs: null,
    };
    const timeoutMs = this.#wantsToStop ? FAREWELL_ANSWER_MS_MAX : config.brokerSessionTimeoutMs / 2;
    const outcome = await controller.call("brokerHeartbeat", request, { timeoutMs });
    if (this.#isClosed) return true;
    const errorCode = "errorCode" in outcome ? outcome.errorCode : outcome.reply.errorCode;
    const isFirst = !this.#isUnheard;
    this.#isUnheard = errorCode !== errors.NONE.code;
    if (!this.#isUnheard) return "reply" in outcome && outcome.reply.shouldShutDown;
    const sentence = "the controller did not take this broker's heartbeat";
    logger[isFirst ? "warn" : "debug"]({ error: errorName(errorCode) }, sentence);
    if (errorCode === errors.STALE_BROKER_EPOCH.code && !this.#wantsToStop) await this.#register();
    return true;
  }

  /** One broker alone tells of no failure: no other could take over what lies in the folder. */
  get #folders(): FolderIds {
    const { metadata, folders } = this.#options;
    const { working, failed } = folders();
    return metadata.image.brokers.size > 1 ? { working, failed } : { working: [...working, ...failed], failed: [] };
  }

  #scheduleHeartbeat(): void {
    const { wire, config } = this.#options;
    if (this.#wantsToStop || this.#isClosed) return;
    const delayMs = this.#hasNews ? 0 : config.brokerHeartbeatIntervalMs;
    this.#hasNews = false;
    this.#next = wire.at(wire.monotonicMs() + delayMs, () => this.#beat());
  }

  /** If one is under way, it goes to the new controller, or is followed by the next. */
  #beatNow(): void {
    if (this.#next === null || this.#wantsToStop || this.#isClosed) return;
    this.#next.cancel();
    this.#beat();
  }

  #beat(): void {
    this.#next = null;
    void this.#heartbeat().then(() => this.#scheduleHeartbeat());
  }

  #pause(ms: number): Promise<void> {
    const { wire } = this.#options;
    return new Promise((resolve) => {
      wire.at(wire.monotonicMs() + ms, resolve);
    });
  }
}

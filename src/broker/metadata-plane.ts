import type { ControllerSettings, ControllerTypes } from "../cluster/controller/controller-types.js";
import { LeadershipLog } from "../cluster/controller/leadership-log.js";
import { controllerMachine } from "../cluster/controller/machine.js";
import { metadataRecordCodec } from "../cluster/controller/record-codec.js";
import { Runner } from "../coordination/runner.js";
import type { CallOptions, Outcome } from "../coordination/tickets.js";
import type { Environment } from "../lib/environment.js";
import { apply } from "../metadata/apply.js";
import { emptyImage } from "../metadata/empty.js";
import type { Candidate, Leader, Leadership, MetadataEngine } from "../metadata/engine.js";
import type { MetadataImage } from "../metadata/image.js";
import type { Logger } from "../observability/logger.js";
import { errorName, errors } from "../protocol/errors.js";
import { RecordBatch } from "../protocol/records/batch.js";
import { asBuffer } from "../protocol/records/int64.js";

export interface MetadataPlaneOptions {
  readonly engine: MetadataEngine;
  readonly environment: Environment;
  readonly me: Candidate;
  readonly settings: ControllerSettings;
  /** Up to here the metadata was committed before this start. */
  readonly caughtUpAt: number;
  readonly logger: Logger;
  /**
   * Told of each committed batch in one synchronous pass; it must not wait. What was committed before this start comes
   * as one: nobody lives again through leaders and topics that are long gone.
   */
  readonly onImage: (before: MetadataImage, after: MetadataImage) => void;
}

type Calls = ControllerTypes["Calls"];

/** After a lost leadership, the next campaign begins no sooner. */
const campaignBackoffMs = 500;
/** How many callers the controller may have waiting. */
const ticketsMax = 10_000;

/** The cluster's metadata as this broker follows it, and the controller whenever this broker leads it. */
export class MetadataPlane {
  readonly #options: MetadataPlaneOptions;
  readonly #ending = new AbortController();
  #image: MetadataImage = emptyImage;
  #published: MetadataImage = emptyImage;
  #awaited: { readonly holds: (image: MetadataImage) => boolean; readonly resolve: () => void }[] = [];
  #controller: Runner<ControllerTypes> | null = null;
  /** The controller of this broker has loaded and decides. */
  #isServing = false;
  #leader: Leader | null = null;
  readonly #onControllerMoved = new Set<() => void>();
  #leadership: Leadership | null = null;
  /** The last campaign failed. */
  #isFailing = false;

  constructor(options: MetadataPlaneOptions) {
    this.#options = options;
    options.engine.watchLeader((leader) => {
      this.#leader = leader;
      this.#controllerMoved();
    }, this.#ending.signal);
    void this.#follow();
    void this.#lead();
  }

  get image(): MetadataImage {
    return this.#image;
  }

  get isClosed(): boolean {
    return this.#ending.signal.aborted;
  }

  /** The controller that can be asked, as far as this broker knows: this broker itself only once it decides. */
  get leader(): Leader | null {
    const { brokerId } = this.#options.me;
    return this.#leader?.brokerId === brokerId && !this.#isServing ? null : this.#leader;
  }

  /** Settles when another broker leads, or this one begins to decide; at `untilMs` on the wire clock at the latest. */
  controllerMoved(untilMs: number): Promise<void> {
    return new Promise((resolve) => {
      const settle = () => {
        timer.cancel();
        this.#onControllerMoved.delete(settle);
        resolve();
      };
      const timer = this.#options.environment.wire.at(untilMs, settle);
      this.#onControllerMoved.add(settle);
    });
  }

  /** Asks the controller of this broker; NOT_CONTROLLER while it does not lead. */
  call<K extends keyof Calls>(
    name: K,
    request: Calls[K]["request"],
    options?: CallOptions,
  ): Promise<Outcome<Calls[K]["reply"]>> {
    if (this.#controller === null) return Promise.resolve({ errorCode: errors.NOT_CONTROLLER.code });
    return this.#controller.call(name, request, options);
  }

  /** Settles when the metadata that this broker has seen is so. */
  when(holds: (image: MetadataImage) => boolean): Promise<void> {
    if (holds(this.#published)) return Promise.resolve();
    return new Promise((resolve) => this.#awaited.push({ holds, resolve }));
  }

  /** Follows no more, and lets another broker lead. The engine itself may serve others in this process. */
  async close(): Promise<void> {
    this.#ending.abort();
    this.#controller?.close();
    this.#controllerMoved();
    await this.#leadership?.resign();
  }

  async #follow(): Promise<void> {
    const { engine, caughtUpAt } = this.#options;
    const take = (batch: Uint8Array) => {
      this.#image = apply(this.#image, new RecordBatch(asBuffer(batch), 0));
      if (this.#image.endOffset >= caughtUpAt) this.#publish(this.#image);
    };
    await engine.follow(0, take, this.#ending.signal);
  }

  #publish(image: MetadataImage): void {
    const before = this.#published;
    this.#published = image;
    this.#options.onImage(before, image);
    const settled = this.#awaited.filter(({ holds }) => holds(image));
    this.#awaited = this.#awaited.filter((one) => !settled.includes(one));
    for (const { resolve } of settled) resolve();
  }

  #controllerMoved(): void {
    for (const settle of [...this.#onControllerMoved]) settle();
  }

  /** Campaigns, leads, and campaigns again when the leadership is lost. */
  async #lead(): Promise<void> {
    const { engine, me, logger } = this.#options;
    try {
      const leadership = await engine.campaign(me, this.#ending.signal);
      if (this.#ending.signal.aborted) {
        await leadership.resign();
        return;
      }
      this.#isFailing = false;
      this.#leadership = leadership;
      this.#controller = this.#runController(new LeadershipLog(engine, leadership), () => {
        this.#controller = null;
        this.#isServing = false;
        this.#controllerMoved();
        this.#leadLater();
      });
    } catch (error) {
      if (this.#ending.signal.aborted) return;
      // Once, however long it lasts.
      const level = this.#isFailing ? "debug" : "error";
      this.#isFailing = true;
      logger[level]({ err: error }, "this broker cannot become controller");
      this.#leadLater();
    }
  }

  #leadLater(): void {
    const { wire } = this.#options.environment;
    if (!this.#ending.signal.aborted) wire.at(wire.monotonicMs() + campaignBackoffMs, () => void this.#lead());
  }

  #runController(log: LeadershipLog, onOver: () => void): Runner<ControllerTypes> {
    const { engine, environment, settings, logger } = this.#options;
    return new Runner<ControllerTypes>({
      machine: controllerMachine(settings),
      log,
      codec: metadataRecordCodec,
      // The sessions of brokers are transport: a test that turns the domain's clock must not fence them.
      environment: { clock: environment.wire, wire: environment.wire, offload: environment.offload },
      metadata: () => this.#image,
      runErrand: (errand) => errand,
      answers: {
        loading: errors.NOT_CONTROLLER.code,
        lost: errors.NOT_CONTROLLER.code,
        full: errors.THROTTLING_QUOTA_EXCEEDED.code,
      },
      limits: { commitTimeoutMs: 30_000, ticketsMax, batchBytesMax: engine.batchBytesMax },
      onServing: () => {
        this.#isServing = true;
        this.#controllerMoved();
      },
      onOver: (why) => {
        logger.error({ error: errorName(why), err: log.failure }, "this broker is no longer the controller");
        onOver();
      },
      onBug: (error) => logger.error({ err: error }, "the controller failed for a reason of ours"),
    });
  }
}

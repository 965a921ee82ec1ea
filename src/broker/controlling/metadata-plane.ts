import type { ControllerSettings, ControllerTypes } from "../../cluster/controller/controller-types.js";
import { LeadershipLog } from "../../cluster/controller/leadership-log.js";
import { controllerMachine } from "../../cluster/controller/machine.js";
import { metadataRecordCodec } from "../../cluster/controller/record-codec.js";
import { Runner } from "../../coordination/runner.js";
import type { CallOptions, Outcome } from "../../coordination/tickets.js";
import type { Environment } from "../../lib/environment.js";
import type { Candidate, Leader, Leadership, MetadataEngine } from "../../metadata/engine.js";
import { emptyImage } from "../../metadata/image/empty.js";
import type { MetadataImage } from "../../metadata/image/image.js";
import { followImages } from "../../metadata/snapshots/follow-images.js";
import { SnapshotWriter, type SnapshotWriterOptions } from "../../metadata/snapshots/snapshot-writer.js";
import type { Logger } from "../../observability/logger.js";
import { errorName, errors } from "../../protocol/errors.js";

export interface MetadataPlaneOptions {
  readonly engine: MetadataEngine;
  readonly environment: Environment;
  readonly me: Candidate;
  readonly settings: ControllerSettings;
  /** Up to here the metadata was committed before this start. */
  readonly caughtUpAt: number;
  readonly logger: Logger;
  readonly snapshots: Pick<SnapshotWriterOptions, "bytesBetween" | "intervalMs">;
  /** Whether another process may run under this broker's id, as far as the metadata tells; null where there is no other. */
  readonly mayRunTwice: ((image: MetadataImage) => boolean) | null;
  /**
   * Told of each committed batch in one synchronous pass; it must not wait. What was committed before this start comes
   * as one: nobody lives again through leaders and topics that are long gone.
   */
  readonly onImage: (before: MetadataImage, after: MetadataImage) => void;
}

type Calls = ControllerTypes["Calls"];

/** After a lost leadership, the next campaign begins no sooner. */
const CAMPAIGN_BACKOFF_MS = 500;
/** Whoever may lead does so at once: where nobody has for so long, there is no other broker. */
const VACANCY_MS = 2_000;
const VACANCY_CHECK_MS = 200;
/** How many callers the controller may have waiting. */
const TICKETS_MAX = 10_000;

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
  readonly #snapshots: SnapshotWriter;
  /** The last campaign failed. */
  #isFailing = false;

  constructor(options: MetadataPlaneOptions) {
    this.#options = options;
    const { environment, logger, snapshots } = options;
    const onFailure = (failure: unknown) => logger.warn({ err: failure }, "no snapshot of the metadata was saved");
    this.#snapshots = new SnapshotWriter({ environment, ...snapshots, onFailure });
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

  /** Whoever leads under this broker's id and is not this run of it: its run before, not over yet, or another process. */
  get namesake(): Leader | null {
    const isNamesake =
      this.#leader?.brokerId === this.#options.me.brokerId && this.#leader.epoch !== this.#leadership?.epoch;
    return isNamesake ? this.#leader : null;
  }

  /** Told whenever another broker leads, or none, or this one begins to decide. Gives the way to be told no more. */
  onControllerMoved(run: () => void): () => void {
    // A function of its own: the same one may be given twice.
    const told = () => run();
    this.#onControllerMoved.add(told);
    return () => this.#onControllerMoved.delete(told);
  }

  /** Settles when the controller has moved; at `untilMs` on the wire clock at the latest. */
  controllerMoved(untilMs: number): Promise<void> {
    return new Promise((resolve) => {
      const settle = () => {
        timer.cancel();
        stop();
        resolve();
      };
      const timer = this.#options.environment.wire.at(untilMs, settle);
      const stop = this.onControllerMoved(settle);
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
    const take = (image: MetadataImage, batchBytes: number | null) => {
      this.#image = image;
      if (image.endOffset >= caughtUpAt) this.#publish(image);
      this.#snapshots.published(image, batchBytes);
    };
    try {
      await followImages(engine, take, this.#ending.signal);
    } catch (failure) {
      // What the engine was being asked when this broker closed is asked in vain.
      if (!this.isClosed) throw failure;
    }
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
      await this.#standBack();
      const leadership = await engine.campaign(me, this.#ending.signal);
      if (this.#ending.signal.aborted) {
        await leadership.resign();
        return;
      }
      this.#isFailing = false;
      this.#leadership = leadership;
      this.#snapshots.lead(leadership);
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

  /**
   * If another process runs under this broker's id, that one would be taken for the controller where this one leads. So it
   * leaves the lead to others until it is known that there is none.
   */
  async #standBack(): Promise<void> {
    const { mayRunTwice, caughtUpAt, environment } = this.#options;
    if (mayRunTwice === null) return;
    await this.when(({ endOffset }) => endOffset >= caughtUpAt);
    const { wire } = environment;
    let vacantSinceMs = wire.monotonicMs();
    while (!this.isClosed && mayRunTwice(this.#published) && wire.monotonicMs() < vacantSinceMs + VACANCY_MS) {
      await this.controllerMoved(wire.monotonicMs() + VACANCY_CHECK_MS);
      if (this.#leader !== null) vacantSinceMs = wire.monotonicMs();
    }
  }

  #leadLater(): void {
    const { wire } = this.#options.environment;
    if (!this.#ending.signal.aborted) wire.at(wire.monotonicMs() + CAMPAIGN_BACKOFF_MS, () => void this.#lead());
  }

  #runController(log: LeadershipLog, onOver: () => void): Runner<ControllerTypes> {
    const { environment, settings, logger } = this.#options;
    return new Runner<ControllerTypes>({
      machine: controllerMachine(settings),
      log,
      codec: metadataRecordCodec,
      // The sessions of brokers are transport: a test that turns the domain's clock must not fence them.
      environment: { ...environment, clock: environment.wire },
      metadata: () => this.#image,
      runErrand: async () => {
        logger.warn("most brokers are silent: this one lets another be the controller");
        // An engine that cannot be reached either notices by itself that nobody leads.
        await this.#leadership?.resign().catch(() => {});
        return "stepped down";
      },
      answers: {
        loading: errors.NOT_CONTROLLER.code,
        lost: errors.NOT_CONTROLLER.code,
        full: errors.THROTTLING_QUOTA_EXCEEDED.code,
      },
      limits: { commitTimeoutMs: 30_000, ticketsMax: TICKETS_MAX },
      onServing: () => {
        this.#isServing = true;
        this.#controllerMoved();
      },
      onOver: (why) => {
        // That another one leads now is nobody's mistake.
        const { failure } = log;
        const [level, reason] = failure === null ? (["warn", {}] as const) : (["error", { err: failure }] as const);
        logger[level]({ error: errorName(why), ...reason }, "this broker is no longer the controller");
        onOver();
      },
      onBug: (error) => logger.error({ err: error }, "the controller failed for a reason of ours"),
    });
  }
}

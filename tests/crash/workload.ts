/** What the store of one seed does and suffers: some lives, each with a random end, and random work in between. */
import type { Disk, DiskOperation } from "../../src/environments/simulated/disk.js";
import type { RandomStream } from "../../src/environments/simulated/random-stream.js";
import type { SimulatedHost, Simulation } from "../../src/environments/simulated/simulation.js";
import type { Environment } from "../../src/lib/environment.js";
import { invariant } from "../../src/lib/invariant.js";
import { errors } from "../../src/protocol/errors.js";
import type { LogStore } from "../../src/storage/folders/log-store.js";
import { checkContent } from "./check-content.js";
import type { Fault } from "./images.js";
import { type ExpectedLog, LogModel } from "./log-model.js";
import { openStore, type StoreTimes } from "./store.js";
import { topicConfigs, topicIdFrom } from "./topics.js";
import { Worker } from "./worker.js";

const LIVES_MAX = 4;
const STEPS_MAX = 60;
const DISK_BYTES_MAX = 1e9;
/** Those that a disk may fail. Syncs more often than others: what they lose is read as if it were there. */
const FAILING_KINDS = ["sync", "sync", "write", "read", "truncate", "rename", "create"] as const;

type End = "clean stop" | Fault;

export class Workload {
  readonly #simulation: Simulation;
  readonly #random: RandomStream;
  readonly #host: SimulatedHost;
  readonly #times: StoreTimes;
  #workers: Worker[];
  /** The next operation of this kind fails with EIO, after which only a power cut tells what is on the disk. */
  #fails: DiskOperation["kind"] | "none" | "has failed" = "none";
  #isFull = false;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    this.#random = simulation.random("workload");
    this.#host = simulation.host();
    this.#times = drawTimes(this.#random);
    this.#workers = topicConfigs(this.#random).map(([topic, config]) => {
      return new Worker(new LogModel(topic, topicIdFrom(this.#random), config), this.#random);
    });
  }

  get disk(): Disk {
    return this.#host.disk;
  }

  expected(): readonly ExpectedLog[] {
    return this.#workers.map((worker) => worker.expected());
  }

  /** `watch` is told of every operation on the disk before it takes place. */
  async play(watch: (operation: DiskOperation) => void): Promise<void> {
    let before: End | null = null;
    for (let lives = this.#random.between(1, LIVES_MAX); lives > 0; lives--) {
      const environment = this.#host.start();
      this.#host.disk.watch = (operation) => {
        watch(operation);
        return this.#failureOf(operation);
      };
      this.#fails = "none";
      const store = await openStore(environment, this.#times);
      this.#takeOver(store, before);
      await this.#work(store, environment);
      before = await this.#end(store);
    }
  }

  #failureOf({ kind }: DiskOperation): string | null {
    if (kind !== this.#fails) return null;
    this.#fails = "has failed";
    return "EIO";
  }

  readonly #undisturbed = <T>(run: () => T): T => {
    const fails = this.#fails;
    this.#fails = "none";
    try {
      return run();
    } finally {
      this.#fails = fails;
    }
  };

  /** What the last life has left is what this one goes on from. */
  #takeOver(store: LogStore, before: End | null): void {
    for (const worker of this.#workers) {
      const { model } = worker;
      const log = store.hold(model.topic, 0, model.topicId, model.config);
      if (log === null) {
        invariant(!model.exists, `the log of ${model.topic} is there after a ${before}`);
        model.lost();
        worker.give(null);
        continue;
      }
      const { version } = checkContent(log, worker.expected(), before === "power cut" ? "power cut" : "kill");
      model.restarted(version, log.logStartOffset, log.endOffset);
      worker.give(log);
    }
  }

  async #work(store: LogStore, environment: Environment): Promise<void> {
    for (let steps = this.#random.between(5, STEPS_MAX); steps > 0; steps--) {
      const worker = this.#random.pick(this.#workers[0], ...this.#workers.slice(1));
      invariant(worker !== undefined, "there are topics");
      if (this.#random.chance(0.2)) await this.#simulation.sleep(this.#random.below(this.#random.pick(3, 40)));
      if (this.#fails === "none" && this.#random.chance(0.005)) this.#fails = this.#random.pick(...FAILING_KINDS);
      if (this.#random.chance(0.04)) this.#fillDisk();
      if (this.#isFull && this.#random.chance(0.15)) this.#makeRoom();
      const isFailing = () => this.#isFull || this.#fails === "has failed";
      if (this.#random.chance(0.02)) this.#recreate(store, worker, isFailing);
      else await worker.step({ store, clock: environment.clock, isFailing, undisturbed: this.#undisturbed });
    }
    this.#makeRoom();
  }

  /** A few bytes are left, or none. */
  #fillDisk(): void {
    this.disk.bytesMax = this.disk.usedBytes() + this.#random.below(this.#random.pick(1, 100, 1_000));
    this.#isFull = true;
  }

  #makeRoom(): void {
    this.disk.bytesMax = DISK_BYTES_MAX;
    this.#isFull = false;
  }

  /** The topic is deleted; another one of its name gets its first record when its turn comes. */
  #recreate(store: LogStore, worker: Worker, isFailing: () => boolean): void {
    if (isFailing()) return;
    const { topic, config } = worker.model;
    const next = new Worker(new LogModel(topic, topicIdFrom(this.#random), config), this.#random);
    this.#workers = this.#workers.map((one) => (one === worker ? next : one));
    worker.lifeEnded(false);
    store.delete(topic, 0);
  }

  async #end(store: LogStore): Promise<End> {
    const end = this.#fails === "none" ? this.#random.pick<End>("clean stop", "kill", "power cut") : "power cut";
    this.#fails = "none";
    if (end === "clean stop") {
      const marks = this.#workers.map((worker) => worker.model.flushBegins());
      const errorCode = await store.close({ clean: true });
      invariant(errorCode === errors.NONE.code, "a sound disk lets a store be closed");
      this.#workers.forEach((worker, at) => {
        const mark = marks[at];
        if (mark !== undefined) worker.model.flushed(mark);
      });
    }
    for (const worker of this.#workers) worker.lifeEnded(end === "power cut");
    if (end === "power cut") this.#host.cutPower();
    else this.#host.kill();
    return end;
  }
}

function drawTimes(random: RandomStream): StoreTimes {
  return {
    checkpointIntervalMs: random.pick(5, 30, 1_000),
    fileDeleteDelayMs: random.pick(0, 20, 1_000),
    intervals: {
      initialDelayMs: random.below(10),
      retentionCheckMs: random.pick(5, 30),
      flushCheckMs: random.pick(5, 100),
    },
    cleanerBackoffMs: random.pick(3, 20),
  };
}

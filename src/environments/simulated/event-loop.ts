import type { Cancellable } from "../../lib/environment.js";
import { invariant } from "../../lib/invariant.js";
import { TimerQueue } from "../../lib/timer-queue.js";
import { inMacrotasks } from "./macrotasks.js";

/** Every simulation begins at this time of the wall clock: 2026-01-01, 00:00 UTC. */
const START_WALL_MS = 1_767_225_600_000;

/** What ends a run that would not end by itself. */
export interface RunLimits {
  readonly eventsMax: number;
  readonly virtualMsMax: number;
}

/** Virtual time: nothing happens but events, and the clock jumps from one to the next. */
export class EventLoop {
  readonly #events = new TimerQueue();
  #nowMs = 0;
  #eventsRun = 0;
  /** The processes in which the last event took place: one mostly, or both ends of a connection. */
  readonly #entered: ProcessLoop[] = [];

  get nowMs(): number {
    return this.#nowMs;
  }

  get eventsRun(): number {
    return this.#eventsRun;
  }

  /** Runs `run` as an event at that time, or now if it has passed; those of one time run in the order of these calls. */
  at(timeMs: number, run: () => void): Cancellable {
    return this.#events.add(Math.max(timeMs, this.#nowMs), run);
  }

  /** Runs events until `ended`. */
  run(ended: () => boolean, limits: RunLimits): Promise<void> {
    return inMacrotasks(() => {
      if (ended()) return false;
      this.#mustBeWithin(limits);
      this.#runNext();
      return true;
    });
  }

  /** For `ProcessLoop`. */
  entered(process: ProcessLoop): void {
    if (!this.#entered.includes(process)) this.#entered.push(process);
  }

  /** Asked at every event, so nothing is made of the limits unless they are passed. */
  #mustBeWithin({ eventsMax, virtualMsMax }: RunLimits): void {
    if (this.#eventsRun >= eventsMax) throw new Error(`The run does not end within ${eventsMax} events.`);
    if (this.#nowMs > virtualMsMax) throw new Error(`The run does not end within ${virtualMsMax} virtual ms.`);
  }

  #runNext(): void {
    for (const process of this.#entered) process.afterEvent();
    this.#entered.length = 0;
    const dueMs = this.#events.nextDueMs();
    invariant(dueMs !== null, "while the run goes on, something is left to happen");
    this.#nowMs = dueMs;
    this.#eventsRun++;
    this.#events.takeDue(dueMs)?.();
  }
}

/** The share of one process in the loop. When the process ends, nothing that it waits for happens any more. */
export class ProcessLoop {
  readonly #loop: EventLoop;
  /** Called when an event of this process, and all that it set off, is done. */
  readonly afterEvent: () => void;
  #alive = true;

  constructor(loop: EventLoop, afterEvent: () => void = () => {}) {
    this.#loop = loop;
    this.afterEvent = afterEvent;
  }

  get alive(): boolean {
    return this.#alive;
  }

  get nowMs(): number {
    return this.#loop.nowMs;
  }

  get wallMs(): number {
    return START_WALL_MS + Math.floor(this.nowMs);
  }

  at(timeMs: number, run: () => void): Cancellable {
    return this.#loop.at(timeMs, () => this.now(run));
  }

  /** The event that takes place now is one of this process. */
  now(run: () => void): void {
    if (!this.#alive) return;
    this.#loop.entered(this);
    run();
  }

  after(delayMs: number, run: () => void): Cancellable {
    return this.at(this.nowMs + delayMs, run);
  }

  end(): void {
    this.#alive = false;
  }
}

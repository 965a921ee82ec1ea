import type { Clock, Environment, Job, Random } from "../../lib/environment.js";
import { invariant } from "../../lib/invariant.js";
import { uuidFrom } from "../uuid.js";
import { ByteHash } from "./byte-hash.js";
import { Disk } from "./disk.js";
import { EventLoop, ProcessLoop, type RunLimits } from "./event-loop.js";
import { afterPowerCut } from "./power-cut.js";
import { RandomStream } from "./random-stream.js";
import { SimulatedFiles } from "./simulated-files.js";
import { SimulatedNetwork } from "./simulated-network.js";
import { setTraps } from "./traps.js";

const DISK_BYTES_MAX = 1024 * 1024 * 1024;
const STEPS_PER_SLICE_MAX = 8;

export interface RunSummary {
  readonly events: number;
  readonly virtualMs: number;
  /** Of all bytes that arrived anywhere, with their times and addresses: two runs of one seed have the same. */
  readonly sentHash: string;
}

/** Hosts, disks and a network in one process, of which everything follows from the seed. */
export class Simulation {
  readonly #seed: number;
  readonly #loop = new EventLoop();
  readonly #sent = new ByteHash();
  readonly #network: SimulatedNetwork;
  #hosts = 0;

  constructor(seed: number) {
    this.#seed = seed;
    this.#network = new SimulatedNetwork(this.#loop, this.random("network"), this.#sent);
  }

  /** Virtual time since the beginning. */
  get nowMs(): number {
    return this.#loop.nowMs;
  }

  /** A stream of chance for one purpose, such as the workload of a test. */
  random(purpose: string): RandomStream {
    return new RandomStream(this.#seed, purpose);
  }

  /** A new host, with an empty disk and no process. */
  host(): SimulatedHost {
    const address = `10.0.0.${++this.#hosts}`;
    return new SimulatedHost(address, this.#loop, this.#network, (purpose) => this.random(`${address} ${purpose}`));
  }

  /** Cuts the way from one host to another for a time: what is sent meanwhile arrives after it. */
  cut(from: SimulatedHost, to: SimulatedHost, forMs: number): void {
    this.#network.cut(from.address, to.address, this.nowMs + forMs);
  }

  /** All connections between a host and others are dead, and new ones come to nothing for a time. */
  sever(host: SimulatedHost, others: readonly SimulatedHost[], forMs: number): void {
    for (const other of others) this.#network.sever(host.address, other.address, this.nowMs + forMs);
  }

  /** What the host sends and is sent takes up to `msMax`, for a time. */
  slow(host: SimulatedHost, msMax: number, forMs: number): void {
    this.#network.slow(host.address, { msMax, untilMs: this.nowMs + forMs });
  }

  /** Waits in virtual time. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.#loop.at(this.#loop.nowMs + ms, resolve));
  }

  /** Runs until the scenario has ended. Rejects if it, or anything else, fails or reaches past the environment. */
  async run(scenario: () => Promise<void>, limits: RunLimits): Promise<RunSummary> {
    let ended = false;
    this.#loop.at(0, () => {
      void scenario().then(() => {
        ended = true;
      });
    });
    const removeTraps = setTraps();
    const failed = await this.#loop
      .run(() => ended, limits)
      .then(
        () => null,
        (cause: unknown) => ({ cause }),
      );
    const leaks = removeTraps();
    if (failed !== null) throw this.#failure(failed.cause);
    invariant(leaks.length === 0, `the outside world comes through the environment, but: ${leaks.join("\n")}`);
    return { events: this.#loop.eventsRun, virtualMs: this.#loop.nowMs, sentHash: this.#sent.digest() };
  }

  #failure(cause: unknown): Error {
    const at = `event ${this.#loop.eventsRun}, ${this.#loop.nowMs} ms`;
    return new Error(`Seed ${this.#seed} failed at ${at}: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}

/** A machine with one disk, on which one process at a time runs. */
export class SimulatedHost {
  readonly address: string;
  /** Called after every event of the process, when all that it set off is done: a test looks whether all is well. */
  afterEvent: () => void = () => {};
  readonly #loop: EventLoop;
  readonly #network: SimulatedNetwork;
  readonly #random: (purpose: string) => RandomStream;
  #disk = new Disk(DISK_BYTES_MAX);
  #process: ProcessLoop | null = null;
  #starts = 0;

  constructor(address: string, loop: EventLoop, network: SimulatedNetwork, random: (purpose: string) => RandomStream) {
    this.address = address;
    this.#loop = loop;
    this.#network = network;
    this.#random = random;
  }

  /** The disk as it is now; a power cut puts another in its place. */
  get disk(): Disk {
    return this.#disk;
  }

  /** Starts a process, with the given disk in place of its own if there is one. */
  start(disk: Disk = this.#disk): Environment {
    invariant(this.#process === null, "one process runs on a host at a time");
    this.#disk = disk;
    const process: ProcessLoop = new ProcessLoop(this.#loop, () => {
      if (process.alive) this.afterEvent();
    });
    this.#process = process;
    const start = ++this.#starts;
    const random = (purpose: string): RandomStream => this.#random(`start ${start} ${purpose}`);
    const offloaded = random("offload");
    return {
      clock: virtualClock(process),
      wire: virtualClock(process),
      random: randomFrom(random("process")),
      files: new SimulatedFiles(disk, process, random("files")),
      network: this.#network.viewFrom(this.address, process),
      endOfTurn: (run) => void process.after(0, run),
      offload: (job, input) => inSlices(job, input, process, offloaded),
    };
  }

  /** `kill -9`: the page cache survives. Nothing of the process happens any more. */
  kill(): void {
    this.#end("killed");
  }

  /** The power goes: what was not synced is lost, torn or kept, as chance has it. */
  cutPower(): void {
    this.#end("vanished");
    this.#disk = afterPowerCut(this.#disk, this.#random(`power cut after start ${this.#starts}`));
  }

  #end(how: "killed" | "vanished"): void {
    invariant(this.#process !== null, "a process runs on the host");
    this.#process.end();
    this.#network.processEnded(this.#process, how);
    this.#process = null;
  }
}

function virtualClock(process: ProcessLoop): Clock {
  return {
    monotonicMs: () => process.nowMs,
    wallMs: () => process.wallMs,
    at: (monotonicMs, run) => process.at(monotonicMs, run),
  };
}

function randomFrom(stream: RandomStream): Random {
  const bytes = (count: number): Uint8Array => stream.bytes(count);
  return { bytes, below: (bound) => stream.below(bound), uuid: () => uuidFrom(bytes) };
}

/** Some steps per event, so that other events come between. */
function inSlices<I, O>(job: Job<I, O>, input: I, process: ProcessLoop, random: RandomStream): Promise<O> {
  return new Promise((resolve, reject) => {
    const steps = job.run(input);
    const slice = (): void => {
      try {
        for (let left = random.between(1, STEPS_PER_SLICE_MAX); left > 0; left--) {
          const step = steps.next();
          if (step.done === true) {
            resolve(step.value);
            return;
          }
        }
        process.after(0, slice);
      } catch (error) {
        reject(error);
      }
    };
    process.after(0, slice);
  });
}

/** One seed: some brokers and their clients, faults of every kind, then peace, in which all must come right again. */
import { type RunSummary, Simulation } from "../../../src/environments/simulated/simulation.js";
import { ConnectionLost } from "../client.js";
import { Befalling } from "./befall.js";
import { MetadataObserver } from "./metadata-observer.js";
import { makePeace } from "./peace.js";
import { ReplicaWatch } from "./replica-watch.js";
import { type ClusterSchedule, drawClusterSchedule, type Fault, PEACE_MS } from "./schedule.js";
import { SimulatedCluster } from "./simulated-cluster.js";
import { type Working, Workload } from "./workload.js";

const LIMITS = { eventsMax: 5_000_000, virtualMsMax: 600_000 };
/** So many requests of the clients are answered before the audit, which brings some more: each costs time, so not many more. */
const OPERATIONS_WANTED = 990;
const OPERATIONS_IN_WAR = 820;
const THINKING_IN_PEACE_MS = 200;
/** However far they are ahead, or behind, the clients go on so much slower, or faster, than all in all. */
const [SLOWEST, FASTEST] = [0.5, 8];
const STEPS_IN_PEACE = 3;

export interface ClusterSummary extends RunSummary {
  readonly operations: number;
  readonly faults: number;
}

/** `faults`: in place of those that the seed draws. All else stays as it is. */
export async function clusterRun(seed: number, faults: readonly Fault[] | null = null): Promise<ClusterSummary> {
  const simulation = new Simulation(seed);
  const drawn = drawClusterSchedule(simulation.random("schedule"));
  const schedule = faults === null ? drawn : { ...drawn, faults };
  const run = new ClusterRun(simulation, schedule);
  try {
    const summary = await simulation.run(() => run.play(), LIMITS);
    return { ...summary, operations: run.operations, faults: run.faults };
  } catch (failure) {
    const why = failure instanceof Error ? failure.message : String(failure);
    throw new Error(`${why}\n${JSON.stringify(schedule)}`, { cause: failure });
  }
}

class ClusterRun {
  readonly #simulation: Simulation;
  readonly #schedule: ClusterSchedule;
  readonly #cluster: SimulatedCluster;
  readonly #observer = new MetadataObserver();
  readonly #befalling: Befalling;
  readonly #workload: Workload;
  readonly #stepsInPeace = new Map<Working, number>();
  #phase: "war" | "peace" | "over" = "war";

  constructor(simulation: Simulation, schedule: ClusterSchedule) {
    this.#simulation = simulation;
    this.#schedule = schedule;
    this.#cluster = new SimulatedCluster(simulation, schedule.brokers, schedule.properties);
    this.#befalling = new Befalling(simulation, this.#cluster, this.#observer);
    this.#workload = new Workload(simulation, schedule, this.#cluster, this.#observer);
  }

  get operations(): number {
    return this.#workload.operations;
  }

  get faults(): number {
    return this.#befalling.count;
  }

  async play(): Promise<void> {
    await this.#cluster.open();
    this.#observer.follow(this.#cluster.engine);
    new ReplicaWatch(this.#cluster.brokers, this.#observer);
    await Promise.all(this.#cluster.brokers.map((broker) => broker.start()));
    const working = this.#workload.workers.map((one) => this.#work(one));
    await Promise.all([
      this.#simulation.sleep(PEACE_MS),
      ...this.#schedule.faults.map((fault) => this.#befalling.befall(fault)),
    ]);
    this.#phase = "peace";
    await makePeace({
      ...{ simulation: this.#simulation, cluster: this.#cluster, observer: this.#observer, workload: this.#workload },
      hasFailingDisks: this.#schedule.faults.some(({ kind }) => kind.startsWith("disk")),
      idlers: () => this.#idlers(),
      endWork: async () => {
        this.#phase = "over";
        await Promise.all(working);
      },
    });
  }

  /** The clients that have done little since peace began; all of them, as long as they have all done too little. */
  #idlers(): readonly string[] {
    return this.#workload.workers.filter((one) => !this.#hasGotOn(one)).map(({ name }) => name);
  }

  #hasGotOn(one: Working): boolean {
    return (this.#stepsInPeace.get(one) ?? 0) >= STEPS_IN_PEACE && this.operations >= OPERATIONS_WANTED;
  }

  /** In peace, who has got on rests. */
  async #work(working: Working): Promise<void> {
    while (this.#phase !== "over" && !this.#hasGotOn(working)) {
      try {
        await working.worker.step();
        if (this.#phase === "peace") this.#stepsInPeace.set(working, (this.#stepsInPeace.get(working) ?? 0) + 1);
      } catch (failure) {
        if (!(failure instanceof ConnectionLost)) throw failure;
      }
      await this.#simulation.sleep(this.#thinkingMs(working));
    }
  }

  /** In war what is left to do is spread over the time that is left. */
  #thinkingMs({ pace }: Working): number {
    const leftMs = PEACE_MS - this.#simulation.nowMs;
    if (leftMs <= 0) return THINKING_IN_PEACE_MS;
    const evenlyMs = PEACE_MS / OPERATIONS_IN_WAR;
    const left = Math.max(1, OPERATIONS_IN_WAR - this.operations);
    const msPerOperation = Math.min(Math.max(leftMs / left, evenlyMs / FASTEST), evenlyMs / SLOWEST);
    // Nobody sleeps into the peace for long.
    return Math.min((this.#workload.workers.length * msPerOperation) / pace, leftMs + THINKING_IN_PEACE_MS);
  }
}

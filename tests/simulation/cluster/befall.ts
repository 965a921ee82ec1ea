/** Carries out the faults of a schedule. */
import { StartFailure } from "../../../src/broker/start-failure.js";
import { POOL_MS_MAX } from "../../../src/environments/simulated/disk.js";
import type { Simulation } from "../../../src/environments/simulated/simulation.js";
import type { SimulatedBroker } from "../broker.js";
import type { MetadataObserver } from "./metadata-observer.js";
import { Safety } from "./safety.js";
import type { Fault } from "./schedule.js";
import type { SimulatedCluster } from "./simulated-cluster.js";

/** What passes while the process goes on. */
type Passing = Exclude<Fault["kind"], "stop" | "kill" | "power cut">;

const SLOW_WAY_MS_MAX = 400;
const START_RETRY_MS = 1_000;
const SLOW_DISK_MS_MAX = 300;
const DISK_BYTES_LEFT = 2_000;

export class Befalling {
  readonly #simulation: Simulation;
  readonly #cluster: SimulatedCluster;
  readonly #observer: MetadataObserver;
  readonly #safety: Safety;
  readonly #diskBytes: number;
  /** How many faults took place: all, unless every broker is down. */
  count = 0;

  constructor(simulation: Simulation, cluster: SimulatedCluster, observer: MetadataObserver) {
    this.#simulation = simulation;
    this.#cluster = cluster;
    this.#observer = observer;
    this.#safety = new Safety(cluster.brokers);
    this.#diskBytes = Math.max(...cluster.brokers.map(({ host }) => host.disk.bytesMax));
  }

  /** Ends when the fault is over. */
  async befall({ atMs, kind, broker: index, forMs }: Fault): Promise<void> {
    await this.#simulation.sleep(atMs - this.#simulation.nowMs);
    const { brokers } = this.#cluster;
    const broker = [...brokers.slice(index), ...brokers.slice(0, index)].find(({ isAlive }) => isAlive);
    if (broker === undefined) return;
    this.count++;
    if (kind !== "stop" && kind !== "kill" && kind !== "power cut") return this.#pass(broker, kind, forMs);
    // Whose end would take what must be kept is left without the others instead.
    if (!this.#safety.allows(kind, broker, this.#observer.partitions())) return this.#pass(broker, "sever", forMs);
    await this.#end(broker, kind, forMs);
  }

  async #pass(broker: SimulatedBroker, kind: Passing, forMs: number): Promise<void> {
    this.#begin(broker, kind, forMs);
    await this.#simulation.sleep(forMs);
    this.#heal(broker);
  }

  #heal({ host: { disk } }: SimulatedBroker): void {
    disk.watch = () => null;
    disk.poolMsMax = POOL_MS_MAX;
    disk.bytesMax = this.#diskBytes;
  }

  async #end(broker: SimulatedBroker, kind: "stop" | "kill" | "power cut", forMs: number): Promise<void> {
    if (kind === "stop") await broker.stop();
    else if (kind === "kill") broker.kill();
    else broker.cutPower();
    await this.#simulation.sleep(forMs);
    while (!broker.isAlive && (await this.#start(broker)) === "refused") await this.#simulation.sleep(START_RETRY_MS);
  }

  /** Another fault may end it again before it serves; on a disk that fails it does not start. */
  async #start(broker: SimulatedBroker): Promise<"begun" | "refused"> {
    try {
      if ((await broker.start()) === "serving") this.#safety.serves(broker);
      return "begun";
    } catch (failure) {
      if (!(failure instanceof StartFailure)) throw failure;
      broker.kill();
      return "refused";
    }
  }

  #begin(broker: SimulatedBroker, kind: Passing, forMs: number): void {
    const { host } = broker;
    const { disk } = host;
    const deeds: Readonly<Record<Passing, () => void>> = {
      isolate: () => this.#cutOff(broker, forMs, "both ways"),
      deafen: () => this.#cutOff(broker, forMs, "towards it"),
      mute: () => this.#cutOff(broker, forMs, "from it"),
      sever: () => this.#simulation.sever(host, this.#others(broker), forMs),
      "sever clients": () => this.#simulation.sever(host, this.#cluster.clientHosts, forMs),
      "slow network": () => this.#simulation.slow(host, SLOW_WAY_MS_MAX, forMs),
      "stall metadata": () => this.#cluster.stallMetadata(broker, forMs),
      strand: () => {
        this.#cluster.stallMetadata(broker, forMs);
        this.#cutOff(broker, forMs, "both ways");
      },
      depose: () => this.#cluster.depose(broker, forMs),
      "disk full": () => {
        disk.bytesMax = disk.usedBytes() + DISK_BYTES_LEFT;
      },
      "disk slow": () => {
        disk.poolMsMax = SLOW_DISK_MS_MAX;
      },
      "disk broken": () => {
        disk.watch = () => "EIO";
      },
      "disk read-only": () => {
        disk.watch = (operation) => (operation.kind === "read" ? null : "EIO");
      },
    };
    deeds[kind]();
  }

  #others(broker: SimulatedBroker) {
    return this.#cluster.brokers.filter((other) => other !== broker).map(({ host }) => host);
  }

  #cutOff(broker: SimulatedBroker, forMs: number, how: "both ways" | "towards it" | "from it"): void {
    for (const other of this.#others(broker)) {
      if (how !== "from it") this.#simulation.cut(other, broker.host, forMs);
      if (how !== "towards it") this.#simulation.cut(broker.host, other, forMs);
    }
  }
}

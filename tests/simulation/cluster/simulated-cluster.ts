/** Several whole brokers, each on a host of its own, and the metadata engine that they share on another. */
import type { ClusterInProcess } from "../../../src/broker/cluster-in-process.js";
import { LocalEngine } from "../../../src/cluster/engines/local/local-engine.js";
import type { SimulatedHost, Simulation } from "../../../src/environments/simulated/simulation.js";
import type { Address, Environment } from "../../../src/lib/environment.js";
import { invariant } from "../../../src/lib/invariant.js";
import { LogDirectory } from "../../../src/storage/folders/log-directory.js";
import { type BrokerProperties, SimulatedBroker } from "../broker.js";
import { engineSeat, type Seat } from "./engine-seat.js";

const METADATA_FOLDER = "/var/lib/engine";
/** After so long without its process a leadership is given to another. */
const LEASE_MS = 2_000;

export class SimulatedCluster {
  readonly brokers: readonly SimulatedBroker[];
  readonly clientHosts: SimulatedHost[] = [];
  readonly #simulation: Simulation;
  readonly #engineProcess: Environment;
  readonly #seats = new Map<SimulatedBroker, Seat>();
  #engine: { readonly shared: LocalEngine; readonly clusterId: string } | null = null;

  constructor(simulation: Simulation, size: number, properties: BrokerProperties) {
    this.#simulation = simulation;
    this.#engineProcess = simulation.host().start();
    this.brokers = Array.from({ length: size }, (_, index) => {
      const own = (address: Address) => ({
        ...{ ...properties, "node.id": index + 1 },
        "advertised.listeners": `PLAINTEXT://${address.host}:${address.port}`,
      });
      const broker: SimulatedBroker = new SimulatedBroker(simulation, own, (process) => this.#seatFor(broker, process));
      return broker;
    });
  }

  get addresses(): readonly Address[] {
    return this.brokers.map(({ address }) => address);
  }

  get engine(): LocalEngine {
    invariant(this.#engine !== null, "the engine is open");
    return this.#engine.shared;
  }

  async open(): Promise<void> {
    const environment = this.#engineProcess;
    const directory = LogDirectory.open(environment.files, METADATA_FOLDER);
    invariant(!("problem" in directory), "the folder of the metadata is new");
    const shared = new LocalEngine({ environment, directory, nodeId: 0 });
    const { clusterId } = await shared.open();
    this.#engine = { shared, clusterId };
  }

  /** The broker hears nothing of new metadata for a time. */
  stallMetadata(broker: SimulatedBroker, forMs: number): void {
    this.#seats.get(broker)?.stall(forMs);
  }

  /** If the broker is the controller, another one takes its place, and it hears of that after a time. */
  depose(broker: SimulatedBroker, afterMs: number): void {
    this.stallMetadata(broker, afterMs);
    this.#seats.get(broker)?.depose();
  }

  /** A host for a client. */
  clientHost(): SimulatedHost {
    const host = this.#simulation.host();
    this.clientHosts.push(host);
    return host;
  }

  #seatFor(
    broker: SimulatedBroker,
    process: Environment,
  ): { readonly cluster: ClusterInProcess; readonly end: () => void } {
    const engine = this.#engine;
    invariant(engine !== null, "the engine is open before any broker starts");
    const later = (afterMs: number, run: () => void): void => void this.#simulation.sleep(afterMs).then(run);
    const seat = engineSeat({ engine: engine.shared, process, later, leaseMs: LEASE_MS });
    this.#seats.set(broker, seat);
    const committedOffset = (): number => engine.shared.committedOffset;
    return {
      cluster: {
        ...{ clusterId: engine.clusterId, size: this.brokers.length },
        ...{ engine: seat, committedOffset, portOf: () => null },
      },
      end: () => seat.end(),
    };
  }
}

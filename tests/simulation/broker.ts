/** One whole broker on a simulated host, which can be stopped, killed and robbed of its power. */
import type { ClusterInProcess } from "../../src/broker/cluster-in-process.js";
import type { BrokerConfig } from "../../src/config/broker-config.js";
import { loadConfig } from "../../src/config/load.js";
import type { SimulatedHost, Simulation } from "../../src/environments/simulated/simulation.js";
import type { Address, Environment } from "../../src/lib/environment.js";
import { createLogger } from "../../src/observability/logger.js";
import { codecs, compress } from "../../src/protocol/records/codecs.js";
import { loadCrc32c } from "../../src/protocol/records/crc32c.js";
import { type RunningBroker, startBroker } from "../../src/server/start-broker.js";

// Libraries are loaded when they are first needed: that shall be before the run, in which nobody may read files.
for (const codec of Object.values(codecs)) compress(codec, Buffer.alloc(1));
loadCrc32c();

const PORT = 9092;
export const DATA_FOLDER = "/var/lib/samsa/data";
/** The level of `error` in a line of the log. */
const ERROR_LEVEL = 50;

export type BrokerProperties = Readonly<Record<string, string | number | boolean>>;

/** What a process that begins is given of its cluster. */
export type Join = (process: Environment) => { readonly cluster: ClusterInProcess; readonly end: () => void };

/** One run of the broker, from its start to its end. */
class Process {
  running: RunningBroker | null = null;
  hasEnded = false;
  #tell: () => void = () => {};
  readonly ended = new Promise<void>((resolve) => {
    this.#tell = resolve;
  });

  end(): void {
    this.hasEnded = true;
    this.#tell();
  }

  /** What comes of `work`, or null when the process ends before. What a dead process says is not listened to. */
  async unlessItEnds<T>(work: Promise<T>): Promise<T | null> {
    try {
      const result = await Promise.race([work, this.ended.then(() => null)]);
      return this.hasEnded ? null : result;
    } catch (failure) {
      if (this.hasEnded) return null;
      throw failure;
    }
  }
}

export class SimulatedBroker {
  readonly host: SimulatedHost;
  /** What it wrote into its log, over all its lives. */
  readonly log: string[] = [];
  readonly #properties: BrokerProperties;
  readonly #join: Join | null;
  /** The same at each start. */
  #config: BrokerConfig | null = null;
  #process: Process | null = null;
  /** Tells the cluster that the process is dead. */
  #leave: () => void = () => {};

  /** `join`: the broker is one of several. */
  constructor(
    simulation: Simulation,
    properties: BrokerProperties | ((address: Address) => BrokerProperties),
    join: Join | null = null,
  ) {
    this.host = simulation.host();
    this.#properties = typeof properties === "function" ? properties(this.address) : properties;
    this.#join = join;
  }

  get address(): Address {
    return { host: this.host.address, port: PORT };
  }

  /** A process runs, serving or not yet. */
  get isAlive(): boolean {
    return this.#process !== null;
  }

  /** Null until the broker serves. */
  get running(): RunningBroker | null {
    return this.#process?.running ?? null;
  }

  /** Null until the broker serves. */
  get clusterId(): string | null {
    return this.#process?.running?.clusterId ?? null;
  }

  /** Starts a process. `ended`: it was killed before it served. Rejects when the broker itself refuses to start. */
  async start(): Promise<"serving" | "ended"> {
    const environment = this.host.start();
    const process = new Process();
    this.#process = process;
    const logger = createLogger({
      write: (line) => {
        if (!process.hasEnded) this.log.push(line);
      },
      nowMs: () => environment.clock.wallMs(),
      // Where there are several, many thousand lines would cost more than they tell.
      level: this.#join === null ? "debug" : "warn",
    });
    const surroundings = { isContainer: false, hostName: "localhost", gateway: null };
    const joined = this.#join?.(environment) ?? null;
    this.#leave = joined?.end ?? (() => {});
    const cluster = joined === null ? {} : { cluster: joined.cluster };
    this.#config ??= brokerConfig(this.#properties);
    const started = startBroker({ config: this.#config, environment, logger, surroundings, ...cluster });
    process.running = await process.unlessItEnds(started);
    return process.running === null ? "ended" : "serving";
  }

  /** A clean shutdown, and the end of the process. `ended`: it was killed on the way. */
  async stop(): Promise<"stopped" | "ended"> {
    const process = this.#process;
    if (process === null || process.running === null) return "ended";
    const stopped = await process.unlessItEnds(process.running.stop().then(() => "stopped" as const));
    this.kill();
    return stopped ?? "ended";
  }

  /** Does nothing when no process runs, as `cutPower`. */
  kill(): void {
    this.#end(() => this.host.kill());
  }

  cutPower(): void {
    this.#end(() => this.host.cutPower());
  }

  /** Lines of the log by which the broker accuses itself. */
  errors(): string[] {
    return this.log.filter((line) => JSON.parse(line).level >= ERROR_LEVEL);
  }

  #end(how: () => void): void {
    const process = this.#process;
    if (process === null) return;
    this.#process = null;
    process.end();
    this.#leave();
    how();
  }
}

export function brokerConfig(properties: BrokerProperties) {
  const loaded = loadConfig({
    env: {},
    sets: Object.entries(properties).map(([name, value]) => `${name}=${value}`),
    flags: { listen: `PLAINTEXT://0.0.0.0:${PORT}`, data: String(properties["log.dirs"] ?? DATA_FOLDER) },
  });
  if ("errors" in loaded) throw new Error(loaded.errors.join("\n"));
  return loaded.config;
}

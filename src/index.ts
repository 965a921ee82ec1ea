/**
 * Samsa inside a program: `const broker = await startBroker({ port: 0, ephemeral: true })`, or several brokers:
 * `const cluster = await startCluster({ brokers: 3, ephemeral: true })`.
 */

import { loadConfig } from "./config/load.js";
import { memoryEnvironment } from "./environments/memory/memory-environment.js";
import { nodeEnvironment } from "./environments/node/node-environment.js";
import { surroundings } from "./environments/node/surroundings.js";
import { hostAndPort } from "./lib/host-and-port.js";
import { createLogger, type LogLevel } from "./observability/logger.js";
import { startBroker as startWith } from "./server/start-broker.js";

export { StartFailure } from "./broker/start-failure.js";
export { type ClusterOptions, type EmbeddedCluster, startCluster } from "./testing/start-cluster.js";

export interface BrokerOptions {
  /** The port on 127.0.0.1; 0, the default, picks a free one. */
  readonly port?: number;
  /** Keeps all data in memory. Otherwise it is kept in `data`. */
  readonly ephemeral?: boolean;
  /** The data folder; `./samsa-data` if not given. */
  readonly data?: string;
  /** Any property under Kafka's own name. The environment of the process is not looked at. */
  readonly properties?: Readonly<Record<string, string | number | boolean>>;
  /** What goes to stderr; `warn` if not given. */
  readonly logLevel?: LogLevel;
}

export interface EmbeddedBroker {
  /** `host:port` of every listener, parted by commas, as clients take it. */
  readonly bootstrapServers: string;
  readonly clusterId: string;
  readonly nodeId: number;
  /** Closes all connections, files and timers. May be called twice. */
  stop(): Promise<void>;
}

/** Throws when an option is wrong, and `StartFailure` when the broker cannot start. */
export async function startBroker(options: BrokerOptions = {}): Promise<EmbeddedBroker> {
  const { properties = {}, port, data, ephemeral = false, logLevel = "warn" } = options;
  const loaded = loadConfig({
    env: {},
    sets: Object.entries(properties).map(([name, value]) => `${name}=${value}`),
    flags: { listen: "listeners" in properties ? undefined : `PLAINTEXT://127.0.0.1:${port ?? 0}`, data },
  });
  if ("errors" in loaded) throw new Error(loaded.errors.join("\n"));
  const environment = ephemeral ? memoryEnvironment() : nodeEnvironment();
  const write = (line: string) => void process.stderr.write(line);
  const logger = createLogger({
    write,
    nowMs: () => environment.clock.wallMs(),
    level: logLevel,
  });
  for (const warning of loaded.warnings) logger.warn(warning);
  return embedded(await startWith({ config: loaded.config, environment, logger, surroundings: surroundings() }));
}

function embedded(broker: Awaited<ReturnType<typeof startWith>>): EmbeddedBroker {
  let stopped: Promise<void> | null = null;
  return {
    bootstrapServers: [...broker.listeners.values()].map(hostAndPort).join(","),
    clusterId: broker.clusterId,
    nodeId: broker.nodeId,
    stop: async () => {
      stopped ??= broker.stop();
      await stopped;
    },
  };
}

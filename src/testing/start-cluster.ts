/** Several brokers inside a program, to see how a client lives through what befalls them. */
import { loadClusterConfigs } from "../config/load-cluster.js";
import { memoryEnvironment } from "../environments/memory/memory-environment.js";
import { nodeEnvironment } from "../environments/node/node-environment.js";
import { surroundings } from "../environments/node/surroundings.js";
import { hostAndPort } from "../lib/host-and-port.js";
import { createLogger, type LogLevel } from "../observability/logger.js";
import { type RunningCluster, startCluster as startWith } from "../server/start-cluster.js";

export interface ClusterOptions {
  /** How many; their node ids are 1, 2 and so on. */
  readonly brokers: number;
  /** The port of the first on 127.0.0.1, the others follow; 0, the default, picks free ones. */
  readonly port?: number;
  /** Keeps all data in memory. Otherwise it is kept in `data`. */
  readonly ephemeral?: boolean;
  /** The data folder, with a folder for each broker and one for the metadata; `./samsa-data` if not given. */
  readonly data?: string;
  /** Any property under Kafka's own name, for all brokers. The environment of the process is not looked at. */
  readonly properties?: Readonly<Record<string, string | number | boolean>>;
  /** What goes to stderr; `warn` if not given. */
  readonly logLevel?: LogLevel;
}

export interface EmbeddedCluster {
  /** `host:port` of every broker that runs, parted by commas, as clients take it. */
  readonly bootstrap: string;
  readonly clusterId: string;
  /** Those that run. */
  readonly nodeIds: readonly number[];
  /** The broker gives its leaderships to the others, and stops. Does nothing when it does not run. */
  stopBroker(nodeId: number): Promise<void>;
  /** The broker ends without a farewell, as if its process had been killed. Does nothing when it does not run. */
  killBroker(nodeId: number): Promise<void>;
  /** A broker that was stopped or killed comes back, where it was and with its data. */
  startBroker(nodeId: number): Promise<void>;
  /** Stops all of them. May be called twice. */
  stop(): Promise<void>;
}

/** Throws when an option is wrong, and `StartFailure` when a broker cannot start. */
export async function startCluster(options: ClusterOptions): Promise<EmbeddedCluster> {
  const { brokers, properties = {}, port = 0, data, ephemeral = false, logLevel = "warn" } = options;
  if (!Number.isSafeInteger(brokers) || brokers < 1) throw new Error("brokers: a whole number from 1 on");
  const loaded = loadClusterConfigs(
    {
      env: {},
      sets: Object.entries(properties).map(([name, value]) => `${name}=${value}`),
      flags: { listen: "listeners" in properties ? undefined : `PLAINTEXT://127.0.0.1:${port}`, data },
    },
    brokers,
  );
  if ("errors" in loaded) throw new Error(loaded.errors.join("\n"));
  const environment = ephemeral ? memoryEnvironment() : nodeEnvironment();
  const write = (line: string) => void process.stderr.write(line);
  const logger = createLogger({ write, nowMs: () => environment.clock.wallMs(), level: logLevel });
  for (const warning of loaded.warnings) logger.warn(warning);
  const loggerOf = (nodeId: number) => logger.child({ nodeId });
  return embedded(await startWith({ ...loaded, environment, surroundings: surroundings(), loggerOf }));
}

function embedded(cluster: RunningCluster): EmbeddedCluster {
  let stopped: Promise<void> | null = null;
  return {
    get bootstrap() {
      return cluster.brokers.flatMap(({ listeners }) => [...listeners.values()].map(hostAndPort)).join(",");
    },
    clusterId: cluster.clusterId,
    get nodeIds() {
      return cluster.brokers.map(({ nodeId }) => nodeId);
    },
    stopBroker: (nodeId) => cluster.stopBroker(nodeId),
    killBroker: (nodeId) => cluster.killBroker(nodeId),
    startBroker: (nodeId) => cluster.startBroker(nodeId),
    stop: async () => {
      stopped ??= cluster.stop();
      await stopped;
    },
  };
}

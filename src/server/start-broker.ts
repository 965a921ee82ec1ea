import { openBroker } from "../broker/open-broker.js";
import { listenFailure } from "../broker/start-failure.js";
import type { BrokerConfig } from "../config/broker-config.js";
import type { Listeners } from "../config/listeners.js";
import type { Address, Environment } from "../lib/environment.js";
import type { Surroundings } from "../lib/surroundings.js";
import type { Logger } from "../observability/logger.js";
import { Server } from "./server.js";

export interface StartOptions {
  readonly config: BrokerConfig;
  readonly environment: Environment;
  readonly logger: Logger;
  readonly surroundings: Surroundings;
}

export interface RunningBroker {
  /** The real address of each listener, by name. */
  readonly listeners: ReadonlyMap<string, Address>;
  readonly clusterId: string;
  readonly nodeId: number;
  /** Closes connections, coordinators and logs, in this order. Nothing is left behind. */
  stop(): Promise<void>;
}

/**
 * Starts a broker: its ports first, so that a taken one harms nothing; then its data; then it serves.
 * Rejects with `StartFailure` when something stands in the way, and leaves nothing open.
 */
export async function startBroker(options: StartOptions): Promise<RunningBroker> {
  const { config, environment, logger, surroundings } = options;
  const server = new Server({ environment, logger, limits: serverLimits(config) });
  try {
    for (const listener of config.listeners.opened) await listen(server, listener, config, surroundings);
    const broker = await openBroker({ config, environment, logger, surroundings, bound: server.addresses });
    server.serve(broker);
    return {
      listeners: server.addresses,
      clusterId: broker.clusterId,
      nodeId: broker.nodeId,
      stop: async () => {
        await broker.leave();
        await server.close();
        await broker.close();
      },
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}

async function listen(
  server: Server,
  listener: Listeners["opened"][number],
  config: BrokerConfig,
  { isContainer }: Surroundings,
) {
  const { name, port } = listener;
  // In a container, 127.0.0.1 would be out of everybody's reach.
  const host = isContainer && !config.listeners.hostWasChosen ? "0.0.0.0" : listener.host;
  try {
    await server.listen(name, { host, port });
  } catch (error) {
    throw listenFailure(name, { host, port }, error);
  }
}

function serverLimits({ network, samsa }: BrokerConfig) {
  return {
    maxFrameBytes: network.socketRequestMaxBytes,
    frameMemoryBytes: samsa.samsaRequestMemoryBytes,
    maxIdleMs: network.connectionsMaxIdleMs,
    maxConnections: network.maxConnections,
    maxConnectionsPerIp: network.maxConnectionsPerIp,
  };
}

import type { ClusterInProcess } from "../broker/cluster-in-process.js";
import { type OpenBroker, openBroker } from "../broker/open-broker.js";
import { listenFailure } from "../broker/start-failure.js";
import type { BrokerConfig } from "../config/broker-config.js";
import type { Listeners } from "../config/listeners.js";
import type { Address, Environment } from "../lib/environment.js";
import type { Surroundings } from "../lib/surroundings.js";
import type { Logger } from "../observability/logger.js";
import { refuseFolderOfSeveral } from "./folder-of-several.js";
import { Server } from "./server.js";

export interface StartOptions {
  readonly config: BrokerConfig;
  readonly environment: Environment;
  readonly logger: Logger;
  readonly surroundings: Surroundings;
  /** Where several brokers share this process. */
  readonly cluster?: ClusterInProcess;
}

/**
 * Starts a broker: its ports first, so that a taken one harms nothing; then its data; then it joins and serves.
 * Rejects with `StartFailure` when something stands in the way, and leaves nothing open.
 */
export async function startBroker(options: StartOptions): Promise<RunningBroker> {
  const { config, environment, logger, surroundings } = options;
  const server = new Server({ environment, logger, limits: serverLimits(config) });
  try {
    for (const listener of config.listeners.opened) await listen(server, listener, config, surroundings);
    if (options.cluster === undefined) refuseFolderOfSeveral(environment.files, config.dataFolders);
    const broker = await openBroker({ ...options, bound: server.addresses });
    // Before there is a controller, other brokers must be able to ask whether it is this one.
    if (broker.hasPeers) server.serve(broker);
    await joined(broker);
    if (!broker.hasPeers) server.serve(broker);
    return new RunningBroker(broker, server);
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** A broker that cannot join stops all that it began: the folder may have another one soon. */
async function joined(broker: OpenBroker): Promise<void> {
  try {
    await broker.join();
  } catch (failure) {
    await broker.leave();
    await broker.close();
    throw failure;
  }
}

export class RunningBroker {
  readonly #broker: OpenBroker;
  readonly #server: Server;
  /** The real address of each listener, by name. */
  readonly listeners: ReadonlyMap<string, Address>;

  constructor(broker: OpenBroker, server: Server) {
    this.#broker = broker;
    this.#server = server;
    this.listeners = server.addresses;
  }

  get clusterId(): string {
    return this.#broker.clusterId;
  }

  get nodeId(): number {
    return this.#broker.nodeId;
  }

  get isController(): boolean {
    return this.#broker.controller.controllerId === this.#broker.nodeId;
  }

  /** What it knows and holds, for tests that look inside after every event. */
  get inside(): Pick<OpenBroker, "image" | "partitions"> {
    return this.#broker;
  }

  /** For the brokers of one process, once all are there: one alone creates the topic itself. */
  async createGroupTopic(): Promise<void> {
    await this.#broker.createGroupTopic();
  }

  /** Closes connections, coordinators and logs, in this order. Nothing is left behind. */
  async stop(): Promise<void> {
    await this.leave();
    await this.close();
  }

  /** Gives its leaderships to other brokers. It still serves. */
  async leave(): Promise<void> {
    await this.#broker.leave();
  }

  async close(): Promise<void> {
    await this.#server.close();
    await this.#broker.close();
  }

  /** Ends without a farewell, and without a note on the disk that all is well there. */
  async kill(): Promise<void> {
    await this.#server.close();
    await this.#broker.close({ clean: false });
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

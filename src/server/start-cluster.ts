/** Several brokers in one process: they share the metadata, and talk to each other over the network like strangers. */
import type { ClusterInProcess } from "../broker/cluster-in-process.js";
import { dataFailure, StartFailure } from "../broker/start-failure.js";
import { openFolder, refuseWithoutMetadata } from "../broker/storing/data-folders.js";
import { LocalEngine } from "../cluster/engines/local/local-engine.js";
import type { BrokerConfig } from "../config/broker-config.js";
import type { Environment } from "../lib/environment.js";
import type { Surroundings } from "../lib/surroundings.js";
import { EngineProblem } from "../metadata/engine.js";
import type { Logger } from "../observability/logger.js";
import { refuseFolderOfMore, refuseFolderOfOne } from "./folder-of-several.js";
import { type RunningBroker, startBroker } from "./start-broker.js";

export interface StartClusterOptions {
  /** One for each broker, with node ids of their own. */
  readonly configs: readonly BrokerConfig[];
  /** Where the metadata of all of them lies. */
  readonly metadataFolder: string;
  readonly environment: Environment;
  readonly surroundings: Surroundings;
  readonly loggerOf: (nodeId: number) => Logger;
}

/** The metadata log belongs to no broker, so its folder has a node id that no broker of a cluster gets by itself. */
const METADATA_NODE_ID = 0;

/** Rejects with `StartFailure` when one of them cannot start, and leaves nothing open. */
export async function startCluster(options: StartClusterOptions): Promise<RunningCluster> {
  const metadata = await openMetadata(options);
  const cluster = new RunningCluster(options, metadata);
  try {
    await cluster.startAll();
    return cluster;
  } catch (failure) {
    await cluster.stop();
    throw failure;
  }
}

interface Metadata {
  readonly engine: LocalEngine;
  readonly clusterId: string;
  readonly close: () => Promise<void>;
}

async function openMetadata({ configs, metadataFolder, environment }: StartClusterOptions): Promise<Metadata> {
  const foldersOfFirst = configs[0]?.dataFolders ?? [];
  refuseFolderOfOne(environment.files, foldersOfFirst);
  refuseFolderOfMore(environment.files, foldersOfFirst, configs.length);
  const directory = openFolder(environment.files, metadataFolder);
  const engine = new LocalEngine({ environment, directory, nodeId: METADATA_NODE_ID });
  const close = async () => {
    await engine.close();
    directory.release();
  };
  try {
    const folders = configs.flatMap(({ dataFolders }) => dataFolders);
    refuseWithoutMetadata(environment.files, metadataFolder, folders);
    const { clusterId } = await engine.open(configs[0]?.clusterId ?? undefined);
    return { engine, clusterId, close };
  } catch (error) {
    await close();
    if (error instanceof EngineProblem) throw new StartFailure(error.message, error);
    throw dataFailure(metadataFolder, error);
  }
}

export class RunningCluster {
  readonly #options: StartClusterOptions;
  readonly #metadata: Metadata;
  readonly #shared: ClusterInProcess;
  readonly #running = new Map<number, RunningBroker>();
  /** Where each broker listened last: it comes back there, also where its port was chosen for it. */
  readonly #ports = new Map<number, ReadonlyMap<string, number>>();

  constructor(options: StartClusterOptions, metadata: Metadata) {
    this.#options = options;
    this.#metadata = metadata;
    this.#shared = {
      engine: metadata.engine,
      clusterId: metadata.clusterId,
      size: options.configs.length,
      committedOffset: () => metadata.engine.committedOffset,
      portOf: (nodeId, listener) => this.#ports.get(nodeId)?.get(listener) ?? null,
    };
  }

  get clusterId(): string {
    return this.#metadata.clusterId;
  }

  /** Those that run, by rising node id. */
  get brokers(): readonly RunningBroker[] {
    return [...this.#running.values()].sort((one, other) => one.nodeId - other.nodeId);
  }

  /** The topic of the groups is made when all are there, so that each may get its share of it. */
  async startAll(): Promise<void> {
    const started = await Promise.allSettled(this.#options.configs.map(({ nodeId }) => this.startBroker(nodeId)));
    for (const result of started) if (result.status === "rejected") throw result.reason;
    await this.brokers[0]?.createGroupTopic();
  }

  async startBroker(nodeId: number): Promise<void> {
    const { environment, surroundings, loggerOf } = this.#options;
    if (this.#running.has(nodeId)) throw new StartFailure(`Broker ${nodeId} runs already.`);
    const config = this.#configOf(nodeId);
    const logger = loggerOf(nodeId);
    const broker = await startBroker({ config, environment, logger, surroundings, cluster: this.#shared });
    this.#running.set(nodeId, broker);
    this.#ports.set(nodeId, new Map([...broker.listeners].map(([name, { port }]) => [name, port])));
  }

  async stopBroker(nodeId: number): Promise<void> {
    await this.#taken(nodeId)?.stop();
  }

  /** Without a farewell: the others find out by themselves. */
  async killBroker(nodeId: number): Promise<void> {
    await this.#taken(nodeId)?.kill();
  }

  /** All of them at once: none waits for another to take over what it leads. The controller goes last, without heir. */
  async stop(): Promise<void> {
    const brokers = this.brokers;
    this.#running.clear();
    await Promise.all(brokers.map((broker) => broker.leave()));
    await Promise.all(brokers.filter(({ isController }) => !isController).map((broker) => broker.close()));
    await Promise.all(brokers.filter(({ isController }) => isController).map((broker) => broker.close()));
    await this.#metadata.close();
  }

  #taken(nodeId: number): RunningBroker | undefined {
    const broker = this.#running.get(nodeId);
    this.#running.delete(nodeId);
    return broker;
  }

  #configOf(nodeId: number): BrokerConfig {
    const config = this.#options.configs.find((one) => one.nodeId === nodeId);
    if (config === undefined) throw new StartFailure(`The cluster has no broker ${nodeId}.`);
    const ports = this.#ports.get(nodeId);
    const opened = config.listeners.opened.map((listener) => ({
      ...listener,
      port: ports?.get(listener.name) ?? listener.port,
    }));
    return { ...config, listeners: { ...config.listeners, opened } };
  }
}

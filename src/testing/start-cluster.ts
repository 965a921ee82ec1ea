/** Several brokers inside a program, to see how a client lives through what befalls them. */
import { StartFailure } from "../broker/start-failure.js";
import { loadClusterConfigs } from "../config/load-cluster.js";
import { hostAndPort } from "../lib/host-and-port.js";
import { invariant } from "../lib/invariant.js";
import { type RunningCluster, startCluster as startWith } from "../server/start-cluster.js";
import { accepted, type EmbeddingOptions, sourcesOf, stopsOnce, worldOf } from "./embedding.js";

/** The properties are those of all brokers. */
export interface ClusterOptions extends EmbeddingOptions {
  /** How many; their node ids are 1, 2 and so on. */
  readonly brokers: number;
  /** The port of the first on 127.0.0.1, the others follow; 0, the default, picks free ones. */
  readonly port?: number;
  /** The data folder, with a folder for each broker and one for the metadata; `./samsa-data` if not given. */
  readonly data?: string;
}

/** What is asked of one broker is done in the order in which it was asked, also by a caller who does not wait. */
export interface EmbeddedCluster {
  /** `host:port` of every broker that runs, parted by commas, as clients take it. */
  readonly bootstrapServers: string;
  readonly clusterId: string;
  /** Those that run. */
  readonly nodeIds: readonly number[];
  /** The broker gives its leaderships to the others, and stops. Does nothing when it does not run. */
  stopBroker(nodeId: number): Promise<void>;
  /** The broker ends without a farewell, as if its process had been killed. Does nothing when it does not run. */
  killBroker(nodeId: number): Promise<void>;
  /** A broker that was stopped or killed comes back, where it was and with its data. Not after `stop`. */
  startBroker(nodeId: number): Promise<void>;
  /** Stops all of them. May be called twice. */
  stop(): Promise<void>;
}

/** Throws when an option is wrong, and `StartFailure` when a broker cannot start. */
export async function startCluster(options: ClusterOptions): Promise<EmbeddedCluster> {
  const { brokers } = options;
  if (!Number.isSafeInteger(brokers) || brokers < 1) throw new Error("brokers: a whole number from 1 on");
  const { configs, metadataFolder, warnings } = accepted(loadClusterConfigs(sourcesOf(options, options), brokers));
  const [config] = configs;
  invariant(config !== undefined, "a cluster has a broker");
  const { environment, logger, surroundings } = worldOf(options, config, warnings);
  const loggerOf = (nodeId: number) => logger.child({ nodeId });
  const cluster = await startWith({ configs, metadataFolder, environment, surroundings, loggerOf });
  return embedded(
    cluster,
    configs.map(({ nodeId }) => nodeId),
  );
}

function embedded(cluster: RunningCluster, nodeIds: readonly number[]): EmbeddedCluster {
  /** When what was asked of each broker last is done: a start must not meet a stop that is under way. */
  const done = new Map(nodeIds.map((nodeId) => [nodeId, Promise.resolve()]));
  const inTurn = async (nodeId: number, act: () => Promise<void>) => {
    const turn = done.get(nodeId)?.then(act);
    if (turn === undefined) throw new Error(`The cluster has no broker ${nodeId}: it has ${nodeIds.join(", ")}.`);
    done.set(
      nodeId,
      turn.catch(() => {}),
    );
    return turn;
  };
  let isStopped = false;
  const start = async (nodeId: number) => {
    if (isStopped) throw new StartFailure("The cluster was stopped, and its brokers with it: start another cluster.");
    await cluster.startBroker(nodeId);
  };
  const stop = async () => {
    isStopped = true;
    await Promise.all(done.values());
    await cluster.stop();
  };
  return {
    get bootstrapServers() {
      return cluster.brokers.flatMap(({ listeners }) => [...listeners.values()].map(hostAndPort)).join(",");
    },
    clusterId: cluster.clusterId,
    get nodeIds() {
      return cluster.brokers.map(({ nodeId }) => nodeId);
    },
    stopBroker: (nodeId) => inTurn(nodeId, () => cluster.stopBroker(nodeId)),
    killBroker: (nodeId) => inTurn(nodeId, () => cluster.killBroker(nodeId)),
    startBroker: (nodeId) => inTurn(nodeId, () => start(nodeId)),
    stop: stopsOnce({ stop }),
  };
}

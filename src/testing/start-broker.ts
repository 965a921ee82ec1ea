/** One broker inside a program. */
import { loadConfig } from "../config/load.js";
import { hostAndPort } from "../lib/host-and-port.js";
import { type RunningBroker, startBroker as startWith } from "../server/start-broker.js";
import { accepted, type EmbeddingOptions, sourcesOf, stopsOnce, worldOf } from "./embedding.js";

export interface BrokerOptions extends EmbeddingOptions {
  /** The port on 127.0.0.1; 0, the default, picks a free one. */
  readonly port?: number;
  /** The data folder; `./samsa-data` if not given. */
  readonly data?: string;
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
  const { config, warnings } = accepted(loadConfig(sourcesOf(options, options)));
  return embedded(await startWith({ config, ...worldOf(options, config, warnings) }));
}

function embedded(broker: RunningBroker): EmbeddedBroker {
  return {
    bootstrapServers: [...broker.listeners.values()].map(hostAndPort).join(","),
    clusterId: broker.clusterId,
    nodeId: broker.nodeId,
    stop: stopsOnce(broker),
  };
}

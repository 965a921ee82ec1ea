/** The configurations of several brokers in one process, made from one: each gets an id, ports and folders of its own. */
import { hostAndPort } from "../lib/host-and-port.js";
import type { BrokerConfig } from "./broker-config.js";
import { PORT_MAX } from "./listeners.js";
import { loadConfig } from "./load.js";
import type { ConfigSources } from "./sources/sources.js";

export type LoadedClusterConfigs =
  | {
      readonly configs: readonly BrokerConfig[];
      /** Where the metadata of all of them lies. */
      readonly metadataFolder: string;
      readonly warnings: readonly string[];
    }
  | { readonly errors: readonly string[] };

const REPLICATION_FACTOR = "default.replication.factor";
/** As many replicas as internal topics have by default. */
const DEFAULT_REPLICAS_MAX = 3;

/**
 * The brokers have the ids from 1 on, consecutive ports, and a folder `broker-N` each within the data folder. Unless it is
 * set, `default.replication.factor` is not 1: whoever starts several brokers wants topics to outlive one of them.
 */
export function loadClusterConfigs(sources: ConfigSources, brokers: number): LoadedClusterConfigs {
  const whole = loadConfig(sources);
  if ("errors" in whole) return whole;
  const { config, warnings } = whole;
  const { samsaMetadataEngine: engine } = config.metadata;
  if (engine !== "local") {
    return {
      errors: [`samsa.metadata.engine=${engine} is for one broker in each process: start each with its own node.id`],
    };
  }
  const highestPort = Math.max(...config.listeners.opened.map(({ port }) => port)) + brokers - 1;
  if (highestPort > PORT_MAX) {
    return { errors: [`${brokers} brokers need ports up to ${highestPort}, and a port is at most ${PORT_MAX}`] };
  }
  const configs: BrokerConfig[] = [];
  for (let nodeId = 1; nodeId <= brokers; nodeId++) {
    const loaded = loadConfig(sourcesOf(nodeId, sources, { whole: config, brokers }));
    if ("errors" in loaded) return loaded;
    configs.push(loaded.config);
  }
  const metadataFolder = config.node.metadataLogDir ?? `${config.dataFolders[0] ?? "."}/metadata`;
  return { configs, metadataFolder, warnings };
}

function sourcesOf(
  nodeId: number,
  sources: ConfigSources,
  { whole, brokers }: { readonly whole: BrokerConfig; readonly brokers: number },
): ConfigSources {
  const { opened, advertised, hostWasChosen } = whole.listeners;
  const own = (port: number) => (port === 0 ? 0 : port + nodeId - 1);
  const onTheWire = (name: string, host: string, port: number) => `${name}://${hostAndPort({ host, port: own(port) })}`;
  const sets = [
    ...sources.sets,
    ...(whole.originals.has(REPLICATION_FACTOR)
      ? []
      : [`${REPLICATION_FACTOR}=${Math.min(DEFAULT_REPLICAS_MAX, brokers)}`]),
    `node.id=${nodeId}`,
    ...(whole.originals.has("broker.id") ? [`broker.id=${nodeId}`] : []),
    ...(advertised.size === 0
      ? []
      : [
          `advertised.listeners=${[...advertised].map(([name, { host, port }]) => onTheWire(name, host, port)).join(",")}`,
        ]),
  ];
  const data = whole.dataFolders.map((folder) => `${folder}/broker-${nodeId}`).join(",");
  // A host that nobody chose stays so: in a container the brokers listen where they can be reached.
  const port = opened[0]?.port ?? 0;
  const listen = opened.map((listener) => onTheWire(listener.name, listener.host, listener.port)).join(",");
  return { ...sources, sets, flags: hostWasChosen ? { data, listen } : { data, port: own(port) } };
}

/** The configurations of several brokers in one process, made from one: each gets an id, ports and folders of its own. */
import type { Address } from "../lib/environment.js";
import { hostAndPort } from "../lib/host-and-port.js";
import type { BrokerConfig } from "./broker-config.js";
import { clashes, PORT_MAX } from "./listeners.js";
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
  const errors = [...otherNodeId(config), ...portsOutOfReach(config, brokers), ...portsTwice(config, brokers)];
  if (errors.length > 0) return { errors };
  const configs: BrokerConfig[] = [];
  for (let nodeId = 1; nodeId <= brokers; nodeId++) {
    const loaded = loadConfig(sourcesOf(nodeId, sources, { whole: config, brokers }));
    if ("errors" in loaded) return loaded;
    configs.push(loaded.config);
  }
  const metadataFolder = config.node.metadataLogDir ?? `${config.dataFolders[0] ?? "."}/metadata`;
  return { configs, metadataFolder, warnings };
}

/** The first of them is node 1, as a broker that is told nothing. */
function otherNodeId({ nodeId, originals }: BrokerConfig): string[] {
  if (nodeId === 1) return [];
  const name = originals.has("node.id") ? "node.id" : "broker.id";
  const where = originals.get(name)?.where;
  return [
    `${name}=${nodeId} (${where}) is for a broker by itself: with --brokers the ids are 1, 2 and so on; leave it out`,
  ];
}

function portsOutOfReach({ listeners }: BrokerConfig, brokers: number): string[] {
  const highest = Math.max(...listeners.opened.map(({ port }) => port)) + brokers - 1;
  return highest > PORT_MAX
    ? [`${brokers} brokers need ports up to ${highest}, and a port is at most ${PORT_MAX}`]
    : [];
}

/** The second broker has each listener on the next port: another listener of the first must not be there. */
function portsTwice({ listeners }: BrokerConfig, brokers: number): string[] {
  const fixed = listeners.opened.filter(({ port }) => port !== 0);
  return fixed.flatMap((lower) => {
    const isMet = (other: Address) =>
      other.port < lower.port + brokers && clashes({ ...lower, port: other.port }, other);
    return fixed
      .filter((higher) => higher.port > lower.port && isMet(higher))
      .map(
        (higher) =>
          `listeners: ${brokers} brokers take ${brokers} ports from each on, so ${lower.name} (from ${lower.port}) and ` +
          `${higher.name} (from ${higher.port}) would both take ${higher.port}; put them ${brokers} apart or more`,
      );
  });
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

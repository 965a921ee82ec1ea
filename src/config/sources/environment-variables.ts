/** `KAFKA_*` environment variables, by the convention of the docker images: `KAFKA_LOG_RETENTION_MS` is `log.retention.ms`. */
import type { NamedClusterId } from "./cluster-id.js";

export interface FromEnvironment {
  readonly entries: readonly { readonly name: string; readonly value: string; readonly variable: string }[];
  /** What the image would have formatted the storage with; `null` when nobody said. */
  readonly clusterId: NamedClusterId | null;
}

/** For scripts and the Java machine of the images: they pass in silence. */
const SILENT = [
  /^KAFKA_(HEAP_OPTS|OPTS|HOME|VERSION|USER|DEBUG|CLASSPATH|GC_LOG_OPTS|JVM_PERFORMANCE_OPTS|DATA_DIRS|CLUSTER_ID)$/,
  /^KAFKA_(JMX_|LOG4J_|TOOLS_LOG4J_|KRAFT_|CERTIFICATE_|CLIENT_USERS|CLIENT_PASSWORDS)/,
  // Kubernetes describes a service named `kafka` to every pod in this way.
  /^KAFKA_(SERVICE_HOST|SERVICE_PORT|PORT$|PORT_[0-9])/,
];

/** The first that is set counts: the official images, then bitnami's. */
const CLUSTER_ID_VARIABLES = ["CLUSTER_ID", "KAFKA_CLUSTER_ID", "KAFKA_KRAFT_CLUSTER_ID"];

/** The longest first: bitnami's images write `KAFKA_CFG_`. */
const PREFIXES = ["KAFKA_CFG_", "KAFKA_"];

export function readEnvironment(env: Readonly<Record<string, string | undefined>>): FromEnvironment {
  const entries = Object.entries(env)
    .flatMap(([variable, value]) => {
      const name = propertyName(variable);
      return name === null || value === undefined ? [] : [{ name, value, variable }];
    })
    .sort((a, b) => (a.variable < b.variable ? -1 : 1));
  const named = CLUSTER_ID_VARIABLES.map((variable) => ({ text: env[variable]?.trim() ?? "", variable }));
  return { entries, clusterId: named.find(({ text }) => text !== "") ?? null };
}

/** The property that a variable sets, or `null` when it sets none. */
export function propertyName(variable: string): string | null {
  const prefix = PREFIXES.find((candidate) => variable.startsWith(candidate));
  if (prefix === undefined || variable === prefix || SILENT.some((pattern) => pattern.test(variable))) return null;
  return variable
    .slice(prefix.length)
    .toLowerCase()
    .replaceAll("___", "-")
    .replaceAll("__", "\0")
    .replaceAll("_", ".")
    .replaceAll("\0", "_");
}

/** A subscription to the metrics of clients (KIP-714): which metrics, how often, and of which clients. */
import { RE2JS } from "re2js";
import { type ConfigDefinition, int, list, readValue } from "./definition.js";

const properties = {
  "interval.ms": int(300_000, "How often the clients send their metrics."),
  match: list("", "Which clients: `client_id=…`, `client_software_name=…` and so on, each a regular expression.", null),
  metrics: list("", "Prefixes of the names of the metrics; `*` for all.", null),
} as const;

/** By name, in alphabetical order. */
export const clientMetricsDefinitions: ReadonlyMap<string, ConfigDefinition> = new Map(Object.entries(properties));

const INTERVAL_MS_MIN = 100;
const INTERVAL_MS_MAX = 3_600_000;
const PATTERN_LENGTH_MAX = 2048;

/** What of a client a subscription may ask for. */
const selectors: ReadonlySet<string> = new Set([
  "client_id",
  "client_instance_id",
  "client_software_name",
  "client_software_version",
  "client_source_address",
  "client_source_port",
]);

/** A request that makes no sense, or a value that does not. */
export interface ClientMetricsProblem {
  readonly kind: "request" | "value";
  readonly message: string;
}

export function clientMetricsProblem(name: string, configs: ReadonlyMap<string, string>): ClientMetricsProblem | null {
  if (name === "") return { kind: "request", message: "Subscription name can't be empty" };
  for (const [key, text] of configs) {
    const definition = clientMetricsDefinitions.get(key);
    if (definition === undefined) {
      return { kind: "request", message: `Unknown client metrics configuration: ${key}` };
    }
    const read = readValue(key, definition, text);
    if ("reason" in read) return { kind: "value", message: read.reason };
    const { value } = read;
    if (typeof value === "number" && (value < INTERVAL_MS_MIN || value > INTERVAL_MS_MAX)) {
      const range = `between ${INTERVAL_MS_MIN} and ${INTERVAL_MS_MAX} (1 hour)`;
      return { kind: "request", message: `Invalid value ${value} for interval.ms, interval must be ${range}` };
    }
    const wrong = key === "match" && Array.isArray(value) ? value.find((item) => !isSelector(item)) : undefined;
    if (wrong !== undefined) return { kind: "value", message: `Illegal client matching pattern: ${wrong}` };
  }
  return null;
}

/** `client_id=app-.*` */
function isSelector(item: string): boolean {
  const equals = item.indexOf("=");
  const [selector, pattern] = [item.slice(0, equals).trim(), item.slice(equals + 1).trim()];
  if (equals < 0 || !selectors.has(selector) || pattern.length > PATTERN_LENGTH_MAX) return false;
  try {
    RE2JS.compile(pattern);
    return true;
  } catch {
    return false;
  }
}

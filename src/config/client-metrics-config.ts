/** A subscription to the metrics of clients (KIP-714): which metrics, how often, and of which clients. */
import { RE2JS } from "re2js";
import { type ConfigDefinition, fieldsOf, int, list, readValue } from "./properties/definition.js";
import type { ConfigValue } from "./properties/value-types.js";

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
const selectors = [
  "client_id",
  "client_instance_id",
  "client_software_name",
  "client_software_version",
  "client_source_address",
  "client_source_port",
] as const;

type Selector = (typeof selectors)[number];

/** A client as subscriptions see it; null is matched by no pattern. */
export type ClientAttributes = Readonly<Record<Selector, string | null>>;

export interface ClientMetricsSubscription {
  readonly metrics: readonly string[];
  readonly intervalMs: number;
  /** A subscription without patterns is for every client. */
  matches(client: ClientAttributes): boolean;
}

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
    const wrong =
      key === "match" && Array.isArray(value) ? value.find((item) => parseSelector(item) === null) : undefined;
    if (wrong !== undefined) return { kind: "value", message: `Illegal client matching pattern: ${wrong}` };
  }
  return null;
}

/** `configs` have passed `clientMetricsProblem`. */
export function clientMetricsSubscription(configs: ReadonlyMap<string, string>): ClientMetricsSubscription {
  const { metrics, intervalMs, match } = fieldsOf(properties, (name) => givenOrDefault(name, configs));
  // The last pattern of a selector counts, as in Apache Kafka.
  const patterns = new Map(match.flatMap((item) => parseSelector(item) ?? []));
  return {
    metrics,
    intervalMs,
    matches: (client) =>
      [...patterns].every(([selector, pattern]) => {
        const attribute = client[selector];
        return attribute !== null && pattern.matcher(attribute).matches();
      }),
  };
}

function givenOrDefault(name: string, configs: ReadonlyMap<string, string>): ConfigValue {
  const definition = clientMetricsDefinitions.get(name);
  if (definition === undefined) return null;
  const read = readValue(name, definition, configs.get(name) ?? definition.defaultText ?? "");
  return "value" in read ? read.value : null;
}

/** `client_id=app-.*`; null where it is not of that form. */
function parseSelector(item: string): [[Selector, RE2JS]] | null {
  const equals = item.indexOf("=");
  const [name, pattern] = [item.slice(0, equals).trim(), item.slice(equals + 1).trim()];
  const selector = selectors.find((known) => known === name);
  if (equals < 0 || selector === undefined || pattern.length > PATTERN_LENGTH_MAX) return null;
  try {
    return [[selector, RE2JS.compile(pattern)]];
  } catch {
    return null;
  }
}

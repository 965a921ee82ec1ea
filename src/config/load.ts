/** Makes the configuration: gathers the sources, reads every value, checks them together, and says what is wrong. */
import { type BrokerConfig, buildBrokerConfig, type Derived, type Groups, groupsOf } from "./broker-config.js";
import { crossCheck } from "./cross-checks.js";
import { listenersWithoutAddress, readListeners } from "./listeners.js";
import { type PeerRule, parsePeerRule } from "./peer-rules.js";
import { brokerConfigDefinitions } from "./properties/broker-properties.js";
import { readValue } from "./properties/definition.js";
import { type ConfigValue, invalid } from "./properties/value-types.js";
import { type ConfigSources, type Gathered, gather, type Original } from "./sources/sources.js";

export type LoadedConfig =
  | { readonly config: BrokerConfig; readonly warnings: readonly string[] }
  | { readonly errors: readonly string[] };

export function loadConfig(sources: ConfigSources): LoadedConfig {
  const gathered = gather(sources);
  const read = readValues(gathered.originals);
  const errors = [...gathered.errors, ...read.errors];
  if (errors.length > 0) return { errors };
  const value = (name: string): ConfigValue => read.values.get(name) ?? null;
  const crossErrors = crossCheck(value, (name) => gathered.originals.has(name));
  if (crossErrors.length > 0) return { errors: crossErrors };
  const groups = groupsOf(value);
  const derived = derive(groups, gathered);
  if ("errors" in derived) return derived;
  const config = buildBrokerConfig(groups, derived, gathered.originals, value);
  return { config, warnings: [...gathered.warnings, ...clusterWarnings(value)] };
}

function readValues(originals: ReadonlyMap<string, Original>): { values: Map<string, ConfigValue>; errors: string[] } {
  const values = new Map<string, ConfigValue>();
  const errors: string[] = [];
  for (const [name, definition] of brokerConfigDefinitions) {
    const original = originals.get(name);
    const text = original?.text ?? definition.defaultText;
    if (text === null) {
      values.set(name, null);
      continue;
    }
    const read = readValue(name, definition, text);
    const from = original === undefined ? "" : ` (${original.where})`;
    if ("reason" in read) errors.push(`${read.reason}${from}`);
    else if (definition.effect.kind === "refused" && isMoreThan(definition.defaultText, text)) {
      errors.push(invalid(text, name, `${definition.effect.reason}${from}`));
    } else values.set(name, read.value);
  }
  return { values, errors };
}

/** Saying the default again, or nothing at all, asks for nothing. */
function isMoreThan(defaultText: string | null, text: string): boolean {
  const trimmed = text.trim();
  return trimmed !== "" && trimmed.toLowerCase() !== (defaultText ?? "");
}

function derive(groups: Groups, gathered: Gathered): Derived | { readonly errors: readonly string[] } {
  const { originals, clusterId } = gathered;
  const written = originals.get("listeners");
  const read = readListeners(groups.network, {
    hostOfListeners: written !== undefined && written.where !== "--port",
    securityInterBrokerProtocol: originals.has("security.inter.broker.protocol"),
  });
  if ("errors" in read) return read;
  const isFoundByOthers = groups.metadata.samsaMetadataEngine !== "local";
  const unknowable = isFoundByOthers ? listenersWithoutAddress(read.listeners) : [];
  if (unknowable.length > 0) return { errors: unknowable };
  const advertisedByPeer: PeerRule[] = [];
  for (const text of groups.samsa.samsaAdvertisedByPeer) {
    const rule = parsePeerRule(text);
    if (rule === null) {
      const reason = "The form is CIDR=host:port, as in 10.0.0.0/8=broker.example:9092";
      return { errors: [invalid(text, "samsa.advertised.by.peer", reason)] };
    }
    advertisedByPeer.push(rule);
  }
  return { clusterId, listeners: read.listeners, advertisedByPeer };
}

/** A file made for one of several nodes would become a cluster of its own without a word. */
function clusterWarnings(value: (name: string) => ConfigValue): string[] {
  if (value("samsa.metadata.engine") !== "local") return [];
  return ["controller.quorum.voters", "controller.quorum.bootstrap.servers"].flatMap((name) => {
    const nodes = value(name);
    if (!Array.isArray(nodes) || nodes.length < 2) return [];
    return [
      `${name} names ${nodes.length} nodes, but this broker is a cluster of its own: several need samsa.metadata.engine=etcd`,
    ];
  });
}

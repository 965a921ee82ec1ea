/** Which settings a running broker takes, by Apache Kafka's rules and in its words. */
import type { BrokerConfig } from "../broker-config.js";
import { crossCheck } from "../cross-checks.js";
import { type ConfigDefinition, readValue } from "../properties/definition.js";
import { dynamicDefinition, withDynamicSettings } from "./dynamic-settings.js";

/** For whom a setting is: this broker alone, or every broker. */
export type DynamicScope = "this broker" | "all brokers";

/** Keys and their files belong to a listener. */
const ofListeners: ReadonlySet<string> = new Set([
  "ssl.key.password",
  "ssl.keystore.certificate.chain",
  "ssl.keystore.key",
  "ssl.keystore.location",
  "ssl.keystore.password",
  "ssl.keystore.type",
  "ssl.truststore.certificates",
  "ssl.truststore.location",
  "ssl.truststore.password",
  "ssl.truststore.type",
]);

const threadCounts = [
  "background.threads",
  "log.cleaner.threads",
  "num.io.threads",
  "num.network.threads",
  "num.recovery.threads.per.data.dir",
  "num.replica.fetchers",
] as const;

/** What is wrong with all that would be set for `scope`; null: nothing. A name that nobody knows does no harm. */
export function dynamicSettingsProblem(
  current: BrokerConfig,
  scope: DynamicScope,
  settings: ReadonlyMap<string, string>,
): string | null {
  const problem =
    namesProblem(
      settings,
      ({ dynamicMode }) => dynamicMode === "read-only",
      "Cannot update these configs dynamically",
    ) ??
    namesProblem(
      settings,
      (_, name) => ofListeners.has(name),
      "These security configs can be dynamically updated only per-listener using the listener prefix",
    ) ??
    valuesProblem(settings) ??
    (scope === "this broker"
      ? null
      : namesProblem(
          settings,
          ({ dynamicMode }) => dynamicMode === "per-broker",
          "Cannot update these configs at default cluster level, broker id must be specified",
        )) ??
    namesProblem(settings, needsARestart, "Samsa takes these configs only where the broker is started");
  return problem ?? togetherProblem(current, scope, settings);
}

function namesProblem(
  settings: ReadonlyMap<string, string>,
  isWrong: (definition: ConfigDefinition, name: string) => boolean,
  complaint: string,
): string | null {
  const wrong = [...settings.keys()].filter((name) => {
    const definition = dynamicDefinition(name);
    return definition !== undefined && isWrong(definition, name);
  });
  return wrong.length === 0 ? null : `${complaint}: [${wrong.join(", ")}]`;
}

/** Sockets stay as they were opened, and what is refused at the start is refused here. */
function needsARestart({ dynamicMode, effect }: ConfigDefinition): boolean {
  return effect.kind === "refused" || (effect.kind === "effective" && dynamicMode === "per-broker");
}

function valuesProblem(settings: ReadonlyMap<string, string>): string | null {
  for (const [name, text] of settings) {
    const definition = dynamicDefinition(name);
    const read = definition === undefined ? null : readValue(name, definition, text);
    if (read !== null && "reason" in read) return read.reason;
  }
  return null;
}

/** Looks at the configuration that would come of it. */
function togetherProblem(
  current: BrokerConfig,
  scope: DynamicScope,
  settings: ReadonlyMap<string, string>,
): string | null {
  const { dynamic, originals } = current;
  const next = withDynamicSettings(current, {
    ofThisBroker: scope === "this broker" ? settings : dynamic.ofThisBroker,
    ofAllBrokers: scope === "this broker" ? dynamic.ofAllBrokers : settings,
  });
  const [complaint] = crossCheck(next.value, (name) => originals.has(name) || settings.has(name));
  return complaint ?? threadsProblem(current, next);
}

/** Pools of threads are at most doubled or halved at once. */
function threadsProblem(current: BrokerConfig, next: BrokerConfig): string | null {
  for (const name of threadCounts) {
    const [before, after] = [Number(current.value(name)), Number(next.value(name))];
    const refused = `Dynamic thread count update validation failed for ${name}=${after}, value should`;
    if (after < 1) return `${refused} be at least 1`;
    if (after > before * 2) return `${refused} not be greater than double the current value ${before}`;
    if (after < Math.floor(before / 2)) return `${refused} be at least half the current value ${before}`;
  }
  return null;
}

/** What a broker and a cluster inside a program have in common: their options, and what is made of them. */
import type { BrokerConfig } from "../config/broker-config.js";
import type { ConfigSources } from "../config/sources/sources.js";
import { memoryEnvironment } from "../environments/memory/memory-environment.js";
import { nodeEnvironment } from "../environments/node/node-environment.js";
import { surroundings } from "../environments/node/surroundings.js";
import { createLogger, type LogLevel } from "../observability/logger.js";

export interface EmbeddingOptions {
  /** Keeps all data in memory. Otherwise it is kept in `data`. */
  readonly ephemeral?: boolean;
  /** Any property under Kafka's own name. The environment of the process is not looked at. */
  readonly properties?: Readonly<Record<string, string | number | boolean>>;
  /** What goes to stderr; `warn` if not given. The property `samsa.log.level` goes before it. */
  readonly logLevel?: LogLevel;
}

/** Where the configuration is read from: the options, and nothing else. */
export function sourcesOf(
  { properties = {}, logLevel = "warn" }: EmbeddingOptions,
  { port = 0, data }: { readonly port?: number; readonly data?: string },
): ConfigSources {
  const hasListeners = "listeners" in properties;
  if (hasListeners && port !== 0) throw new Error("Give either port or the property listeners, not both");
  return {
    env: {},
    sets: Object.entries({ "samsa.log.level": logLevel, ...properties }).map(([name, value]) => `${name}=${value}`),
    setsName: "properties",
    flags: { listen: hasListeners ? undefined : `PLAINTEXT://127.0.0.1:${port}`, data },
  };
}

/** What was read; throws everything that is wrong with it. */
export function accepted<L extends object>(loaded: L | { readonly errors: readonly string[] }): L {
  if ("errors" in loaded) throw new Error(loaded.errors.join("\n"));
  return loaded;
}

/** The world that the brokers live in. What the configuration warns of is logged there. */
export function worldOf(
  { ephemeral = false }: EmbeddingOptions,
  { samsa }: Pick<BrokerConfig, "samsa">,
  warnings: readonly string[],
) {
  const environment = ephemeral ? memoryEnvironment() : nodeEnvironment();
  const write = (line: string) => void process.stderr.write(line);
  const logger = createLogger({ write, nowMs: () => environment.clock.wallMs(), level: samsa.samsaLogLevel });
  for (const warning of warnings) logger.warn(warning);
  return { environment, logger, surroundings: surroundings() };
}

/** Stops what runs, however often it is asked to. */
export function stopsOnce(running: { stop(): Promise<void> }): () => Promise<void> {
  let stopped: Promise<void> | null = null;
  return () => {
    stopped ??= running.stop();
    return stopped;
  };
}

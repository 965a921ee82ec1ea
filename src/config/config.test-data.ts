import { invariant } from "../lib/invariant.js";
import type { BrokerConfig } from "./broker-config.js";
import { loadConfig } from "./load.js";

/** For tests: the configuration of a broker with these settings, each as `name=value`. */
export function configWith(...sets: readonly string[]): BrokerConfig {
  const loaded = loadConfig({ env: {}, sets, flags: {} });
  invariant("config" in loaded, "errors" in loaded ? loaded.errors.join() : "the settings are right");
  return loaded.config;
}

import type { BrokerConfig } from "../config/broker-config.js";
import { withDynamicSettings } from "../config/dynamic/dynamic-settings.js";
import { nothingSet } from "../config/properties/definition.js";
import { configKey, configResource, type MetadataImage } from "../metadata/image/image.js";

/** This broker's configuration as it is now: where it was started, and over that what the metadata says (KIP-226). */
export class LiveConfig {
  readonly #written: BrokerConfig;
  #now: BrokerConfig;

  constructor(written: BrokerConfig) {
    this.#written = written;
    this.#now = written;
  }

  get now(): BrokerConfig {
    return this.#now;
  }

  /** Takes over what is set in the metadata, before any room is told of it. */
  apply({ configs }: MetadataImage): void {
    const settingsOf = (name: string) => configs.get(configKey(configResource.broker, name)) ?? nothingSet;
    const [ofThisBroker, ofAllBrokers] = [settingsOf(String(this.#written.nodeId)), settingsOf("")];
    const { dynamic } = this.#now;
    if (dynamic.ofThisBroker === ofThisBroker && dynamic.ofAllBrokers === ofAllBrokers) return;
    this.#now = withDynamicSettings(this.#written, { ofThisBroker, ofAllBrokers });
  }
}

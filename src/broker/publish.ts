import type { Partitions } from "../cluster/replication/partitions.js";
import { configKey, configResource, type MetadataImage } from "../metadata/image/image.js";
import type { Coordinators } from "./coordinating/coordinators.js";

/**
 * Takes committed metadata to the rooms, in one synchronous pass and in a fixed order: partitions, then coordinators, then
 * configuration. No room waits here: what takes time (a load) starts here and ends as an input.
 */
export function publish(
  rooms: { readonly partitions: Partitions; readonly coordinators: Coordinators },
  before: MetadataImage,
  after: MetadataImage,
): void {
  rooms.partitions.apply(before, after);
  rooms.coordinators.publish(before, after);
  rooms.partitions.configure(topicsToConfigure(before, after), after);
}

/** The topics whose configuration changed: their own, or the broker's that stands behind all. */
function topicsToConfigure(before: MetadataImage, after: MetadataImage): Iterable<string> {
  if (before.configs === after.configs) return [];
  const changed = (type: number, name: string) => {
    const key = configKey(type, name);
    return before.configs.get(key) !== after.configs.get(key);
  };
  const brokers = ["", ...after.brokers.keys()].map(String);
  if (brokers.some((name) => changed(configResource.broker, name))) return after.topicsByName.keys();
  return [...after.topicsByName.keys()].filter((name) => changed(configResource.topic, name));
}

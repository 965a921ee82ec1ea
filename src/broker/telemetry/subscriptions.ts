import {
  type ClientAttributes,
  type ClientMetricsSubscription,
  clientMetricsDefinitions,
  clientMetricsSubscription,
} from "../../config/client-metrics-config.js";
import { configKey, configResource, type MetadataImage } from "../../metadata/image/image.js";
import { crc32c } from "../../protocol/records/crc32c.js";

/** What one client is asked for: all subscriptions that match it, as one. */
export interface Wanted {
  /** Tells the client, and the broker it pushes to, which subscriptions are meant. */
  readonly subscriptionId: number;
  /** Prefixes of names; `*` alone for all of them, empty for none. */
  readonly metrics: readonly string[];
  readonly pushIntervalMs: number;
}

const ALL = "*";
const INTERVAL_MS_DEFAULT = Number(clientMetricsDefinitions.get("interval.ms")?.defaultText);
const keyPrefix = configKey(configResource.clientMetrics, "");

/** The subscriptions to client metrics that stand in the metadata. */
export class TelemetrySubscriptions {
  #configs: MetadataImage["configs"] | null = null;
  #sources: readonly ReadonlyMap<string, string>[] = [];
  #subscriptions: readonly ClientMetricsSubscription[] = [];
  /** Rises when a subscription is made, changed or removed. */
  version = 0;

  follow({ configs }: MetadataImage): void {
    if (configs === this.#configs) return;
    this.#configs = configs;
    const sources = [...configs].filter(([key]) => key.startsWith(keyPrefix)).map(([, values]) => values);
    const isSame = sources.length === this.#sources.length && sources.every((one, at) => one === this.#sources[at]);
    if (isSame) return;
    this.#sources = sources;
    this.#subscriptions = sources.map(clientMetricsSubscription);
    this.version += 1;
  }

  wantedOf(client: ClientAttributes, clientInstanceId: string): Wanted {
    const matching = this.#subscriptions.filter((subscription) => subscription.matches(client));
    const prefixes = new Set(matching.flatMap(({ metrics }) => metrics));
    const metrics = prefixes.has(ALL) ? [ALL] : [...prefixes].sort();
    const pushIntervalMs = Math.min(INTERVAL_MS_DEFAULT, ...matching.map(({ intervalMs }) => intervalMs));
    return { subscriptionId: subscriptionIdOf(metrics, pushIntervalMs, clientInstanceId), metrics, pushIntervalMs };
  }
}

/** Every broker of the cluster comes to the same one, so a client may push to another than it asked. */
function subscriptionIdOf(metrics: readonly string[], pushIntervalMs: number, clientInstanceId: string): number {
  const text = `[${metrics.join(", ")}]${pushIntervalMs}`;
  return crc32c(Buffer.from(text)) ^ hashOf(clientInstanceId);
}

/** Of the 16 bytes of a UUID: four words of 32 bits. */
function hashOf(uuid: string): number {
  const bytes = Buffer.from(uuid, "base64url");
  return bytes.readInt32BE(0) ^ bytes.readInt32BE(4) ^ bytes.readInt32BE(8) ^ bytes.readInt32BE(12);
}

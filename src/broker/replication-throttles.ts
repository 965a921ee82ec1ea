import type { BrokerConfig } from "../config/broker-config.js";
import { replicationRates } from "../config/dynamic/dynamic-settings.js";
import { nothingSet } from "../config/properties/definition.js";
import type { Environment } from "../lib/environment.js";
import { configKey, configResource, type MetadataImage } from "../metadata/image/image.js";
import { ReplicationQuota, throttledOnBroker } from "../quotas/replication-quota.js";

/** The throttles of replicas that catch up or move (KIP-73), kept in step with what is set while the broker runs. */
export class ReplicationThrottles {
  readonly leader: ReplicationQuota;
  readonly follower: ReplicationQuota;
  /** For all that moves between the folders of this broker (KIP-113). */
  readonly betweenFolders: ReplicationQuota;
  readonly #nodeId: number;

  constructor({ clock, wire }: Pick<Environment, "clock" | "wire">, { nodeId, replication }: BrokerConfig) {
    const { replicationQuotaWindowNum: windows, replicationQuotaWindowSizeSeconds: seconds } = replication;
    this.#nodeId = nodeId;
    this.leader = new ReplicationQuota(wire, { windows, windowMs: seconds * 1_000 });
    this.follower = new ReplicationQuota(wire, { windows, windowMs: seconds * 1_000 });
    this.betweenFolders = new ReplicationQuota(clock, {
      windows: replication.alterLogDirsReplicationQuotaWindowNum,
      windowMs: replication.alterLogDirsReplicationQuotaWindowSizeSeconds * 1_000,
    });
  }

  /** `config`: this broker's, as it is by the newer image. */
  apply(before: MetadataImage, after: MetadataImage, config: BrokerConfig): void {
    if (before.configs === after.configs) return;
    const { leader, follower, betweenFolders } = replicationRates(config.dynamic);
    this.leader.limit(leader);
    this.follower.limit(follower);
    this.betweenFolders.limit(betweenFolders);
    for (const [key, settings] of after.configs) {
      if (before.configs.get(key) !== settings) this.#throttle(key, settings);
    }
    for (const key of before.configs.keys()) if (!after.configs.has(key)) this.#throttle(key, nothingSet);
  }

  #throttle(key: string, settings: ReadonlyMap<string, string>): void {
    if (!key.startsWith(TOPIC_PREFIX)) return;
    const topic = key.slice(TOPIC_PREFIX.length);
    const here = (name: string) => throttledOnBroker(settings.get(name) ?? "", this.#nodeId);
    this.leader.throttle(topic, here("leader.replication.throttled.replicas"));
    this.follower.throttle(topic, here("follower.replication.throttled.replicas"));
  }
}

const TOPIC_PREFIX = configKey(configResource.topic, "");

import type { MetadataImage } from "../metadata/image/image.js";

/** What the group coordinator is configured with. Each name is Kafka's property in camel case; units as in the name. */
export interface GroupConfig {
  readonly groupMinSessionTimeoutMs: number;
  readonly groupMaxSessionTimeoutMs: number;
  /** How long the first rebalance of an empty group waits for more members. */
  readonly groupInitialRebalanceDelayMs: number;
  /** The most members that a classic group may have. */
  readonly groupMaxSize: number;
  /** The longest text that may be committed with an offset; like Kafka, this counts UTF-16 units. */
  readonly offsetMetadataMaxBytes: number;
  /** `offsets.retention.minutes` in milliseconds. */
  readonly offsetsRetentionMs: number;
  readonly offsetsRetentionCheckIntervalMs: number;
  readonly consumer: ConsumerGroupsConfig;
}

/** `group.consumer.…` */
interface ConsumerGroupsConfig {
  /** Whether groups with members may turn from classic to consumer, and back. */
  readonly migrationPolicy: MigrationPolicy;
  /** The names of the assignors on offer, the default first. */
  readonly assignors: readonly string[];
  readonly groupMaxSize: number;
  /** Those of one group, which may have its own (KIP-848, `consumer.…` of the resource GROUP). */
  readonly settingsOf: (groupId: string, metadata: MetadataImage) => ConsumerGroupSettings;
}

/** Which way a group may turn while it has members. One that is empty may always become one of the other kind. */
export type MigrationPolicy = "disabled" | "downgrade" | "upgrade" | "bidirectional";

export interface ConsumerGroupSettings {
  readonly sessionTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  /** The shortest time between two assignments (KIP-1263). */
  readonly assignmentIntervalMs: number;
}

/**
 * The features of KIP-584 that this release supports. A feature is listed when it works, and finalized when a cluster
 * is made; its absence tells clients to keep to the older way.
 */
export interface SupportedFeature {
  readonly name: string;
  readonly minVersion: number;
  readonly maxVersion: number;
}

/** The metadata.version of Apache Kafka 4.3 (4.3-IV0): the versions in which metadata records are written. */
const METADATA_VERSION = 30;

export const supportedFeatures: readonly SupportedFeature[] = [
  { name: "metadata.version", minVersion: METADATA_VERSION, maxVersion: METADATA_VERSION },
  /** The consumer group protocol (KIP-848). */
  { name: "group.version", minVersion: 0, maxVersion: 1 },
  /** Both generations of the transaction protocol: from 2 on every transaction has an epoch of its own (KIP-890). */
  { name: "transaction.version", minVersion: 0, maxVersion: 2 },
  /** Replicas that left the ISR while nothing could be committed without them may still lead (KIP-966). */
  { name: "eligible.leader.replicas.version", minVersion: 0, maxVersion: 1 },
];

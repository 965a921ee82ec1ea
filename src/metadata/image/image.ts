import type { StatementRecord } from "../records/metadata-record.js";

/**
 * The cluster's metadata at one offset of its log. An image never changes: `apply` makes the next one, which shares what
 * stayed the same. Requests are answered from one image from beginning to end.
 */
export interface MetadataImage {
  /** The offset after the last record that is in the image. */
  readonly endOffset: number;
  /** The controller epoch of that record. */
  readonly epoch: number;
  readonly brokers: ReadonlyMap<number, BrokerImage>;
  readonly topicsByName: ReadonlyMap<string, TopicImage>;
  readonly topicsById: ReadonlyMap<string, TopicImage>;
  /** By `configKey(type, name)`: what was set, and nothing else. */
  readonly configs: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Finalized feature levels. Level 0: switched off. */
  readonly features: ReadonlyMap<string, number>;
  /** By `entityKey`: the quotas of users, client ids and addresses (KIP-546). */
  readonly clientQuotas: ReadonlyMap<string, ClientQuotaImage>;
  /** By user, then by mechanism: 1 SCRAM-SHA-256, 2 SCRAM-SHA-512. */
  readonly scramCredentials: ReadonlyMap<string, ReadonlyMap<number, ScramCredentialImage>>;
  /** The first producer id that no broker was given yet. */
  readonly nextProducerId: number;
  /** Records that no room asks for, kept for snapshots (`replay-kept.ts`). */
  readonly keptRecords: ReadonlyMap<string, StatementRecord>;
  /** What a metadata transaction has written that has not ended yet; null: none is under way. */
  readonly heldBack: readonly StatementRecord[] | null;
}

export interface BrokerImage {
  readonly id: number;
  readonly incarnationId: string;
  readonly epoch: number;
  readonly endpoints: readonly EndpointImage[];
  readonly rack: string | null;
  readonly fenced: boolean;
  readonly inControlledShutdown: boolean;
  readonly logDirs: readonly string[];
  /** Those that take no new replicas (KIP-1066); null: the broker has not said. */
  readonly cordonedLogDirs: readonly string[] | null;
  readonly features: readonly FeatureRangeImage[];
  /** From the days of ZooKeeper (KIP-866). */
  readonly isMigratingZkBroker: boolean;
}

/** What a broker can do. */
interface FeatureRangeImage {
  readonly name: string;
  readonly minSupportedVersion: number;
  readonly maxSupportedVersion: number;
}

export interface EndpointImage {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** 0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL. */
  readonly securityProtocol: number;
}

export interface TopicImage {
  readonly name: string;
  readonly id: string;
  /** By partition index; the indexes run from 0 without a gap. */
  readonly partitions: readonly PartitionImage[];
}

export interface PartitionImage {
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
  readonly removingReplicas: readonly number[];
  readonly addingReplicas: readonly number[];
  readonly eligibleLeaderReplicas: readonly number[];
  readonly lastKnownElr: readonly number[];
  /** The log directory of each replica, in the order of `replicas`. */
  readonly directories: readonly string[];
  /** -1: no leader. */
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly partitionEpoch: number;
  /** 0 RECOVERED, 1 RECOVERING (after an unclean election). */
  readonly leaderRecoveryState: number;
}

export interface ClientQuotaImage {
  readonly entity: QuotaEntity;
  /** By quota, such as `producer_byte_rate`. */
  readonly quotas: ReadonlyMap<string, number>;
}

/** Whom a quota is for: a user, a client id, both, or an address. A null name is the default of its type. */
export type QuotaEntity = readonly { readonly entityType: string; readonly entityName: string | null }[];

/** The same for the same entity, whatever the order of its parts. */
export function entityKey(entity: QuotaEntity): string {
  return JSON.stringify(entity.map(({ entityType, entityName }) => [entityType, entityName]).sort());
}

export interface ScramCredentialImage {
  readonly salt: Uint8Array;
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
  readonly iterations: number;
}

/** The types of things that have a configuration, as numbered on the wire. */
export const configResource = { topic: 2, broker: 4, brokerLogger: 8, clientMetrics: 16, group: 32 } as const;

export function configKey(resourceType: number, name: string): string {
  return `${resourceType}/${name}`;
}

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
  /** Finalized feature levels. */
  readonly features: ReadonlyMap<string, number>;
  /** The first producer id that no broker was given yet. */
  readonly nextProducerId: number;
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

/** The types of things that have a configuration, as numbered on the wire. */
export const configResource = { topic: 2, broker: 4, brokerLogger: 8, clientMetrics: 16, group: 32 } as const;

export function configKey(resourceType: number, name: string): string {
  return `${resourceType}/${name}`;
}

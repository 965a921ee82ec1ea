/** A limit on what moves to replicas that catch up, as a port: `quotas` fits it (KIP-73). */
export interface ReplicaThrottle {
  isThrottled(topic: string, index: number): boolean;
  /** How long nothing more shall move; 0: more may. */
  pauseMs(): number;
  /** So much has moved of a partition that is throttled. */
  record(bytes: number): void;
}

export interface ReplicaThrottles {
  /** For what this broker sends as leader. */
  readonly leader: ReplicaThrottle;
  /** For what it takes as follower. */
  readonly follower: ReplicaThrottle;
}

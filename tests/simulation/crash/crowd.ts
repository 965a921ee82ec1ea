/** Who works with a broker, or with a cluster, in one seed. */
export interface Crowd {
  readonly producers: number;
  readonly consumers: number;
  readonly committers: number;
  /** By transactional id: how many producers it has. */
  readonly transactionalProducers: readonly number[];
  readonly committedReaders: number;
  /** Members of a group of each protocol. */
  readonly classicMembers: number;
  readonly consumerMembers: number;
  readonly sessionMs: number;
}

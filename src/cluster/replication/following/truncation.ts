/** Where a follower's log is cut that parts from its leader's (KIP-101, KIP-279, KIP-595). Pure. */

/** The last epoch up to the one that was asked for, and the offset behind its last record. */
export interface EpochEnd {
  readonly epoch: number;
  readonly endOffset: number;
}

/**
 * `leader`: what the leader answered for the epoch of our last record; `own`: what our log says to the epoch that the
 * leader named. The result lies before our end, so that each round brings both logs closer.
 */
export function truncationOffset(
  leader: EpochEnd,
  own: EpochEnd,
  log: { readonly logStartOffset: number; readonly endOffset: number },
): number {
  // No epoch of ours is as old: all that we have was written under epochs of which the leader has nothing.
  if (own.endOffset < 0) return Math.min(leader.endOffset, log.logStartOffset);
  // Of the epoch that the leader named we have nothing: behind the one before it, all is of epochs that it does not have.
  const sharedEnd = own.epoch === leader.epoch ? Math.min(own.endOffset, leader.endOffset) : own.endOffset;
  return Math.min(sharedEnd, log.endOffset);
}

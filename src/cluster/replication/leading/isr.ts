/**
 * Who is in sync with a leader, and how far they all are. Pure rules: time and facts are given.
 *
 * The ISR is what the controller has written down. While a change is proposed, the old and the new members count for the
 * high watermark (KIP-497: the maximal ISR), as nobody knows yet which of both holds.
 */
import type { BrokerImage } from "../../../metadata/image/image.js";

/** What a leader knows of a follower. */
export interface FollowerState {
  readonly brokerId: number;
  /** It has all that lies below; -1: it has not fetched yet. */
  readonly endOffset: number;
  /** When it last had all that the leader had. */
  readonly caughtUpMs: number;
  /** The registration under which it fetches (KIP-903); -1: unknown. */
  readonly brokerEpoch: number;
  /** In the ISR, or proposed for it. */
  readonly isInMaximalIsr: boolean;
}

/** How many replicas acks=all needs: a topic with fewer replicas than `min.insync.replicas` wants all of them. */
export function neededInSync(minInsyncReplicas: number, replicaCount: number): number {
  return Math.min(minInsyncReplicas, replicaCount);
}

/** Whether it may be in the ISR at all: its broker serves, and is the one that fetched, not one restarted since. */
export function isEligible(
  { brokerEpoch }: Pick<FollowerState, "brokerEpoch">,
  broker: Pick<BrokerImage, "fenced" | "inControlledShutdown" | "epoch"> | undefined,
): boolean {
  if (broker === undefined || broker.fenced || broker.inControlledShutdown) return false;
  return brokerEpoch === -1 || brokerEpoch === broker.epoch;
}

/**
 * Whether it has what a member of the ISR must have: all that is committed, and all with which the present leader epoch
 * began, as the leader's high watermark may lag behind what an earlier leader has committed.
 */
export function hasCaughtUp(
  { endOffset }: Pick<FollowerState, "endOffset">,
  leader: { readonly highWatermark: number; readonly epochStartOffset: number },
): boolean {
  return endOffset >= leader.highWatermark && endOffset >= leader.epochStartOffset;
}

/** `replica.lag.time.max.ms`: whether it had all of the leader's log within that time. */
export function keepsUp(
  { endOffset, caughtUpMs }: Pick<FollowerState, "endOffset" | "caughtUpMs">,
  leaderEndOffset: number,
  nowMs: number,
  lagTimeMaxMs: number,
): boolean {
  return endOffset === leaderEndOffset || nowMs - caughtUpMs <= lagTimeMaxMs;
}

/**
 * The offset below which every in-sync replica has all records. A follower that keeps up and may soon be in sync is
 * waited for as well: a high watermark that runs ahead of it would keep it out for ever.
 */
export function committedUpTo(
  leader: { readonly settledOffset: number; readonly endOffset: number },
  followers: readonly FollowerState[],
  brokers: ReadonlyMap<number, BrokerImage>,
  nowMs: number,
  lagTimeMaxMs: number,
): number {
  let offset = leader.settledOffset;
  for (const follower of followers) {
    if (follower.endOffset >= offset) continue;
    if (follower.isInMaximalIsr || isAboutToJoin(follower)) offset = follower.endOffset;
  }
  return offset;

  function isAboutToJoin(follower: FollowerState): boolean {
    if (!keepsUp(follower, leader.endOffset, nowMs, lagTimeMaxMs)) return false;
    return isEligible(follower, brokers.get(follower.brokerId));
  }
}

/**
 * Whether the others are enough to go on without this replica. Then one whose disk is full gives its folder up, as one
 * whose disk has failed does, until that can be written to again: of a leader, so that another leads; of a follower, so
 * that the leader does not wait for it. Otherwise it waits for room, and serves what it has.
 */
export function canBeSpared(brokerId: number, isr: readonly number[], minInsyncReplicas: number): boolean {
  return isr.includes(brokerId) && isr.length > Math.max(1, minInsyncReplicas);
}

/** From which replica a consumer reads best (KIP-392). Pure. */
import type { BrokerImage } from "../../../metadata/image/image.js";
import type { FollowerState } from "./isr.js";

/** The value of `replica.selector.class` that sends consumers to a replica in their rack; any other leaves them. */
export const RACK_AWARE = "org.apache.kafka.common.replica.RackAwareReplicaSelector";

type InSync = Pick<FollowerState, "brokerId" | "endOffset" | "caughtUpMs" | "isInMaximalIsr"> & {
  readonly logStartOffset: number;
};

/**
 * The follower in the consumer's rack that is furthest; null: the leader, also where it is in that rack itself. The
 * follower must be in sync and have what the consumer asks for.
 */
export function nearestFollower(
  rack: string,
  fetchOffset: number,
  leader: number,
  followers: readonly InSync[],
  brokers: ReadonlyMap<number, BrokerImage>,
): number | null {
  if (brokers.get(leader)?.rack === rack) return null;
  let nearest: InSync | null = null;
  for (const follower of followers) {
    const broker = brokers.get(follower.brokerId);
    if (broker?.rack !== rack || broker.fenced || !follower.isInMaximalIsr) continue;
    if (follower.endOffset < fetchOffset || follower.logStartOffset > fetchOffset) continue;
    if (nearest === null || isFurther(follower, nearest)) nearest = follower;
  }
  return nearest?.brokerId ?? null;
}

function isFurther(one: InSync, other: InSync): boolean {
  if (one.endOffset !== other.endOffset) return one.endOffset > other.endOffset;
  return one.caughtUpMs > other.caughtUpMs;
}

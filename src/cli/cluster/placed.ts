/** From what the cluster tells to what a plan departs from. */
import { type Admin, CommandFailure } from "./asking/admin.js";
import { type ClusterView, isMoving, type PartitionView, partitionName } from "./asking/cluster-view.js";
import { askInternalWishes } from "./asking/internal-wishes.js";
import { askSizes, largestReplicas } from "./asking/sizes.js";
import type { Move, PlacedPartition } from "./planning/placement.js";

/** The partitions with their sizes. What moves counts as if it had arrived, and stays out of the plan. */
export async function placePartitions(admin: Admin, view: ClusterView): Promise<readonly PlacedPartition[]> {
  const { brokers, partitions } = view;
  const living = brokers.filter(({ isAlive }) => isAlive).map(({ id }) => id);
  const sizes = await askSizes(admin, living, null);
  const silent = living.filter((id) => !sizes.has(id));
  if (silent.length > 0) throw new CommandFailure(`Broker ${silent.join(", ")} does not tell what it stores.`);
  const bytes = largestReplicas(sizes.values());
  const wishes = await askInternalWishes(admin, view);
  return partitions.map((one) => ({
    topic: one.topic,
    index: one.index,
    replicas: targetOf(one),
    replicasWished: Math.max(targetOf(one).length, wishes.get(one.topic)?.replicas ?? 0),
    bytes: bytes.get(partitionName(one)) ?? 0,
    isFixed: isMoving(one),
  }));
}

export function targetOf({ replicas, removing }: PartitionView): readonly number[] {
  return replicas.filter((id) => !removing.includes(id));
}

/** What somebody has begun before is waited for, under the same throttle. */
export function unfinishedMoves({ partitions }: ClusterView, placed: readonly PlacedPartition[]): readonly Move[] {
  return partitions.flatMap((one, at) => {
    const { topic, index, adding: adds } = one;
    const from = one.replicas.filter((id) => !adds.includes(id));
    return isMoving(one) ? [{ topic, index, from, to: targetOf(one), adds, bytes: placed[at]?.bytes ?? 0 }] : [];
  });
}

/** Moves all replicas off one broker, each to the broker that has the least of those that suit; nothing else moves. */
import { Layout, type Slot } from "./layout.js";
import type { PlacedBroker, PlacedPartition, Plan } from "./placement.js";

export interface Homeless {
  readonly topic: string;
  readonly index: number;
  readonly replicas: number;
}

/** `brokers`: those that stay. The plan, or the partitions that have more replicas than brokers stay. */
export function planEvacuation(
  brokers: readonly PlacedBroker[],
  partitions: readonly PlacedPartition[],
  goes: number,
): Plan | { readonly homeless: readonly Homeless[] } {
  const layout = new Layout(brokers, partitions);
  const homeless: Homeless[] = [];
  // The large ones first: the small ones fill what is uneven.
  for (const slot of layout.slotsOf(goes).toReversed()) {
    if (slot.partition.isFixed) continue;
    const to = layout.leastLoaded(suitable(layout, slot, goes));
    const { topic, index } = slot.partition;
    if (to === null) homeless.push({ topic, index, replicas: slot.replicas.length });
    else layout.move(slot, goes, to);
  }
  return homeless.length > 0 ? { homeless } : layout.plan();
}

/** Those that leave the partition on as many racks as possible. */
function suitable(layout: Layout, slot: Slot, goes: number): readonly number[] {
  const free = layout.brokerIds.filter((id) => !slot.replicas.includes(id));
  const racks = Math.max(...free.map((id) => layout.racksAfter(slot, goes, id)));
  return free.filter((id) => layout.racksAfter(slot, goes, id) === racks);
}

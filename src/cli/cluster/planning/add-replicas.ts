/** Replicas that are missing come where the partition has no rack yet, and there to the broker that has the least. */
import type { Layout, Slot } from "./layout.js";

export function addMissingReplicas(layout: Layout): void {
  for (const slot of layout.slots) {
    if (slot.partition.isFixed) continue;
    for (let missing = slot.partition.replicasWished - slot.replicas.length; missing > 0; missing--) {
      const to = layout.leastLoaded(suitable(layout, slot));
      if (to !== null) layout.add(slot, to);
    }
  }
}

function suitable(layout: Layout, slot: Slot): readonly number[] {
  const free = layout.brokerIds.filter((id) => !slot.replicas.includes(id));
  const racks = Math.max(...free.map((id) => layout.racksWith(slot, id)));
  return free.filter((id) => layout.racksWith(slot, id) === racks);
}

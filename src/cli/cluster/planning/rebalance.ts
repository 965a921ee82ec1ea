/**
 * The smallest set of moves after which every broker has as many replicas, leads as many partitions and stores about as
 * much as any other. What is in order stays where it is; racks are kept, or won back where replicas share one.
 */
import { addMissingReplicas } from "./add-replicas.js";
import { findChain } from "./chains.js";
import { evenBytes } from "./even-bytes.js";
import { Layout, nearestInSize, type Slot } from "./layout.js";
import type { PlacedBroker, PlacedPartition, Plan } from "./placement.js";

export function planRebalance(brokers: readonly PlacedBroker[], partitions: readonly PlacedPartition[]): Plan {
  const layout = new Layout(brokers, partitions);
  const rackCount = new Set(brokers.map(({ id, rack }) => rack ?? `\n${id}`)).size;
  addMissingReplicas(layout);
  winBackRacks(layout, rackCount);
  evenReplicas(layout);
  evenLeaders(layout);
  evenBytes(layout);
  return layout.plan();
}

/** Replicas that share a rack although others are free for them. */
function winBackRacks(layout: Layout, rackCount: number): void {
  for (const from of layout.brokerIds) {
    for (const slot of [...layout.slotsOf(from)]) {
      const racks = layout.racksOf(slot);
      if (slot.partition.isFixed || racks >= Math.min(slot.replicas.length, rackCount)) continue;
      const wins = (id: number) => !slot.replicas.includes(id) && layout.racksAfter(slot, from, id) > racks;
      const to = layout.leastLoaded(layout.brokerIds.filter(wins));
      if (to !== null) layout.move(slot, from, to);
    }
  }
}

function evenReplicas(layout: Layout): void {
  const evening = {
    ids: layout.brokerIds,
    count: (id: number) => layout.replicas(id),
    reaches: (from: number, to: number) => layout.slotsOf(from).some((slot) => layout.mayMove(slot, from, to)),
  };
  for (let chain = findChain(evening); chain !== null; chain = findChain(evening)) {
    if (!passOn(layout, chain)) return;
  }
}

/** The end of the chain moves first: so each broker has got rid of something before it takes something. */
function passOn(layout: Layout, chain: readonly number[]): boolean {
  for (let at = chain.length - 2; at >= 0; at--) {
    const [from = -1, to = -1] = chain.slice(at);
    const slot = choose(layout, from, to);
    if (slot === null) return false;
    layout.move(slot, from, to);
  }
  return true;
}

/** Of all that may go, what brings the bytes of both nearest to their share, with the moves that are still to come. */
function choose(layout: Layout, from: number, to: number): Slot | null {
  const mean = (of: (id: number) => number) =>
    layout.brokerIds.reduce((sum, id) => sum + of(id), 0) / layout.brokerIds.length;
  const meanBytes = mean((id) => layout.bytes(id));
  const movesToCome = Math.max(1, Math.round(mean((id) => layout.replicas(id)) - layout.replicas(to)));
  const wanted = Math.max(0, Math.min(layout.bytes(from) - meanBytes, meanBytes - layout.bytes(to))) / movesToCome;
  for (const slot of nearestInSize(layout.slotsOf(from), wanted)) if (layout.mayMove(slot, from, to)) return slot;
  return null;
}

/** Only the order of replicas changes: it costs no copy. */
function evenLeaders(layout: Layout): void {
  const evening = {
    ids: layout.brokerIds,
    count: (id: number) => layout.leaders(id),
    reaches: (from: number, to: number) => layout.ledSlot(from, to) !== null,
  };
  for (let chain = findChain(evening); chain !== null; chain = findChain(evening)) {
    for (const [at, to] of chain.entries()) {
      const from = chain[at - 1];
      const slot = from === undefined ? null : layout.ledSlot(from, to);
      if (slot !== null) layout.prefer(slot, to);
    }
  }
}

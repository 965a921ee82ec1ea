/**
 * The working state of a plan: where every replica lies, and what that makes of each broker. A step changes it at once;
 * in the end the difference to the beginning is what has to be moved.
 */
import type { BrokerLoad, Move, PlacedBroker, PlacedPartition, Plan } from "./placement.js";

/** A partition with its replicas as they are planned by now. */
export interface Slot {
  readonly partition: PlacedPartition;
  readonly replicas: number[];
}

interface Held {
  /** By rising size; of the same size by index, so that neighbours are partitions of different topics. */
  readonly slots: Slot[];
  /** What it leads, by each other broker that could lead that as well. */
  readonly ledBy: Map<number, Set<Slot>>;
  leaders: number;
  bytes: number;
}

export class Layout {
  /** Those that may hold replicas, by rising id. */
  readonly brokerIds: readonly number[];
  readonly slots: readonly Slot[];
  readonly #racks: ReadonlyMap<number, string>;
  readonly #held = new Map<number, Held>();
  readonly #before: ReadonlyMap<number, BrokerLoad>;

  constructor(brokers: readonly PlacedBroker[], partitions: readonly PlacedPartition[]) {
    this.brokerIds = brokers.map(({ id }) => id).sort((one, other) => one - other);
    // A broker without a rack is a rack by itself, of a name that no rack can have.
    this.#racks = new Map(brokers.map(({ id, rack }) => [id, rack === null ? `\n${id}` : rack]));
    this.slots = partitions.map((partition) => ({ partition, replicas: [...partition.replicas] }));
    for (const id of this.brokerIds) this.#heldBy(id);
    for (const slot of this.slots) {
      for (const id of slot.replicas) this.#heldBy(id).slots.push(slot);
      this.#lead(slot, 1);
    }
    for (const held of this.#held.values()) {
      held.slots.sort(bySize);
      held.bytes = held.slots.reduce((sum, { partition }) => sum + partition.bytes, 0);
    }
    this.#before = this.loads();
  }

  /** What a broker holds, by rising size. */
  slotsOf(id: number): readonly Slot[] {
    return this.#heldBy(id).slots;
  }

  replicas(id: number): number {
    return this.#heldBy(id).slots.length;
  }

  leaders(id: number): number {
    return this.#heldBy(id).leaders;
  }

  bytes(id: number): number {
    return this.#heldBy(id).bytes;
  }

  /** Of these brokers, the one with the fewest replicas, and of several the one with the fewest bytes. */
  leastLoaded(ids: readonly number[]): number | null {
    let least: number | null = null;
    for (const id of ids) {
      if (least === null) least = id;
      const fewer = this.replicas(id) - this.replicas(least);
      if (fewer < 0 || (fewer === 0 && this.bytes(id) < this.bytes(least))) least = id;
    }
    return least;
  }

  /** Led by `from`, and held by `to` as well. */
  ledSlot(from: number, to: number): Slot | null {
    for (const slot of this.#heldBy(from).ledBy.get(to) ?? []) if (!slot.partition.isFixed) return slot;
    return null;
  }

  /** On how many racks it would lie, if it moved so. */
  racksAfter({ replicas }: Slot, from: number, to: number): number {
    return new Set(replicas.map((id) => this.#rackOf(id === from ? to : id))).size;
  }

  /** On how many racks it would lie with one more replica there. */
  racksWith({ replicas }: Slot, id: number): number {
    return new Set([...replicas, id].map((one) => this.#rackOf(one))).size;
  }

  racksOf(slot: Slot): number {
    return this.racksAfter(slot, -1, -1);
  }

  /** Never two replicas on one broker, and never on fewer racks than before. */
  mayMove(slot: Slot, from: number, to: number): boolean {
    if (slot.partition.isFixed || slot.replicas.includes(to)) return false;
    return this.#rackOf(from) === this.#rackOf(to) || this.racksAfter(slot, from, to) >= this.racksOf(slot);
  }

  move(slot: Slot, from: number, to: number): void {
    this.#lead(slot, -1);
    slot.replicas[slot.replicas.indexOf(from)] = to;
    this.#lead(slot, 1);
    const [source, target] = [this.#heldBy(from), this.#heldBy(to)];
    source.slots.splice(positionOf(source.slots, slot), 1);
    target.slots.splice(positionOf(target.slots, slot), 0, slot);
    source.bytes -= slot.partition.bytes;
    target.bytes += slot.partition.bytes;
  }

  /** One more replica, behind the others. */
  add(slot: Slot, to: number): void {
    this.#lead(slot, -1);
    slot.replicas.push(to);
    this.#lead(slot, 1);
    const target = this.#heldBy(to);
    target.slots.splice(positionOf(target.slots, slot), 0, slot);
    target.bytes += slot.partition.bytes;
  }

  /** This replica becomes the preferred one, in exchange with the one that was. */
  prefer(slot: Slot, id: number): void {
    const [first = id] = slot.replicas;
    this.#lead(slot, -1);
    slot.replicas[slot.replicas.indexOf(id)] = first;
    slot.replicas[0] = id;
    this.#lead(slot, 1);
  }

  loads(): ReadonlyMap<number, BrokerLoad> {
    const loadOf = ({ slots, leaders, bytes }: Held) => ({ replicas: slots.length, leaders, bytes });
    return new Map([...this.#held].sort(([one], [other]) => one - other).map(([id, held]) => [id, loadOf(held)]));
  }

  plan(): Plan {
    return { moves: this.slots.flatMap(moveOf), before: this.#before, after: this.loads() };
  }

  #lead(slot: Slot, change: 1 | -1): void {
    const [leader, ...others] = slot.replicas;
    if (leader === undefined) return;
    const held = this.#heldBy(leader);
    held.leaders += change;
    for (const other of others) {
      const shared = held.ledBy.get(other) ?? new Set<Slot>();
      held.ledBy.set(other, shared);
      if (change === 1) shared.add(slot);
      else shared.delete(slot);
    }
  }

  #rackOf(id: number): string {
    return this.#racks.get(id) ?? `\n${id}`;
  }

  #heldBy(id: number): Held {
    const known = this.#held.get(id);
    if (known !== undefined) return known;
    const held: Held = { slots: [], ledBy: new Map(), leaders: 0, bytes: 0 };
    this.#held.set(id, held);
    return held;
  }
}

function moveOf({ partition, replicas }: Slot): Move[] {
  const { topic, index, bytes, replicas: from } = partition;
  if (from.length === replicas.length && from.every((id, at) => replicas[at] === id)) return [];
  return [{ topic, index, from, to: replicas, adds: replicas.filter((id) => !from.includes(id)), bytes }];
}

function bySize({ partition: one }: Slot, { partition: other }: Slot): number {
  if (one.bytes !== other.bytes) return one.bytes - other.bytes;
  if (one.index !== other.index) return one.index - other.index;
  return one.topic < other.topic ? -1 : one.topic > other.topic ? 1 : 0;
}

/** Where the slot stands, or belongs. */
function positionOf(slots: readonly Slot[], slot: Slot): number {
  return firstAt(slots, (one) => bySize(one, slot) >= 0);
}

/** The position of the first for which it holds, as it does for all behind. */
function firstAt(slots: readonly Slot[], holds: (slot: Slot) => boolean): number {
  let [from, to] = [0, slots.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    const slot = slots[middle];
    if (slot !== undefined && holds(slot)) to = middle;
    else from = middle + 1;
  }
  return from;
}

/** The slots nearest in size to `bytes` come first. */
export function* nearestInSize(slots: readonly Slot[], bytes: number): Generator<Slot> {
  let above = firstAt(slots, ({ partition }) => partition.bytes >= bytes);
  let below = above - 1;
  for (;;) {
    const [larger, smaller] = [slots[above], slots[below]];
    if (larger === undefined && smaller === undefined) return;
    const isLargerNearer =
      smaller === undefined ||
      (larger !== undefined && larger.partition.bytes - bytes <= bytes - smaller.partition.bytes);
    if (isLargerNearer && larger !== undefined) {
      above++;
      yield larger;
    } else if (smaller !== undefined) {
      below--;
      yield smaller;
    }
  }
}

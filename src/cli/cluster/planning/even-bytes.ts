/**
 * Evening out bytes, where the number of replicas is even: two brokers exchange a large partition for a smaller one, so
 * that replicas and leaders stay as even as they are.
 */
import { type Layout, nearestInSize, type Slot } from "./layout.js";

/** As by Cruise Control's default: a broker may have a tenth more or less than the mean. */
const TOLERANCE = 0.1;
/** Less is not worth a move. */
export const BYTES_THAT_MATTER = 16 * 1024 * 1024;
/** An exchange must close so much of the gap between both brokers. */
const SHARE_OF_GAP_MIN = 0.1;
/** How many of the largest partitions are looked at, and how many for each of them. */
const [GIVEN_MAX, TAKEN_MAX] = [300, 30];

interface Exchange {
  readonly given: Slot;
  /** Null: the other broker has one replica less, and gives nothing back. */
  readonly taken: Slot | null;
}

export function evenBytes(layout: Layout): void {
  const { brokerIds } = layout;
  // Each exchange brings a broker nearer to the mean, so they end; the limit is for what nobody has thought of.
  for (let left = brokerIds.length * 1_000; left > 0 && exchangeOnce(layout); left--);
}

function exchangeOnce(layout: Layout): boolean {
  const mean = layout.brokerIds.reduce((sum, id) => sum + layout.bytes(id), 0) / layout.brokerIds.length;
  const rising = [...layout.brokerIds].sort((one, other) => layout.bytes(one) - layout.bytes(other));
  for (const from of rising.toReversed()) {
    for (const to of rising) {
      const gap = layout.bytes(from) - layout.bytes(to);
      const isUneven =
        layout.bytes(from) > mean * (1 + TOLERANCE) || (gap > 0 && layout.bytes(to) < mean * (1 - TOLERANCE));
      if (gap < BYTES_THAT_MATTER || !isUneven) continue;
      const found = bestExchange(layout, from, to, gap);
      if (found === null) continue;
      layout.move(found.given, from, to);
      if (found.taken !== null) layout.move(found.taken, to, from);
      return true;
    }
  }
  return false;
}

/** The one that comes nearest to closing the gap. */
function bestExchange(layout: Layout, from: number, to: number, gap: number): Exchange | null {
  const leastGain = gap * SHARE_OF_GAP_MIN;
  let best: Exchange | null = null;
  let bestGain = 0;
  const consider = (given: Slot, taken: Slot | null) => {
    const bytes = given.partition.bytes - (taken?.partition.bytes ?? 0);
    const gain = Math.min(bytes, gap - bytes);
    if (gain < leastGain || gain <= bestGain) return;
    [best, bestGain] = [{ given, taken }, gain];
  };
  let looked = 0;
  for (const given of nearestInSize(layout.slotsOf(from), Number.POSITIVE_INFINITY)) {
    if (given.partition.bytes < leastGain || looked++ >= GIVEN_MAX) break;
    if (!layout.mayMove(given, from, to)) continue;
    if (mayGiveAway(layout, given, from, to)) consider(given, null);
    const wanted = Math.max(0, given.partition.bytes - gap / 2);
    const taken = counterpart(layout, given, from, to, wanted);
    if (taken !== null) consider(given, taken);
  }
  return best;
}

function mayGiveAway(layout: Layout, given: Slot, from: number, to: number): boolean {
  if (layout.replicas(from) !== layout.replicas(to) + 1) return false;
  return given.replicas[0] !== from || layout.leaders(from) === layout.leaders(to) + 1;
}

/** What comes back plays the same part: a leader for a leader. */
function counterpart(layout: Layout, given: Slot, from: number, to: number, bytes: number): Slot | null {
  const isLed = given.replicas[0] === from;
  let looked = 0;
  for (const taken of nearestInSize(layout.slotsOf(to), bytes)) {
    if (looked++ >= TAKEN_MAX) return null;
    if ((taken.replicas[0] === to) === isLed && layout.mayMove(taken, to, from)) return taken;
  }
  return null;
}

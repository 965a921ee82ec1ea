/** How long nobody was acknowledged: what users feel of a fault. */
import type { HistoryEvent } from "./history.js";

export interface Gap {
  readonly partition: number;
  readonly ms: number;
  /** Wall time of the last acknowledgement before it. */
  readonly fromMs: number;
}

/**
 * The longest time between two acknowledgements of one partition, of all of them. Only idempotent writers count: each has
 * one partition, and always a batch under way.
 */
export function longestWithoutAcknowledgement(history: readonly HistoryEvent[]): Gap {
  const latest = new Map<number, number>();
  let longest: Gap = { partition: -1, ms: 0, fromMs: 0 };
  for (const event of history) {
    if (event.what !== "sent" || event.kind !== "idempotent" || event.outcome !== "acknowledged") continue;
    const { partition, endedMs } = event;
    const fromMs = latest.get(partition) ?? endedMs;
    if (endedMs - fromMs > longest.ms) longest = { partition, ms: endedMs - fromMs, fromMs };
    latest.set(partition, endedMs);
  }
  return longest;
}

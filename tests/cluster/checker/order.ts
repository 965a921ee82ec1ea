/** Whether the records of one writer lie in each partition in the order in which it sent them. */
import type { Finding } from "./check-history.js";
import { numberOf, type Poll, type SentBatch, writerOf } from "./history.js";
import { KnownLog } from "./known-log.js";

export function outOfOrder(sent: readonly SentBatch[], polls: readonly Poll[]): Finding[] {
  const findings: Finding[] = [];
  const unordered = withoutOrder(sent);
  const latest = new Map<string, number>();
  for (const { partition, offset, value } of KnownLog.of(polls).all()) {
    if (unordered.has(value)) continue;
    const sequence = `${writerOf(value)} in partition ${partition}`;
    const before = latest.get(sequence) ?? -1;
    const number = numberOf(value);
    if (number < before) {
      findings.push({ kind: "out of order", says: `${value} lies at ${partition}@${offset}, behind number ${before}` });
    }
    latest.set(sequence, Math.max(before, number));
  }
  return findings;
}

/**
 * A plain writer goes on when it does not know what became of a batch. That one may still be on its way, and arrive behind
 * the next: only what was acknowledged has an order.
 */
function withoutOrder(sent: readonly SentBatch[]): ReadonlySet<string> {
  const batches = sent.filter(({ kind, outcome }) => kind === "plain" && outcome !== "acknowledged");
  return new Set(batches.flatMap(({ values }) => values));
}

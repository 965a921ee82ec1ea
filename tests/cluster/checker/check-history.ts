/**
 * Judges a history, in the manner of Jepsen's Kafka workload: nothing acknowledged is lost, nothing is there twice, all
 * readers agree on offsets and order, nobody who reads what is committed sees what was aborted, nobody skips a record.
 */
import type { Delivery, HistoryEvent, Isolation, Poll, SentBatch } from "./history.js";
import { KnownLog } from "./known-log.js";
import { outOfOrder } from "./order.js";

export type FindingKind =
  | "lost"
  | "duplicated"
  | "misplaced"
  | "disagreement"
  | "foreign"
  | "aborted shown"
  | "torn transaction"
  | "out of order"
  | "skipped"
  | "rewound"
  | "undelivered"
  | "refused"
  | "complaint";

export interface Finding {
  readonly kind: FindingKind;
  readonly says: string;
}

export interface Verdict {
  readonly findings: readonly Finding[];
  /** Records, by what their writers learned of them. */
  readonly acknowledged: number;
  readonly aborted: number;
  readonly unknown: number;
  /** Records that the final readers of what is committed found. */
  readonly read: number;
}

export function checkHistory(history: readonly HistoryEvent[]): Verdict {
  const sent = history.filter((event) => event.what === "sent");
  const polls = history.filter((event) => event.what === "polled");
  const deliveries = history.filter((event) => event.what === "delivered");
  const committed = KnownLog.of(polls.filter(({ isolation, isFinal }) => isFinal && isolation === "committed"));
  const findings = [
    ...disagreements(polls, deliveries),
    ...foreign(sent, polls),
    ...duplicates(polls),
    ...lost(sent, committed),
    ...misplaced(sent, polls),
    ...abortedShown(sent, polls, deliveries),
    ...tornTransactions(sent, committed),
    ...outOfOrder(sent, polls),
    ...rewound(polls),
    ...skipped(polls),
    ...undelivered(deliveries, committed),
    ...refused(sent),
    ...history.flatMap((event): Finding[] =>
      event.what === "complaint" ? [{ kind: "complaint", says: `${event.who}: ${event.says}` }] : [],
    ),
  ];
  const records = (outcome: SentBatch["outcome"]) =>
    sent.reduce((sum, batch) => sum + (batch.outcome === outcome ? batch.values.length : 0), 0);
  return {
    findings,
    acknowledged: records("acknowledged"),
    aborted: records("aborted"),
    unknown: records("unknown"),
    read: committed.size,
  };
}

function disagreements(polls: readonly Poll[], deliveries: readonly Delivery[]): Finding[] {
  const findings: Finding[] = [];
  const first = new Map<string, { value: string; reader: string }>();
  const see = (reader: string, partition: number, offset: number, value: string) => {
    const place = `${partition}@${offset}`;
    const known = first.get(place);
    if (known === undefined) first.set(place, { value, reader });
    else if (known.value !== value) {
      const says = `at ${place} ${known.reader} read ${known.value}, ${reader} read ${value}`;
      findings.push({ kind: "disagreement", says });
    }
  };
  for (const { reader, partition, records } of polls) {
    for (const [offset, value] of records) see(reader, partition, offset, value);
  }
  for (const { group, partition, offset, value } of deliveries) see(group, partition, offset, value);
  return findings;
}

/** What nobody sent, or sent to another partition. */
function foreign(sent: readonly SentBatch[], polls: readonly Poll[]): Finding[] {
  const home = new Map(sent.flatMap(({ partition, values }) => values.map((value) => [value, partition] as const)));
  return polls.flatMap(({ reader, partition, records }) =>
    records
      .filter(([, value]) => home.get(value) !== partition)
      .map(([offset, value]): Finding => {
        return { kind: "foreign", says: `${reader} read ${value} at ${partition}@${offset}; nobody wrote it there` };
      }),
  );
}

function duplicates(polls: readonly Poll[]): Finding[] {
  const places = new Map<string, Set<string>>();
  for (const { partition, records } of polls) {
    for (const [offset, value] of records) {
      places.set(value, (places.get(value) ?? new Set()).add(`${partition}@${offset}`));
    }
  }
  return [...places].flatMap(([value, at]): Finding[] =>
    at.size > 1 ? [{ kind: "duplicated", says: `${value} lies at ${[...at].join(" and ")}` }] : [],
  );
}

function lost(sent: readonly SentBatch[], committed: KnownLog): Finding[] {
  return sent.flatMap(({ outcome, values, partition, baseOffset }) =>
    values
      .filter((value) => outcome === "acknowledged" && committed.offsetOf(partition, value) === null)
      .map((value): Finding => {
        return { kind: "lost", says: `${value} was acknowledged (${partition}@${baseOffset ?? "?"}) and is gone` };
      }),
  );
}

/** Acknowledged at one offset, found at another one. */
function misplaced(sent: readonly SentBatch[], polls: readonly Poll[]): Finding[] {
  const log = KnownLog.of(polls);
  return sent.flatMap(({ outcome, values, partition, baseOffset }) =>
    values.flatMap((value, index): Finding[] => {
      const at = log.offsetOf(partition, value);
      if (outcome === "unknown" || baseOffset === null || at === null || at === baseOffset + index) return [];
      return [
        { kind: "misplaced", says: `${value} was promised ${partition}@${baseOffset + index}, and lies at ${at}` },
      ];
    }),
  );
}

function abortedShown(sent: readonly SentBatch[], polls: readonly Poll[], deliveries: readonly Delivery[]): Finding[] {
  const aborted = new Set(sent.flatMap(({ outcome, values }) => (outcome === "aborted" ? values : [])));
  const shown = polls.flatMap(({ isolation, reader, records }) =>
    isolation === "committed" ? records.map(([, value]) => ({ who: reader, value })) : [],
  );
  const delivered = deliveries.map(({ group, value }) => ({ who: group, value }));
  return [...shown, ...delivered].flatMap(({ who, value }): Finding[] =>
    aborted.has(value) ? [{ kind: "aborted shown", says: `${who} read ${value}, which was aborted` }] : [],
  );
}

/** Where nobody knows whether the transaction was committed, either all of it is there or nothing. */
function tornTransactions(sent: readonly SentBatch[], committed: KnownLog): Finding[] {
  const transactions = new Map<string, { shown: number; hidden: number }>();
  for (const { writer, transaction, outcome, partition, values } of sent) {
    if (transaction === null || outcome !== "unknown") continue;
    const name = `transaction ${transaction} of ${writer}`;
    const counts = transactions.get(name) ?? { shown: 0, hidden: 0 };
    for (const value of values) counts[committed.offsetOf(partition, value) === null ? "hidden" : "shown"]++;
    transactions.set(name, counts);
  }
  return [...transactions].flatMap(([name, { shown, hidden }]): Finding[] =>
    shown > 0 && hidden > 0
      ? [{ kind: "torn transaction", says: `${name}: ${shown} records are there, ${hidden} are not` }]
      : [],
  );
}

/** A reader goes forward, poll after poll and record after record. */
function rewound(polls: readonly Poll[]): Finding[] {
  const findings: Finding[] = [];
  const next = new Map<string, number>();
  for (const { reader, partition, from, records, next: behind } of polls) {
    const who = `${reader} in partition ${partition}`;
    const expected = [next.get(who) ?? from, from, ...records.map(([offset]) => offset + 1)];
    const found = [from, ...records.map(([offset]) => offset), behind];
    found.forEach((offset, index) => {
      const atLeast = expected[index] ?? 0;
      if (offset < atLeast) findings.push({ kind: "rewound", says: `${who} was at ${atLeast}, and came to ${offset}` });
    });
    next.set(who, behind);
  }
  return findings;
}

/** What one reader went past, and another one of its kind, or one that sees less, has read. */
function skipped(polls: readonly Poll[]): Finding[] {
  const findings: Finding[] = [];
  const everything: Record<Isolation, KnownLog> = {
    uncommitted: KnownLog.of(polls),
    committed: KnownLog.of(polls.filter(({ isolation }) => isolation === "committed")),
  };
  for (const { reader, isolation, partition, from, next, records } of polls) {
    const seen = new Set(records.map(([offset]) => offset));
    for (let offset = from; offset < next; offset++) {
      const value = everything[isolation].valueAt(partition, offset);
      if (value === null || seen.has(offset)) continue;
      findings.push({ kind: "skipped", says: `${reader} went past ${value} at ${partition}@${offset}` });
    }
  }
  return findings;
}

/** A group may be given a record twice, never not at all. */
function undelivered(deliveries: readonly Delivery[], committed: KnownLog): Finding[] {
  const groups = new Map<string, Set<string>>();
  for (const { group, value } of deliveries) groups.set(group, (groups.get(group) ?? new Set()).add(value));
  return [...groups].flatMap(([group, values]) =>
    committed
      .all()
      .filter(({ value }) => !values.has(value))
      .map(({ partition, offset, value }): Finding => {
        return { kind: "undelivered", says: `${group} was never given ${value} at ${partition}@${offset}` };
      }),
  );
}

function refused(sent: readonly SentBatch[]): Finding[] {
  return sent.flatMap(({ outcome, writer, values, error }): Finding[] =>
    outcome === "refused" ? [{ kind: "refused", says: `${writer} was refused ${values[0]} for good: ${error}` }] : [],
  );
}

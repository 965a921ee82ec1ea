import { describe, expect, test } from "vitest";
import { checkHistory, type FindingKind } from "./check-history.js";
import type { Delivery, HistoryEvent, Isolation, Poll, SentBatch } from "./history.js";

/** A batch of an idempotent writer in partition 0, acknowledged without its offset, if nothing else is said. */
function sent(values: readonly string[], more: Partial<SentBatch> = {}): SentBatch {
  const batch = { what: "sent", kind: "idempotent", writer: "w", partition: 0, values, transaction: null } as const;
  return { ...batch, outcome: "acknowledged", baseOffset: null, error: null, endedMs: 0, ...more };
}

/** A final reader of what is committed goes through partition 0 in one poll, if nothing else is said. */
function polled(records: readonly (readonly [number, string])[], more: Partial<Poll> = {}): Poll {
  const next = (records.at(-1)?.[0] ?? -1) + 1;
  const poll = { what: "polled", reader: "r", isolation: "committed", isFinal: true, partition: 0 } as const;
  return { ...poll, from: 0, next, records, ...more };
}

function delivered(offset: number, value: string): Delivery {
  return { what: "delivered", group: "g", partition: 0, offset, value };
}

function findings(...history: HistoryEvent[]): FindingKind[] {
  return checkHistory(history).findings.map(({ kind }) => kind);
}

const three = [sent(["w:1", "w:2"], { baseOffset: 0 }), sent(["w:3"], { baseOffset: 2 })];
const whole = polled([
  [0, "w:1"],
  [1, "w:2"],
  [2, "w:3"],
]);

describe("a history is sound", () => {
  test("when all readers find what was acknowledged, where it was promised", () => {
    const verdict = checkHistory([...three, whole, { ...whole, reader: "s", isolation: "uncommitted" }]);
    expect(verdict).toEqual({ findings: [], acknowledged: 3, aborted: 0, unknown: 0, read: 3 });
  });

  test("when what nobody knows of is there, or is not", () => {
    const unknown = sent(["w:4"], { outcome: "unknown", error: "no answer" });
    expect(findings(...three, unknown, whole)).toEqual([]);
    expect(findings(...three, unknown, polled([...whole.records, [3, "w:4"]]))).toEqual([]);
  });

  test("when only who reads uncommitted sees what was aborted, and the others go past it and its marker", () => {
    const aborted = sent(["t:1"], { kind: "transactional", writer: "t", transaction: 1, outcome: "aborted" });
    const all = polled([...whole.records, [3, "t:1"]], { reader: "s", isolation: "uncommitted", next: 5 });
    expect(findings(...three, aborted, all, { ...whole, next: 5 })).toEqual([]);
  });

  test("when a plain batch of unknown fate comes behind a later one that was acknowledged", () => {
    const late = sent(["p:1"], { kind: "plain", writer: "p", outcome: "unknown" });
    const next = sent(["p:2"], { kind: "plain", writer: "p" });
    const log = polled([
      [0, "p:2"],
      [1, "p:1"],
    ]);
    expect(findings(late, next, log)).toEqual([]);
  });

  test("when a group is given a record twice", () => {
    const deliveries = [delivered(0, "w:1"), delivered(1, "w:2"), delivered(1, "w:2"), delivered(2, "w:3")];
    expect(findings(...three, whole, ...deliveries)).toEqual([]);
  });
});

describe("the checker sees", () => {
  test("an acknowledged record that is nowhere", () => {
    const without = polled(whole.records.slice(0, 2));
    expect(findings(...three, without)).toEqual(["lost"]);
  });

  test("an acknowledged record that was read while the fault lasted, and is gone in the end", () => {
    const live: Poll = { ...whole, reader: "live", isFinal: false };
    const without = polled(whole.records.slice(0, 2), { next: 3 });
    expect(findings(...three, live, without).sort()).toEqual(["lost", "skipped"]);
  });

  test("an acknowledged record that only who reads uncommitted finds", () => {
    const uncommitted: Poll = { ...whole, reader: "s", isolation: "uncommitted" };
    expect(findings(...three, uncommitted, polled(whole.records.slice(0, 2)))).toEqual(["lost"]);
  });

  test("a committed transaction of which a part is missing", () => {
    const batches = [0, 1].map((partition) =>
      sent([`t:${partition}`], { kind: "transactional", writer: "t", partition, transaction: 1 }),
    );
    expect(findings(...batches, polled([[0, "t:0"]]))).toEqual(["lost"]);
  });

  test("a record that is there twice", () => {
    expect(findings(...three, polled([...whole.records, [3, "w:3"]]))).toEqual(["duplicated"]);
  });

  test("a record at another offset than its producer was told", () => {
    const log = polled([
      [0, "w:1"],
      [1, "w:2"],
      [3, "w:3"],
    ]);
    expect(findings(...three, log)).toEqual(["misplaced"]);
  });

  test("two replicas with different records at one offset", () => {
    const fourth = sent(["w:4"], { outcome: "unknown" });
    const other = polled([...whole.records.slice(0, 2), [2, "w:4"]], { reader: "s", isolation: "uncommitted" });
    expect(findings(...three, fourth, whole, other)).toContain("disagreement");
  });

  test("a group that was given another record than the readers found", () => {
    const deliveries = [delivered(0, "w:1"), delivered(1, "w:3"), delivered(2, "w:3"), delivered(1, "w:2")];
    expect(findings(...three, whole, ...deliveries)).toEqual(["disagreement"]);
  });

  test("a record that nobody sent, and one in a partition to which nobody sent it", () => {
    expect(findings(...three, polled([...whole.records, [3, "x:1"]]))).toEqual(["foreign"]);
    expect(findings(...three, whole, polled([[0, "w:1"]], { partition: 1 }))).toEqual(["foreign", "duplicated"]);
  });

  test.each<[string, HistoryEvent]>([
    ["a reader", polled([...whole.records, [3, "t:1"]])],
    ["a group", delivered(3, "t:1")],
  ])("%s of what is committed that is shown an aborted record", (_, shown) => {
    const aborted = sent(["t:1"], { kind: "transactional", writer: "t", transaction: 1, outcome: "aborted" });
    expect(findings(...three, aborted, whole, shown)).toContain("aborted shown");
  });

  test("a transaction of unknown fate of which only a part is there", () => {
    const unknown = { kind: "transactional", writer: "t", transaction: 1, outcome: "unknown" } as const;
    const batches = [sent(["t:1"], unknown), sent(["t:2"], { ...unknown, partition: 1 })];
    expect(findings(...batches, polled([[0, "t:1"]]))).toEqual(["torn transaction"]);
  });

  test("records that lie in another order than they were sent in", () => {
    const log = polled([
      [0, "w:1"],
      [1, "w:3"],
      [2, "w:2"],
    ]);
    expect(findings(sent(["w:1"]), sent(["w:2"]), sent(["w:3"]), log)).toEqual(["out of order"]);
  });

  test.each<[Isolation, Isolation]>([
    ["committed", "committed"],
    ["uncommitted", "uncommitted"],
    ["committed", "uncommitted"],
  ])("a record that a reader of %s records has, and one of %s records went past", (isolation, other) => {
    const gap = polled([[2, "w:3"]], { reader: "gap", isolation: other, isFinal: false, from: 1, next: 3 });
    expect(findings(...three, whole, { ...whole, reader: "s", isolation }, gap)).toEqual(["skipped"]);
  });

  test("a reader that is sent back", () => {
    const back = polled([[1, "w:2"]], { from: 1, next: 2 });
    expect(findings(...three, whole, back)).toEqual(["rewound"]);
    const twice = polled([...whole.records, [2, "w:3"]]);
    expect(findings(...three, twice)).toEqual(["rewound"]);
  });

  test("a record that no member of a group was given", () => {
    expect(findings(...three, whole, delivered(0, "w:1"), delivered(2, "w:3"))).toEqual(["undelivered"]);
  });

  test("an error that reached the application", () => {
    const refused = sent(["w:4"], { outcome: "refused", error: "OUT_OF_ORDER_SEQUENCE_NUMBER" });
    expect(findings(...three, whole, refused)).toEqual(["refused"]);
  });

  test("what a client complains of", () => {
    expect(findings(...three, whole, { what: "complaint", who: "r", says: "a damaged batch" })).toEqual(["complaint"]);
  });
});

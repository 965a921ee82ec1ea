import { expect, test } from "vitest";
import type { Outcome } from "../checker/history.js";
import { Tally } from "./tally.js";

/** What a tally finds of these batches, and of what was read afterwards, by their numbers. */
function found(
  sent: readonly (readonly [outcome: Outcome, ...numbers: number[]])[],
  read: readonly number[],
  writer = "w",
): readonly string[] {
  const tally = new Tally();
  const place = { partition: 0, transaction: null, baseOffset: null, error: null, endedMs: 0 };
  for (const [outcome, ...numbers] of sent) {
    const values = numbers.map((number) => `${writer}:${number}`);
    tally.record({ what: "sent", kind: "idempotent", writer, values, outcome, ...place });
  }
  const records = read.map((number, offset) => [offset, `${writer}:${number}`] as const);
  const reader = { reader: "r", isolation: "committed", isFinal: true, partition: 0, from: 0, next: 9 } as const;
  tally.record({ what: "polled", ...reader, records });
  tally.close();
  return tally.findings.map((finding) => finding.replace(/^\S+ /, "").replace(/:.*/, ""));
}

test("what is acknowledged and read once, in order, is in order, and of what is unknown either way", () => {
  expect(
    found(
      [
        ["acknowledged", 0, 1],
        ["unknown", 2],
        ["unknown", 3],
        ["aborted", 4],
      ],
      [0, 1, 3],
    ),
  ).toEqual([]);
});

test.each([
  ["lost", [["acknowledged", 0, 1]], [0]],
  ["duplicated", [["acknowledged", 0]], [0, 0]],
  ["aborted shown", [["aborted", 0]], [0]],
  ["refused", [["refused", 0]], []],
] as const)("finds what is %s", (finding, sent, read) => {
  expect(found(sent, read)).toEqual([finding]);
});

test("finds what is out of order, but of a plain writer, whose batches may overtake each other", () => {
  expect(found([["acknowledged", 0, 1]], [1, 0])).toEqual(["out of order"]);
  expect(found([["acknowledged", 0, 1]], [1, 0], "plain-1.0")).toEqual([]);
});

test("keeps count of a writer with very many records", () => {
  expect(found([["acknowledged", 0, 5_000]], [0, 5_000])).toEqual([]);
  expect(found([["acknowledged", 5_000]], [])).toEqual(["lost"]);
});

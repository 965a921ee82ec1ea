import { expect, test } from "vitest";
import { longestWithoutAcknowledgement } from "./acknowledgement-gaps.js";
import type { SentBatch } from "./history.js";

function acknowledged(partition: number, endedMs: number, more: Partial<SentBatch> = {}): SentBatch {
  const batch = {
    what: "sent",
    kind: "idempotent",
    writer: "w",
    partition,
    values: ["w:1"],
    transaction: null,
  } as const;
  return { ...batch, outcome: "acknowledged", baseOffset: null, error: null, endedMs, ...more };
}

test("the longest time without an acknowledgement is that of one partition, whatever goes on in the others", () => {
  const history = [acknowledged(0, 100), acknowledged(1, 150), acknowledged(1, 400), acknowledged(0, 700)];
  expect(longestWithoutAcknowledgement(history)).toEqual({ partition: 0, ms: 600, fromMs: 100 });
});

test("a batch of unknown fate does not end it, nor does one of another kind of writer", () => {
  const unknown = acknowledged(0, 300, { outcome: "unknown" });
  const plain = acknowledged(0, 400, { kind: "plain" });
  const history = [acknowledged(0, 100), unknown, plain, acknowledged(0, 600)];
  expect(longestWithoutAcknowledgement(history).ms).toBe(500);
});

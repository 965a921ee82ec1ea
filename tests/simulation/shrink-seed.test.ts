import { expect, test } from "vitest";
import { kindOfFailure } from "./shrink-seed.js";

const at = (event: number, what: string): string =>
  `Seed 7 failed at event ${event}, ${event / 8} ms: ${what}\n{"brokers":3}`;

test("a bug that shows at another time, in another topic and at another offset is the same bug", () => {
  const first = at(8_000, "topic3-1 9jHk_lmNopQrstUvwxyz-A is committed up to 12, but its leader of epoch 3 ends at 7");
  const later = at(9_500, "topic11-0 AAAA_lmNopQrstUvwxyz-A is committed up to 4, but its leader of epoch 2 ends at 3");
  expect(kindOfFailure(later)).toBe(kindOfFailure(first));
});

test("who waits in vain for peace may be another one", () => {
  const first = at(8_000, "in peace every client gets on with its work, but not: Producer 2, Consumer 4");
  expect(kindOfFailure(at(9_500, "in peace every client gets on with its work, but not: Admin 0"))).toBe(
    kindOfFailure(first),
  );
});

test("another promise that is broken is another bug", () => {
  const first = at(8_000, "the high watermark of topic3-1 goes from 12 to 7");
  expect(kindOfFailure(at(8_000, "the replicas of topic3-1 are alike"))).not.toBe(kindOfFailure(first));
});

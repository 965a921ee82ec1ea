import fc from "fast-check";
import { expect, test } from "vitest";
import { editDistance, nearestName } from "./names.js";

test("the distance counts letters to add, drop or replace", () => {
  expect(editDistance("kitten", "sitting")).toBe(3);
  expect(editDistance("", "abc")).toBe(3);
});

test("the distance is zero only between equals, the same both ways, and no longer than a detour", () => {
  const word = fc.string({ maxLength: 12, unit: fc.constantFrom("a", "b", ".") });
  fc.assert(
    fc.property(word, word, word, (a, b, c) => {
      expect(editDistance(a, b) === 0).toBe(a === b);
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
    }),
    { seed: 8 },
  );
});

test("a slip of the pen finds its name, nonsense finds none", () => {
  const known = ["log.segment.bytes", "log.retention.ms", "num.partitions"];
  expect(nearestName("log.segments.byte", known)).toBe("log.segment.bytes");
  expect(nearestName("num.partition", known)).toBe("num.partitions");
  expect(nearestName("something.else.entirely", known)).toBeNull();
  expect(nearestName("x".repeat(10_000), known)).toBeNull();
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { brokerConfigDefinitions } from "./broker-properties.js";
import { groupConfigDefinitions } from "./group-properties.js";
import { editDistance, nearestName, recognise } from "./names.js";
import { topicConfigDefinitions } from "./topic-properties.js";

test("who sets a topic's or a group's property on the broker is told the broker's name for it", () => {
  expect(recognise("retention.ms")).toEqual({
    kind: "unknown",
    hint: "it is a property of each topic; the broker's, for those that do not set their own, is log.retention.ms",
  });
  expect(recognise("max.message.bytes")).toMatchObject({ hint: expect.stringMatching(/ is message\.max\.bytes$/) });
  expect(recognise("share.session.timeout.ms")).toMatchObject({
    hint: expect.stringMatching(/^it is a property of each group; .* is group\.share\.session\.timeout\.ms$/),
  });
  expect(recognise("remote.storage.enable")).toEqual({
    kind: "unknown",
    hint: "it is a property of each topic, and the broker has none behind it",
  });
});

test("what such a hint names is a property of the broker", () => {
  const others = [...topicConfigDefinitions.keys(), ...groupConfigDefinitions.keys()];
  for (const name of others.filter((one) => !brokerConfigDefinitions.has(one))) {
    const recognised = recognise(name);
    const hint = "hint" in recognised ? recognised.hint : "";
    expect(hint).toMatch(/^it is a property of each (topic|group)/);
    const named = / is ([a-z.]+)$/.exec(hint)?.[1];
    if (named !== undefined) expect(recognise(named)).toEqual({ kind: "known" });
  }
});

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

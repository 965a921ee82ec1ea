import fc from "fast-check";
import { expect, test } from "vitest";
import { PersistentMap, PersistentSet } from "./persistent-map.js";

const keys = fc.integer({ min: 0, max: 60 });
const steps = fc.array(
  fc.oneof(
    fc.record({ type: fc.constant("with" as const), key: keys, value: fc.option(fc.integer()) }),
    fc.record({ type: fc.constant("without" as const), key: keys }),
  ),
  { maxLength: 300 },
);

test("whatever is put in and taken out, a persistent map is like an ordinary one, in the same order", () => {
  fc.assert(
    fc.property(steps, (taken) => {
      const model = new Map<number, number | null>();
      let map = PersistentMap.from<number, number | null>([]);
      for (const step of taken) {
        if (step.type === "with") {
          model.set(step.key, step.value);
          map = map.with(step.key, step.value);
        } else {
          model.delete(step.key);
          map = map.without(step.key);
        }
        expect(map.get(step.key)).toBe(model.get(step.key));
        expect(map.has(step.key)).toBe(model.has(step.key));
        expect(map.size).toBe(model.size);
      }
      expect([...map]).toEqual([...model]);
      expect([...map.keys()]).toEqual([...model.keys()]);
      expect([...map.values()]).toEqual([...model.values()]);
    }),
  );
});

test("what was made before stays as it was", () => {
  fc.assert(
    fc.property(steps, steps, (first, then) => {
      const step = (map: PersistentMap<number, number | null>, taken: (typeof first)[number]) =>
        taken.type === "with" ? map.with(taken.key, taken.value) : map.without(taken.key);
      const before = first.reduce(step, PersistentMap.from<number, number | null>([]));
      const entries = [...before];
      then.reduce(step, before);
      expect([...before]).toEqual(entries);
    }),
  );
});

test("two maps that came out of one know nothing of each other, nor of what comes out of them", () => {
  fc.assert(
    fc.property(steps, steps, steps, (first, one, other) => {
      const step = (map: PersistentMap<number, number | null>, taken: (typeof first)[number]) =>
        taken.type === "with" ? map.with(taken.key, taken.value) : map.without(taken.key);
      const stem = first.reduce(step, PersistentMap.from<number, number | null>([]));
      const branches = [one, other].map((taken) => ({ taken, map: taken.reduce(step, stem) }));
      for (const { taken, map } of branches) {
        expect([...map]).toEqual([...taken.reduce(step, PersistentMap.from(new Map(stem)))]);
        expect(map.size).toBe([...map].length);
      }
    }),
  );
});

test("a persistent set keeps what is put in once, in the order in which it came", () => {
  const set = PersistentSet.from(["a", "b"]).with("c").with("a").without("b").with("b").without("x");
  expect([...set]).toEqual(["a", "c", "b"]);
  expect(set.size).toBe(3);
  expect(set.has("b")).toBe(true);
  expect(PersistentSet.from(set)).toBe(set);
});

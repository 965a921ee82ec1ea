import fc from "fast-check";
import { expect, test } from "vitest";
import { Deadlines } from "./deadlines.js";

test("the first deadline is the earliest, whatever was set, moved forward or taken back", () => {
  const step = fc.record({
    does: fc.constantFrom("set", "set", "advance", "clear"),
    groupId: fc.constantFrom("a", "b", "c", "d", "e", "f", "g"),
    dueMs: fc.integer({ min: 0, max: 20 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const deadlines = new Deadlines();
      const model = new Map<string, number>();
      for (const { does, groupId, dueMs } of steps) {
        if (does === "set") {
          deadlines.set(groupId, dueMs);
          model.set(groupId, dueMs);
        } else if (does === "advance") {
          deadlines.advance(groupId, dueMs);
          model.set(groupId, Math.min(model.get(groupId) ?? dueMs, dueMs));
        } else {
          deadlines.set(groupId, null);
          model.delete(groupId);
        }
        const first = deadlines.first();
        expect(first?.dueMs).toBe(model.size === 0 ? undefined : Math.min(...model.values()));
        if (first !== null) expect(model.get(first.groupId)).toBe(first.dueMs);
      }
    }),
    { seed: 20261121 },
  );
});

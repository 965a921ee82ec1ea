import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TimerQueue } from "./timer-queue.js";

describe("the timer queue", () => {
  test("gives deadlines in order of time, and of adding where the time is equal", () => {
    const queue = new TimerQueue();
    const ran: string[] = [];
    for (const [dueMs, name] of [
      [20, "c"],
      [10, "a"],
      [20, "d"],
      [15, "b"],
    ] as const) {
      queue.add(dueMs, () => ran.push(name));
    }
    expect(queue.nextDueMs()).toBe(10);
    expect(queue.takeDue(9)).toBeNull();
    for (let run = queue.takeDue(20); run !== null; run = queue.takeDue(20)) run();
    expect(ran).toEqual(["a", "b", "c", "d"]);
    expect(queue.nextDueMs()).toBeNull();
  });

  test("cancelling twice, or after the deadline was taken, does nothing", () => {
    const queue = new TimerQueue();
    const first = queue.add(1, () => {});
    queue.add(2, () => {});
    first.cancel();
    first.cancel();
    expect(queue.size).toBe(1);
    const taken = queue.add(0, () => {});
    expect(queue.takeDue(0)).not.toBeNull();
    taken.cancel();
    expect(queue.size).toBe(1);
  });

  test("behaves like a sorted list under any order of adding, cancelling and taking", () => {
    const step = fc.oneof(
      fc.record({ add: fc.integer({ min: 0, max: 50 }) }),
      fc.record({ cancel: fc.nat(100) }),
      fc.record({ takeAt: fc.integer({ min: 0, max: 50 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const queue = new TimerQueue();
        let model: { id: number; dueMs: number }[] = [];
        const handles: { cancel(): void }[] = [];
        let taken = -1;
        for (const step of steps) {
          if ("add" in step) {
            const id = handles.length;
            handles.push(
              queue.add(step.add, () => {
                taken = id;
              }),
            );
            model.push({ id, dueMs: step.add });
            model.sort((a, b) => a.dueMs - b.dueMs || a.id - b.id);
          } else if ("cancel" in step) {
            handles[step.cancel]?.cancel();
            model = model.filter((timer) => timer.id !== step.cancel);
          } else {
            const due = model[0] !== undefined && model[0].dueMs <= step.takeAt ? model.shift() : undefined;
            taken = -1;
            queue.takeDue(step.takeAt)?.();
            expect(taken).toBe(due?.id ?? -1);
          }
          expect(queue.size).toBe(model.length);
          expect(queue.nextDueMs()).toBe(model[0]?.dueMs ?? null);
        }
      }),
    );
  });
});

import { expect, test } from "vitest";
import { ManualClock } from "../../tests/support/manual-environment.js";
import { Held } from "./held.js";

test("a late answer gives up at its own time, and the next one at its own", () => {
  const wire = new ManualClock();
  const held = new Held(wire);
  const ends: string[] = [];
  const hold = (name: string, offset: number, untilMs: number) =>
    held.hold({
      offset,
      release: () => ends.push(`${name} released`),
      patience: { untilMs, giveUp: () => ends.push(`${name} given up at ${wire.monotonicMs()}`) },
    });
  hold("first", 1, wire.monotonicMs() + 300);
  hold("second", 2, wire.monotonicMs() + 100);
  hold("third", 3, wire.monotonicMs() + 200);
  const startMs = wire.monotonicMs();
  wire.advance(250);
  expect(ends).toEqual([`second given up at ${startMs + 100}`, `third given up at ${startMs + 200}`]);
  held.committed(3);
  wire.advance(1_000);
  expect(ends.slice(2)).toEqual(["first released"]);
});

test("as many answers as a shard may have waiting give up one after the other", () => {
  const wire = new ManualClock();
  const held = new Held(wire);
  let givenUp = 0;
  const patience = (untilMs: number) => ({ untilMs, giveUp: () => void givenUp++ });
  const waiting = 150_000;
  const startMs = wire.monotonicMs();
  held.hold({ offset: 0, release: () => {}, patience: patience(startMs + 1) });
  for (let i = 1; i < waiting; i++) held.hold({ offset: i, release: () => {}, patience: patience(startMs + 2) });
  wire.advance(1);
  expect(givenUp).toBe(1);
  wire.advance(1);
  expect(givenUp).toBe(waiting);
});

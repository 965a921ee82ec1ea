import { expect, test } from "vitest";
import { StillClock } from "../storage.test-data.js";
import { Pacer } from "./pacer.js";

async function isDone(work: Promise<void>): Promise<boolean> {
  let done = false;
  void work.then(() => {
    done = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  return done;
}

test("work waits until its bytes are due", async () => {
  const clock = new StillClock();
  const pacer = new Pacer(clock, () => 1_000);
  const first = pacer.spend(500);
  clock.advance(499);
  expect(await isDone(first)).toBe(false);
  clock.advance(1);
  expect(await isDone(first)).toBe(true);
  const second = pacer.spend(100);
  clock.advance(100);
  expect(await isDone(second)).toBe(true);
});

test("work that is slower than the limit never waits", async () => {
  const pacer = new Pacer(new StillClock(), () => Number.MAX_VALUE);
  expect(await isDone(pacer.spend(1e12))).toBe(true);
});

test("whoever stops the work does not wait for its bytes", async () => {
  const pacer = new Pacer(new StillClock(), () => 1);
  const waiting = pacer.spend(1e9);
  expect(await isDone(waiting)).toBe(false);
  pacer.stop();
  expect(await isDone(waiting)).toBe(true);
  expect(await isDone(pacer.spend(1e9))).toBe(true);
});

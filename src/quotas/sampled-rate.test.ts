import { describe, expect, test } from "vitest";
import { SampledRate } from "./sampled-rate.js";

const windows = { windows: 3, windowMs: 1_000 };

describe("a rate over windows", () => {
  test("counts what is just beginning as if it had lasted one window", () => {
    const rate = new SampledRate(windows);
    expect(rate.perSecond(0)).toBe(0);
    rate.record(500, 0);
    expect(rate.perSecond(0)).toBe(500);
    expect(rate.perSecond(1_000)).toBe(500);
    expect(rate.perSecond(2_000)).toBe(250);
  });

  test("forgets a window when nothing has come in it for as long as all windows last", () => {
    const rate = new SampledRate(windows);
    rate.record(500, 0);
    rate.record(500, 900);
    rate.record(300, 1_500);
    expect(rate.perSecond(3_899)).toBeCloseTo((1_300 / 3_899) * 1_000);
    expect(rate.perSecond(3_900)).toBeCloseTo((300 / 2_400) * 1_000);
    expect(rate.perSecond(4_500)).toBe(0);
  });

  test("tells how long to wait, never longer than a window", () => {
    const rate = new SampledRate(windows);
    rate.record(1_500, 0);
    expect(rate.pauseMs(1_500, 0)).toBe(0);
    expect(rate.pauseMs(1_000, 0)).toBe(500);
    expect(rate.pauseMs(1_000, 1_400)).toBe(100);
    expect(rate.pauseMs(1_000, 1_500)).toBe(0);
    expect(rate.pauseMs(1, 0)).toBe(1_000);
    expect(rate.pauseMs(0, 0)).toBe(1_000);
  });

  test("of a steady stream stays near the stream", () => {
    const rate = new SampledRate(windows);
    for (let nowMs = 0; nowMs < 20_000; nowMs += 50) rate.record(100, nowMs);
    expect(rate.perSecond(20_000)).toBeGreaterThan(1_900);
    expect(rate.perSecond(20_000)).toBeLessThan(2_600);
  });
});

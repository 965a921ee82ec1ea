import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type RetainedLog, type RetentionRules, retainFrom } from "./retain.js";

const NOW_MS = 1_000_000;
const forever: RetentionRules = {
  cleanupPolicy: { compact: false, delete: true },
  retentionMs: -1,
  retentionBytes: -1,
};

/** Segments of ten records and 100 bytes each, of these ages. */
function logOf(agesMs: readonly number[], log: Partial<RetainedLog> = {}): RetainedLog {
  const segments = agesMs.map((ageMs, at) => ({ baseOffset: at * 10, bytes: 100, newestMs: NOW_MS - ageMs }));
  const endOffset = agesMs.length * 10;
  return { segments, logStartOffset: 0, highWatermark: endOffset, endOffset, ...log };
}

describe("retention", () => {
  test("keeps everything when no rule is set", () => {
    expect(retainFrom(logOf([9e5, 9e5]), forever, NOW_MS)).toBe(0);
  });

  test("gives up what is older than retention.ms, and stops at the first that is not", () => {
    expect(retainFrom(logOf([900, 800, 100, 900]), { ...forever, retentionMs: 500 }, NOW_MS)).toBe(20);
    expect(retainFrom(logOf([500]), { ...forever, retentionMs: 500 }, NOW_MS)).toBe(0);
  });

  test("gives up the active segment too when all of it is too old", () => {
    expect(retainFrom(logOf([900, 800]), { ...forever, retentionMs: 500 }, NOW_MS)).toBe(20);
  });

  test("gives up the oldest segments of a log larger than retention.bytes, as long as so much is left", () => {
    expect(retainFrom(logOf([0, 0, 0, 0]), { ...forever, retentionBytes: 250 }, NOW_MS)).toBe(10);
    expect(retainFrom(logOf([0, 0, 0, 0]), { ...forever, retentionBytes: 400 }, NOW_MS)).toBe(0);
  });

  test("looks at the age of what the size has left", () => {
    const rules = { ...forever, retentionBytes: 300, retentionMs: 500 };
    expect(retainFrom(logOf([0, 900, 900, 0]), rules, NOW_MS)).toBe(30);
  });

  test("leaves alone what is not committed", () => {
    const log = logOf([900, 900, 900], { highWatermark: 15 });
    expect(retainFrom(log, { ...forever, retentionMs: 500 }, NOW_MS)).toBe(10);
  });

  test("does not count what DeleteRecords took away already", () => {
    const log = logOf([0, 0, 0, 0], { logStartOffset: 25 });
    expect(retainFrom(log, { ...forever, retentionBytes: 200 }, NOW_MS)).toBe(25);
    expect(retainFrom(log, { ...forever, retentionBytes: 100 }, NOW_MS)).toBe(30);
  });

  test("has no say in a topic that is only compacted", () => {
    const rules = { cleanupPolicy: { compact: true, delete: false }, retentionMs: 1, retentionBytes: 0 };
    expect(retainFrom(logOf([900, 900]), rules, NOW_MS)).toBe(0);
    expect(retainFrom(logOf([900]), { ...rules, cleanupPolicy: { compact: true, delete: true } }, NOW_MS)).toBe(10);
  });

  test("whatever the log: the start never goes back, lies where a segment ends, and is committed", () => {
    const logs = fc.record({
      agesMs: fc.array(fc.nat(1000), { minLength: 1, maxLength: 300 }),
      start: fc.nat(3000),
      committed: fc.nat(3000),
      retentionMs: fc.integer({ min: -1, max: 1000 }),
      retentionBytes: fc.integer({ min: -1, max: 30_000 }),
    });
    fc.assert(
      fc.property(logs, ({ agesMs, start, committed, ...rules }) => {
        const whole = logOf(agesMs);
        const highWatermark = Math.min(committed, whole.endOffset);
        const log = { ...whole, logStartOffset: Math.min(start, highWatermark), highWatermark };
        const from = retainFrom(log, { ...forever, ...rules }, NOW_MS);
        if (from === log.logStartOffset) return;
        expect(from % 10).toBe(0);
        expect(from).toBeGreaterThan(log.logStartOffset);
        expect(from).toBeLessThanOrEqual(highWatermark);
      }),
      { seed: 4 },
    );
  });
});

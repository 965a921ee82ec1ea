import { describe, expect, test } from "vitest";
import { ReusedBuffers } from "./reused-buffers.js";

describe("buffers that are used again", () => {
  test("a buffer that was given back serves a wish of its size class", () => {
    const buffers = new ReusedBuffers(1 << 20);
    const first = buffers.take(5_000);
    expect(first.length).toBe(8 * 1024);
    buffers.release(first);
    expect(buffers.take(4_000) === first).toBe(false);
    expect(buffers.take(8_000) === first).toBe(true);
    expect(buffers.take(8_000) === first).toBe(false);
  });

  test("only so many bytes are kept, and none that are very large", () => {
    const buffers = new ReusedBuffers(16 * 1024);
    const all = [1, 2, 3].map(() => buffers.take(8 * 1024));
    for (const one of all) buffers.release(one);
    const again = [1, 2, 3].map(() => buffers.take(8 * 1024));
    expect(again.filter((one) => all.includes(one))).toHaveLength(2);
    const large = buffers.take(5 * 1024 * 1024);
    buffers.release(large);
    expect(buffers.take(5 * 1024 * 1024) === large).toBe(false);
  });
});

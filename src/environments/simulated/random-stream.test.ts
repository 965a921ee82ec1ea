import { expect, test } from "vitest";
import { RandomStream } from "./random-stream.js";

const drawn = (seed: number, purpose: string): number[] => {
  const stream = new RandomStream(seed, purpose);
  return Array.from({ length: 20 }, () => stream.below(1_000_000));
};

test("a stream follows from its seed and its purpose", () => {
  expect(drawn(1, "network")).toEqual(drawn(1, "network"));
  const streams = [drawn(1, "network"), drawn(2, "network"), drawn(1, "disk"), drawn(2 ** 32 + 1, "network")];
  expect(new Set(streams.map(String)).size).toBe(4);
});

test("the numbers of a seed are the same on every machine and version", () => {
  expect(drawn(7, "workload").slice(0, 4)).toEqual([731467, 486191, 799538, 264561]);
});

test("draws stay within their bounds and reach all of them", () => {
  const stream = new RandomStream(3, "bounds");
  const below = new Set<number>();
  const between = new Set<number>();
  const picked = new Set<string>();
  let heads = 0;
  for (let round = 0; round < 10_000; round++) {
    below.add(stream.below(5));
    between.add(stream.between(-1, 1));
    picked.add(stream.pick("a", "b", "c"));
    if (stream.chance(0.25)) heads++;
  }
  expect([...below].sort()).toEqual([0, 1, 2, 3, 4]);
  expect([...between].sort()).toEqual([-1, 0, 1]);
  expect([...picked].sort()).toEqual(["a", "b", "c"]);
  expect(heads).toBeGreaterThan(2_300);
  expect(heads).toBeLessThan(2_700);
  expect(stream.bytes(3)).toHaveLength(3);
});

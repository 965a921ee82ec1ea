import { expect, test } from "vitest";
import { firstLight } from "./first-light.js";

const SEEDS = [1, 2, 3, 4, 5];
const MS_MAX = 60_000;

test(
  "a broker and its clients do the same to the last byte in every run of one seed",
  async () => {
    for (const seed of SEEDS) {
      const first = await firstLight(seed);
      expect(await firstLight(seed)).toEqual(first);
      expect(first.answered).toBeGreaterThan(50);
      expect(first.consumed).toBeGreaterThan(first.answered);
    }
  },
  MS_MAX,
);

test(
  "another seed is another life",
  async () => {
    const hashes = await Promise.all(SEEDS.slice(0, 1).map(async (seed) => (await firstLight(seed)).sentHash));
    for (const seed of SEEDS.slice(1)) hashes.push((await firstLight(seed)).sentHash);
    expect(new Set(hashes).size).toBe(SEEDS.length);
  },
  MS_MAX,
);

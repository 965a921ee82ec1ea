import { expect, test } from "vitest";
import { firstLight } from "./first-light.js";

const SEEDS = [1, 2, 3];
const MS_MAX = 60_000;

test(
  "a broker and its clients send the same bytes and log the same lines in both runs of a seed, others with another seed",
  async () => {
    const hashes = new Set<string>();
    for (const seed of SEEDS) {
      const life = await firstLight(seed);
      expect(await firstLight(seed)).toEqual(life);
      expect(life.answered).toBeGreaterThan(50);
      expect(life.consumed).toBeGreaterThan(life.answered);
      hashes.add(life.sentHash);
    }
    expect(hashes.size).toBe(SEEDS.length);
  },
  MS_MAX,
);

/**
 * Crashes of the store at every operation of some seeds. `npm run crash` runs as many as one likes, and
 * `npm run crash -- --seed N` one that has failed.
 *
 * What these cases find was tried out on recovery with a mistake planted in it; docs/adr/0010-crash-tests.md tells with which.
 */
import { expect, test } from "vitest";
import { crashCase } from "./crash-case.js";

const SEEDS = [1, 2];
const MS_MAX = 120_000;

test.each(SEEDS)(
  "seed %i: whenever the process is killed or the power goes, what was durable is found again, and nothing else",
  async (seed) => {
    expect((await crashCase(seed)).crashPoints).toBeGreaterThan(20);
  },
  MS_MAX,
);

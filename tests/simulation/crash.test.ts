/**
 * Power cuts and kills at any moment, under load. `npm run simulate -- --crash --seeds 1000` runs as many seeds as one likes, and
 * `npm run simulate -- --crash --from SEED --seeds 1` one that has failed.
 */
import { expect, test } from "vitest";
import { crashRun } from "./crash/crash-run.js";

const SEEDS = Array.from({ length: 16 }, (_, index) => 1 + index);
const MS_MAX = 60_000;

test.each(SEEDS)(
  "crashes of seed %i: the broker starts again, keeps what it promised, and shows nothing that nobody sent",
  async (seed) => {
    expect((await crashRun(seed)).events).toBeGreaterThan(1_000);
  },
  MS_MAX,
);

/**
 * `npm run simulate -- --seeds 100000` plays as many seeds as one likes, and `--mutations` shows that it finds bugs. A seed plays
 * another story whenever one more number is drawn, so what the seeds have found is told again by tests that draw none: what a
 * replica kept that was lost with its leader (`parted-below-the-start.test.ts`), and a controller that was replaced while its
 * last batch was being written (`local-engine.test.ts`).
 */
import { expect, test } from "vitest";
import { clusterRun } from "./cluster/cluster-run.js";

const SEEDS = [1, 2, 4, 6];
const MS_MAX = 120_000;

test.each(SEEDS)(
  "a cluster of seed %i: nothing promised is lost or doubled, all replicas are alike, and in peace everybody gets on",
  async (seed) => {
    const { virtualMs, faults, operations } = await clusterRun(seed);
    expect(virtualMs).toBeGreaterThan(60_000);
    expect(faults).toBeGreaterThan(4);
    expect(operations).toBeGreaterThanOrEqual(1_000);
  },
  MS_MAX,
);

test(
  "a cluster and its clients send the same bytes in both runs of a seed",
  async () => {
    expect(await clusterRun(13)).toEqual(await clusterRun(13));
  },
  MS_MAX,
);

import { expect, test } from "vitest";
import { clusterRun } from "./cluster/cluster-run.js";

/** Among them cut networks, stale metadata, kills, power cuts and moves of partitions; `npm run simulate` plays more. */
const SEEDS = [3, 7, 11, 12, 13];
const MS_MAX = 120_000;

test.each(SEEDS)(
  "three brokers, seed %i: nothing acknowledged is lost or doubled, and all replicas end alike",
  async (seed) => {
    expect((await clusterRun(seed)).acknowledged).toBeGreaterThan(100);
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

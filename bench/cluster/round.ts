/** One round of one cluster: as much as it takes, and then a steady load that every cluster takes. */
import { BYTES_PER_GB, BYTES_PER_MB, percentile } from "../log/figures.js";
import { HeldMemory } from "../warm-memory.js";
import { REPLICAS } from "./bench-topic.js";
import type { Cluster } from "./clusters.js";
import { BATCH_BYTES, type Producers } from "./producers.js";

export interface RoundSize {
  readonly megabytes: number;
  readonly steadyBatches: number;
}

export interface Round {
  readonly megabytesPerSecond: number;
  /** Of all processes of the cluster, for each gigabyte that was produced, however many replicas it has. */
  readonly cpuSecondsPerGb: number;
  /** Of the process that sends. */
  readonly loadCpuSecondsPerGb: number;
  /** Of a request, from its sending to its answer, with as many under way as the cluster gets. */
  readonly fullP50Ms: number;
  readonly fullP99Ms: number;
  /** Of a batch, from when it was due, at the same rate for every cluster. */
  readonly steadyP50Ms: number;
  readonly steadyP99Ms: number;
}

/** 16 KiB every 4 ms are 4 MB a second. */
export const STEADY_INTERVAL_MS = 4;
const MICROSECONDS_PER_SECOND = 1_000_000;

export async function roundOf(cluster: Cluster, producers: Producers, size: RoundSize): Promise<Round> {
  const memory = new HeldMemory(pageCacheBytes(size));
  const [startedMs, cpuBefore, loadBefore] = [performance.now(), cluster.cpuSeconds(), process.cpuUsage()];
  const { bytes, latenciesMs } = await producers.sendMany(size.megabytes * BYTES_PER_MB, (acknowledged) =>
    memory.letGo(REPLICAS * acknowledged),
  );
  const seconds = (performance.now() - startedMs) / 1000;
  const cpuSeconds = cluster.cpuSeconds() - cpuBefore;
  const { user, system } = process.cpuUsage(loadBefore);
  memory.letGoOfAll();
  const steadyMs = await producers.sendSteadily(size.steadyBatches, STEADY_INTERVAL_MS);
  const gigabytes = bytes / BYTES_PER_GB;
  return {
    megabytesPerSecond: bytes / BYTES_PER_MB / seconds,
    cpuSecondsPerGb: cpuSeconds / gigabytes,
    loadCpuSecondsPerGb: (user + system) / MICROSECONDS_PER_SECOND / gigabytes,
    fullP50Ms: percentile(latenciesMs, 0.5),
    fullP99Ms: percentile(latenciesMs, 0.99),
    steadyP50Ms: percentile(steadyMs, 0.5),
    steadyP99Ms: percentile(steadyMs, 0.99),
  };
}

/** What a round leaves in the page cache: all replicas lie on this machine. */
function pageCacheBytes({ megabytes, steadyBatches }: RoundSize): number {
  return REPLICAS * (megabytes * BYTES_PER_MB + steadyBatches * BATCH_BYTES);
}

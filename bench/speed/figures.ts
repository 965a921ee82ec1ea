/** What can be measured of a contender under a workload, and how it is told. */
import { BYTES_PER_GB } from "../log/figures.js";
import { type Contender, cpuSeconds, residentPeakMb } from "./contender.js";
import type { LoadOutcome } from "./native-load.js";

export const figureKinds = {
  "records per second": { digits: 0, isBetter: "more" },
  "MB per second": { digits: 0, isBetter: "more" },
  "broker CPU-seconds per GB": { digits: 2, isBetter: "less" },
  "broker CPU-seconds per million records": { digits: 2, isBetter: "less" },
  "latency p50, ms": { digits: 3, isBetter: "less" },
  "latency p99, ms": { digits: 3, isBetter: "less" },
  "latency p99.9, ms": { digits: 3, isBetter: "less" },
  "start to ready, ms": { digits: 0, isBetter: "less" },
  "resident memory, MB": { digits: 0, isBetter: "less" },
  "peak of resident memory, MB": { digits: 0, isBetter: "less" },
} as const satisfies Readonly<Record<string, { readonly digits: number; readonly isBetter: "more" | "less" }>>;

export type FigureName = keyof typeof figureKinds;

/** What one round found. */
export type Samples = Readonly<Partial<Record<FigureName, number>>>;

const RECORDS_PER_MILLION = 1_000_000;
const BYTES_PER_MB = 1_000_000;

/** Runs a load, and puts what it says beside what the broker took for it. */
export async function measured(contender: Contender, load: () => Promise<LoadOutcome>): Promise<Samples> {
  const cpuBefore = cpuSeconds(contender);
  const { records, bytes, seconds, latencyMs } = await load();
  const cpu = cpuSeconds(contender) - cpuBefore;
  return {
    "records per second": records / seconds,
    "MB per second": bytes / BYTES_PER_MB / seconds,
    "broker CPU-seconds per GB": (cpu * BYTES_PER_GB) / bytes,
    "broker CPU-seconds per million records": (cpu * RECORDS_PER_MILLION) / records,
    ...(latencyMs !== undefined && {
      "latency p50, ms": latencyMs.p50,
      "latency p99, ms": latencyMs.p99,
      "latency p99.9, ms": latencyMs.p999,
    }),
    "peak of resident memory, MB": residentPeakMb(contender),
  };
}

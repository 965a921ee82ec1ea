/** What can be measured of a contender under a workload, and how it is told. */
import { BYTES_PER_GB } from "../log/figures.js";
import { type Contender, cpuSeconds, forgetResidentPeak, residentPeakMb, whileAlive } from "./contender.js";
import type { LoadOutcome } from "./native-load.js";

export interface FigureKind {
  readonly digits: number;
  readonly isBetter: "more" | "less";
  /** It says nothing of a load whose records have hardly any bytes. */
  readonly isOfBytes?: true;
}

export const figureKinds = {
  "records per second": { digits: 0, isBetter: "more" },
  "MB per second": { digits: 0, isBetter: "more", isOfBytes: true },
  "records per request": { digits: 1, isBetter: "more" },
  "broker CPU-seconds per GB": { digits: 2, isBetter: "less", isOfBytes: true },
  "broker CPU-seconds per million records": { digits: 2, isBetter: "less" },
  "broker CPU-seconds per million requests": { digits: 1, isBetter: "less" },
  "latency, mean, ms": { digits: 3, isBetter: "less" },
  "latency p50, ms": { digits: 3, isBetter: "less" },
  "latency p99, ms": { digits: 3, isBetter: "less" },
  "latency p99.9, ms": { digits: 3, isBetter: "less" },
  "created, ms per partition": { digits: 2, isBetter: "less" },
  "start to ready, ms": { digits: 0, isBetter: "less" },
  "resident memory, MB": { digits: 0, isBetter: "less" },
  "peak of resident memory, MB": { digits: 0, isBetter: "less" },
} as const satisfies Readonly<Record<string, FigureKind>>;

export type FigureName = keyof typeof figureKinds;

/** What one round found. */
export type Samples = Readonly<Partial<Record<FigureName, number>>>;

const PER_MILLION = 1_000_000;
const BYTES_PER_MB = 1_000_000;

/** Runs a load, and puts what it says beside what the broker took for it. */
export async function measured(
  contender: Pick<Contender, "pid" | "observe">,
  load: () => Promise<LoadOutcome>,
): Promise<Samples> {
  forgetResidentPeak(contender);
  const cpuBefore = cpuSeconds(contender);
  const outcome = await whileAlive(contender, contender.observe?.(load) ?? load());
  const cpu = cpuSeconds(contender) - cpuBefore;
  const { records, bytes, seconds } = outcome;
  return {
    "records per second": records / seconds,
    "MB per second": bytes / BYTES_PER_MB / seconds,
    "broker CPU-seconds per GB": (cpu * BYTES_PER_GB) / bytes,
    "broker CPU-seconds per million records": (cpu * PER_MILLION) / records,
    ...requestFigures(outcome, cpu),
    ...latencyFigures(outcome),
    "peak of resident memory, MB": residentPeakMb(contender),
  };
}

function requestFigures({ requests, records }: LoadOutcome, cpu: number): Samples {
  if (requests === undefined) return {};
  return {
    "records per request": records / requests,
    "broker CPU-seconds per million requests": (cpu * PER_MILLION) / requests,
  };
}

function latencyFigures({ meanLatencyMs, latencyMs }: LoadOutcome): Samples {
  return {
    ...(meanLatencyMs !== undefined && { "latency, mean, ms": meanLatencyMs }),
    ...(latencyMs !== undefined && {
      "latency p50, ms": latencyMs.p50,
      "latency p99, ms": latencyMs.p99,
      "latency p99.9, ms": latencyMs.p999,
    }),
  };
}

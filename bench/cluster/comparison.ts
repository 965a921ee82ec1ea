/** What the rounds of a cluster of Samsa say beside those of Apache Kafka, and whether it keeps its targets. */
import { asRatio, inMs, median } from "../log/figures.js";
import type { ClusterName } from "./clusters.js";
import type { Round } from "./round.js";

const RATE_RATIO_MIN = 1.5;
const CPU_RATIO_MAX = 1 / 2;
const LATENCY_RATIO_MAX = 1;

export interface Row {
  readonly what: string;
  /** Smallest, median and largest. */
  readonly apache: string;
  readonly samsa: string;
  /** Samsa's figure to Apache Kafka's: the median of the rounds, each beside the one next to it. */
  readonly ratio: string;
  readonly target: string;
  readonly verdict: "" | "holds" | "MISSED";
}

export interface Compared {
  readonly name: ClusterName;
  readonly rows: readonly Row[];
  readonly holds: boolean;
}

const inRate = (megabytes: number) => `${megabytes.toFixed(0)} MB/s`;
const inCpu = (seconds: number) => `${seconds.toFixed(2)} s`;

const figures: readonly {
  readonly what: string;
  readonly of: keyof Round;
  readonly text: (value: number) => string;
}[] = [
  { what: "produced", of: "megabytesPerSecond", text: inRate },
  { what: "CPU of the cluster per GB", of: "cpuSecondsPerGb", text: inCpu },
  { what: "CPU of the load per GB", of: "loadCpuSecondsPerGb", text: inCpu },
  { what: "p50, as much as it takes", of: "fullP50Ms", text: inMs },
  { what: "p99, as much as it takes", of: "fullP99Ms", text: inMs },
  { what: "p50, steady load", of: "steadyP50Ms", text: inMs },
  { what: "p99, steady load", of: "steadyP99Ms", text: inMs },
];

export function compareWithApache(name: ClusterName, samsa: readonly Round[], apache: readonly Round[]): Compared {
  const ratioOf = (of: keyof Round) => median(samsa.map((round, at) => round[of] / (apache[at]?.[of] ?? Number.NaN)));
  const isFastOrCheap = ratioOf("megabytesPerSecond") >= RATE_RATIO_MIN || ratioOf("cpuSecondsPerGb") <= CPU_RATIO_MAX;
  const isPrompt = ratioOf("steadyP99Ms") <= LATENCY_RATIO_MAX;
  const targets: Partial<Record<keyof Round, { readonly target: string; readonly holds: boolean }>> = {
    megabytesPerSecond: { target: `at least ${asRatio(RATE_RATIO_MIN)}, or`, holds: isFastOrCheap },
    cpuSecondsPerGb: { target: `at most ${asRatio(CPU_RATIO_MAX)}`, holds: isFastOrCheap },
    steadyP99Ms: { target: `at most ${asRatio(LATENCY_RATIO_MAX)}`, holds: isPrompt },
  };
  const rows = figures.map(({ what, of, text }): Row => {
    const summary = (rounds: readonly Round[]) => {
      const values = rounds.map((round) => round[of]);
      return [Math.min(...values), median(values), Math.max(...values)].map(text).join(", ");
    };
    const { target = "", holds } = targets[of] ?? {};
    const verdict = holds === undefined ? "" : holds ? "holds" : "MISSED";
    return { what, apache: summary(apache), samsa: summary(samsa), ratio: asRatio(ratioOf(of)), target, verdict };
  });
  return { name, rows, holds: isFastOrCheap && isPrompt };
}

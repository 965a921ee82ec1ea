/** What the rounds of a cluster of Samsa say beside those of Apache Kafka, and whether it keeps its targets. */
import { inMs } from "../log/figures.js";
import { atLeast, atMost, type Goal, type Line, lineOf, type Pair, ratioOf } from "../report/beside-apache.js";
import type { ClusterName } from "./clusters.js";
import type { Round } from "./round.js";

const fast = atLeast(1.5);
const cheap = atMost(1 / 2);
const prompt = atMost(1);

export interface Compared {
  readonly name: ClusterName;
  readonly lines: readonly Line[];
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
  const pairOf = (of: keyof Round): Pair => ({
    apache: apache.map((round) => round[of]),
    samsa: samsa.map((round) => round[of]),
  });
  const isKept = (of: keyof Round, goal: Goal) => goal.holds(ratioOf(pairOf(of)).median);
  const isFastOrCheap = isKept("megabytesPerSecond", fast) || isKept("cpuSecondsPerGb", cheap);
  const goals: Readonly<Partial<Record<keyof Round, Goal>>> = {
    megabytesPerSecond: { text: `${fast.text}, or`, holds: () => isFastOrCheap },
    cpuSecondsPerGb: { text: cheap.text, holds: () => isFastOrCheap },
    steadyP99Ms: prompt,
  };
  const lines = figures.map(({ what, of, text }) => lineOf(what, pairOf(of), text, goals[of] ?? null));
  return { name, lines, holds: lines.every(({ verdict }) => verdict !== "MISSED") };
}

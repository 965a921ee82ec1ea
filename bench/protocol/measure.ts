/** How long two ways of doing the same take, in turns within one process: the two meet the same machine. */
import { median } from "../log/figures.js";

export interface Compared {
  /** Medians of one run each. */
  readonly oneNs: number;
  readonly otherNs: number;
  /** How many times the other's time the one takes: the median of the rounds. */
  readonly ratio: number;
}

/** Long enough for the clock, short enough that both ways of a round meet the same load. */
const SAMPLE_MS = 1;
const WARM_UP_MS = 60;

export function compareInTurns(one: () => unknown, other: () => unknown, rounds: number): Compared {
  const [oneRuns, otherRuns] = [runsPerSample(one), runsPerSample(other)];
  const [ones, others]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    ones.push(nsPerRun(one, oneRuns));
    others.push(nsPerRun(other, otherRuns));
  }
  const ratio = median(ones.map((ns, round) => ns / (others[round] ?? Number.NaN)));
  return { oneNs: median(ones), otherNs: median(others), ratio };
}

/** Warms it up, too. */
function runsPerSample(run: () => unknown): number {
  const untilMs = performance.now() + WARM_UP_MS;
  while (performance.now() < untilMs) nsPerRun(run, 100);
  return Math.max(1, Math.round((SAMPLE_MS * 1e6) / nsPerRun(run, 1000)));
}

/** What was made last stays reachable, so that no run is left out as useless. */
let last: unknown;

function nsPerRun(run: () => unknown, runs: number): number {
  const startedMs = performance.now();
  for (let i = 0; i < runs; i += 1) last = run();
  return ((performance.now() - startedMs) * 1e6) / runs + (last === undefined ? 0 : 0);
}

/** What befalls the cluster of one seed: drawn before the run, so that it can be printed, and cut down by hand. */
import type { RandomStream } from "../../../src/environments/simulated/random-stream.js";

export interface Fault {
  readonly atMs: number;
  readonly kind:
    | "stop"
    | "kill"
    | "power cut"
    /** From all other brokers, not from its clients. */
    | "isolate"
    /** Nothing reaches it from the other brokers, though they hear it. */
    | "deafen"
    /** From the metadata engine. */
    | "stall metadata"
    /** From the metadata engine and all other brokers: it goes on with what it knew. */
    | "strand";
  /** The index of the broker. */
  readonly broker: number;
  readonly forMs: number;
}

export interface ClusterSchedule {
  readonly faults: readonly Fault[];
  readonly partitions: number;
  readonly producers: number;
  readonly readers: number;
  readonly lastsMs: number;
  /** Whether partitions are moved meanwhile. */
  readonly hasMover: boolean;
  /** A follower that has to fetch often is behind for long. */
  readonly fetchBytesMax: number;
}

const LASTS_MS = 40_000;

export function drawClusterSchedule(random: RandomStream, brokers: number): ClusterSchedule {
  const faults = Array.from({ length: random.between(5, 20) }, () => drawFault(random, brokers));
  return {
    faults: faults.sort((one, other) => one.atMs - other.atMs),
    partitions: random.between(1, 3),
    producers: random.between(1, 3),
    readers: random.between(1, 2),
    lastsMs: LASTS_MS,
    hasMover: random.chance(0.5),
    fetchBytesMax: random.pick(1, 4_000, 1_048_576),
  };
}

function drawFault(random: RandomStream, brokers: number): Fault {
  return {
    atMs: 1_000 + random.below(LASTS_MS - 10_000),
    kind: random.pick(
      "stop",
      "kill",
      "kill",
      "power cut",
      "power cut",
      "isolate",
      "deafen",
      "stall metadata",
      "strand",
      "strand",
    ),
    broker: random.below(brokers),
    forMs: 100 + random.below(random.pick(500, 4_000, 10_000)),
  };
}

/** For tests: replicas of a broker that has no peers. */
import type { Clock } from "../../lib/environment.js";
import type { PartitionsOptions } from "./partitions.js";
import type { ReplicaThrottle } from "./replica-throttle.js";

export const noThrottle: ReplicaThrottle = { isThrottled: () => false, pauseMs: () => 0, record: () => {} };

export function withoutPeers(wire: Pick<Clock, "monotonicMs">): Pick<PartitionsOptions, "ports" | "onRole"> {
  const still = { lagTimeMaxMs: 30_000, throttle: noThrottle, propose: () => {} };
  return { ports: { wire, brokers: () => new Map(), ...still }, onRole: () => {} };
}

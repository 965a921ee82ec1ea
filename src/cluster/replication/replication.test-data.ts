/** For tests: replicas of a broker that has no peers. */
import type { Clock } from "../../lib/environment.js";
import type { ReplicaPorts } from "./replica-ports.js";

export function withoutPeers(wire: Pick<Clock, "monotonicMs">): ReplicaPorts {
  return { wire, brokers: () => new Map(), lagTimeMaxMs: 30_000, propose: () => {}, onRole: () => {} };
}

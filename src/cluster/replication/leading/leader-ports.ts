/** What a leader needs of the rest of its broker. */
import type { Clock } from "../../../lib/environment.js";
import type { BrokerImage } from "../../../metadata/image/image.js";
import type { ReplicaThrottle } from "../replica-throttle.js";
import type { IsrProposal } from "./isr-proposals.js";

export interface LeaderPorts {
  readonly wire: Pick<Clock, "monotonicMs">;
  /** As the newest metadata has them. */
  readonly brokers: () => ReadonlyMap<number, BrokerImage>;
  /** `replica.lag.time.max.ms` */
  readonly lagTimeMaxMs: number;
  /** On what followers of this broker get that are not in sync. */
  readonly throttle: ReplicaThrottle;
  readonly propose: (proposal: IsrProposal) => void;
}

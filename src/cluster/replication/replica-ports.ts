/** What a replica needs of the rest of its broker. */
import type { Clock } from "../../lib/environment.js";
import type { BrokerImage } from "../../metadata/image.js";
import type { IsrProposal } from "./leading/isr-proposals.js";
import type { Partition } from "./partition.js";
import type { ReplicaThrottle } from "./replica-throttle.js";

export interface ReplicaPorts {
  readonly wire: Pick<Clock, "monotonicMs">;
  /** As the newest metadata has them. */
  readonly brokers: () => ReadonlyMap<number, BrokerImage>;
  /** `replica.lag.time.max.ms` */
  readonly lagTimeMaxMs: number;
  /** On what followers of this broker get that are not in sync. */
  readonly throttle: ReplicaThrottle;
  readonly propose: (proposal: IsrProposal) => void;
  /** This broker plays another part for the partition from now on. */
  readonly onRole: (partition: Partition) => void;
}

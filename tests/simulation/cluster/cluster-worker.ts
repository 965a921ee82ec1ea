/** What all clients of the workload share. */
import type { RandomStream } from "../../../src/environments/simulated/random-stream.js";
import { errors } from "../../../src/protocol/errors.js";
import type { Place } from "../calls.js";
import type { ClusterClient } from "./cluster-client.js";
import type { Ledger } from "./ledger.js";

export interface ClusterWorkerOptions {
  readonly client: ClusterClient;
  readonly places: readonly Place[];
  readonly ledger: Ledger;
  readonly random: RandomStream;
}

export interface ClusterWorker {
  /** Nothing is under way of which it does not know the end. */
  readonly isIdle: boolean;
  /** Does one thing and tells the ledger about it. Rejects with `ConnectionLost`. */
  step(): Promise<void>;
}

/** What every client must be ready to hear while brokers come and go. */
export const passing: ReadonlySet<number> = new Set([
  errors.UNKNOWN_TOPIC_ID.code,
  errors.UNKNOWN_TOPIC_OR_PARTITION.code,
  errors.LEADER_NOT_AVAILABLE.code,
  errors.NOT_LEADER_OR_FOLLOWER.code,
  errors.FENCED_LEADER_EPOCH.code,
  errors.UNKNOWN_LEADER_EPOCH.code,
  errors.REQUEST_TIMED_OUT.code,
  errors.NOT_ENOUGH_REPLICAS.code,
  errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND.code,
]);

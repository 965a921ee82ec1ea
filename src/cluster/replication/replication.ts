/**
 * What a broker does for its replicas: it keeps them in step with the metadata, follows the leaders of some (`fetchers`),
 * and tells the controller who is in sync with those that it leads (`isr-proposals`).
 */
import type { BrokerConfig } from "../../config/broker-config.js";
import type { Outcome } from "../../coordination/tickets.js";
import type { Cancellable, Clock } from "../../lib/environment.js";
import type { BrokerImage, MetadataImage } from "../../metadata/image/image.js";
import type { Logger } from "../../observability/logger.js";
import type { AlterPartition } from "../../protocol/messages/56-alter-partition.js";
import type { RequestOf, ResponseOf } from "../../protocol/schema/message.js";
import type { LogStore } from "../../storage/folders/log-store.js";
import type { LogConfig } from "../../storage/log-config.js";
import { Fetchers } from "./fetching/fetchers.js";
import type { LeaderRequests } from "./fetching/leader-requests.js";
import { IsrProposals } from "./leading/isr-proposals.js";
import type { Partition } from "./partition.js";
import { Partitions } from "./partitions.js";
import type { ReplicaThrottles } from "./replica-throttle.js";

export interface ReplicationOptions {
  readonly nodeId: number;
  readonly clock: Clock;
  readonly wire: Clock;
  readonly logger: Logger;
  readonly store: LogStore;
  /** The configuration of a topic's logs under an image. */
  readonly logConfigOf: (topic: string, image: MetadataImage) => LogConfig;
  readonly settings: BrokerConfig["replication"];
  /** As the newest metadata has them. */
  readonly brokers: () => ReadonlyMap<number, BrokerImage>;
  /** The registration of this broker. */
  readonly brokerEpoch: () => number;
  readonly leaders: LeaderRequests;
  readonly throttles: ReplicaThrottles;
  /** The call to the controller, wherever it is. It waits for a controller that changes, but not for ever. */
  readonly alterPartition: (
    request: RequestOf<typeof AlterPartition>,
  ) => Promise<Outcome<ResponseOf<typeof AlterPartition>>>;
}

export class Replication {
  readonly partitions: Partitions;
  readonly #options: ReplicationOptions;
  readonly #fetchers: Fetchers;
  readonly #proposals: IsrProposals;
  /** Those that this broker leads and others follow. */
  readonly #led = new Set<Partition>();
  #lagCheck: Cancellable | null = null;

  constructor(options: ReplicationOptions) {
    this.#options = options;
    const { nodeId, clock, wire, store, logConfigOf, settings, brokers, throttles } = options;
    this.#fetchers = new Fetchers({ ...options, throttle: throttles.follower });
    this.#proposals = new IsrProposals({ ...options, brokerId: nodeId });
    this.partitions = new Partitions({
      ...{ nodeId, clock, store, logConfigOf },
      ports: {
        ...{ wire, brokers },
        throttle: throttles.leader,
        lagTimeMaxMs: settings.replicaLagTimeMaxMs,
        propose: (proposal) => this.#proposals.propose(proposal),
      },
      onRole: (partition) => this.#hasRole(partition),
    });
  }

  close(): void {
    this.#lagCheck?.cancel();
    this.#led.clear();
    this.#fetchers.close();
    this.#proposals.close();
  }

  #hasRole(partition: Partition): void {
    this.#fetchers.assign(partition);
    if (partition.leading?.hasFollowers) this.#led.add(partition);
    else this.#led.delete(partition);
    if (this.#led.size > 0 && this.#lagCheck === null) this.#checkLagLater();
  }

  /** So often that a follower which stopped is out of sync after one and a half times `replica.lag.time.max.ms`. */
  #checkLagLater(): void {
    const { wire, settings } = this.#options;
    this.#lagCheck = wire.at(wire.monotonicMs() + settings.replicaLagTimeMaxMs / 2, () => {
      this.#lagCheck = null;
      for (const { leading } of this.#led) leading?.checkLag();
      if (this.#led.size > 0) this.#checkLagLater();
    });
  }
}

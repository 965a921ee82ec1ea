/** The coordinators of groups and of transactions, and what these need to begin and to end their work. */
import type { Peers } from "../../cluster/peers/peers.js";
import type { Partitions } from "../../cluster/replication/partitions.js";
import type { BrokerConfig } from "../../config/broker-config.js";
import type { GroupTypes } from "../../groups/group-types.js";
import type { Environment } from "../../lib/environment.js";
import type { Waiters } from "../../lib/waiters.js";
import type { MetadataImage } from "../../metadata/image/image.js";
import type { Logger } from "../../observability/logger.js";
import type { TransactionTypes } from "../../transactions/transaction-types.js";
import type { ProducerIds } from "../controlling/producer-ids.js";
import { groupShards } from "./group-shards.js";
import { MarkerDelivery } from "./marker-delivery.js";
import type { Shards } from "./shards.js";
import { TransactionInquiries } from "./transaction-inquiries.js";
import { TransactionMarkers } from "./transaction-markers.js";
import { transactionShards } from "./transaction-shards.js";

export interface CoordinatorsOptions {
  readonly nodeId: number;
  readonly config: BrokerConfig;
  /** As it is now. */
  readonly configNow: () => BrokerConfig;
  readonly environment: Environment;
  readonly logger: Logger;
  readonly partitions: Partitions;
  readonly producerIds: ProducerIds;
  readonly peers: Peers;
  readonly waiters: Waiters;
  readonly image: () => MetadataImage;
}

export class Coordinators {
  readonly groups: Shards<GroupTypes>;
  readonly transactions: Shards<TransactionTypes>;
  readonly transactionMarkers: TransactionMarkers;
  readonly transactionInquiries: TransactionInquiries;

  constructor(options: CoordinatorsOptions) {
    const { nodeId, environment, logger, partitions, waiters, peers, image } = options;
    this.groups = groupShards(options);
    this.transactionMarkers = new TransactionMarkers({
      ...{ partitions, groups: this.groups, waiters },
      wire: environment.wire,
    });
    const markers = this.transactionMarkers;
    const delivery = new MarkerDelivery({ nodeId, markers, peers, image, logger });
    this.transactions = transactionShards({ ...options, delivery });
    this.transactionInquiries = new TransactionInquiries(peers);
  }

  publish(before: MetadataImage, after: MetadataImage): void {
    this.groups.publish(before, after);
    this.transactions.publish(before, after);
  }

  close(): void {
    this.groups.close();
    this.transactions.close();
  }
}

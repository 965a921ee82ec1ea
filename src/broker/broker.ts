import type { Partitions } from "../cluster/replication/partitions.js";
import type { FetchSessions } from "../cluster/replication/sessions/fetch-sessions.js";
import type { BrokerConfig } from "../config/broker-config.js";
import type { GroupTypes } from "../groups/group-types.js";
import type { Environment } from "../lib/environment.js";
import type { MayGo, Parked } from "../lib/waiters.js";
import type { MetadataImage } from "../metadata/image/image.js";
import type { Logger } from "../observability/logger.js";
import type { Authorizer } from "../security/authorizer.js";
import type { LogStore } from "../storage/folders/log-store.js";
import type { TransactionTypes } from "../transactions/transaction-types.js";
import type { ControllerCalls } from "./controlling/controller-calls.js";
import type { ProducerIds } from "./controlling/producer-ids.js";
import type { TopicCreation } from "./controlling/topic-creation.js";
import type { Shards } from "./coordinating/shards.js";
import type { TransactionInquiries } from "./coordinating/transaction-inquiries.js";
import type { TransactionMarkers } from "./coordinating/transaction-markers.js";
import type { Reach } from "./reach.js";
import type { ClientTelemetry } from "./telemetry/client-telemetry.js";

/** A running broker, as the handlers see it: the ports of its rooms. It is put together in `open-broker.ts`. */
export interface Broker {
  readonly nodeId: number;
  readonly clusterId: string;
  readonly config: BrokerConfig;
  readonly environment: Environment;
  readonly logger: Logger;
  readonly authorizer: Authorizer;
  readonly reach: Reach;
  /** The newest metadata. A handler uses the image of its context, save where it has just changed the metadata itself. */
  readonly image: MetadataImage;
  /** The data folders with their logs. */
  readonly logs: LogStore;
  readonly partitions: Partitions;
  readonly fetchSessions: FetchSessions;
  /** The coordinators of groups; `shardOf(groupId)`. */
  readonly groups: Shards<GroupTypes>;
  /** The coordinators of transactions; `shardOf(transactionalId)`. */
  readonly transactions: Shards<TransactionTypes>;
  readonly transactionMarkers: TransactionMarkers;
  /** Questions to the coordinators of transactions on other brokers. */
  readonly transactionInquiries: TransactionInquiries;
  /** The controller, wherever it is. */
  readonly controller: Pick<ControllerCalls, "call" | "callHere" | "controllerId">;
  readonly producerIds: ProducerIds;
  readonly topicCreation: TopicCreation;
  /** What clients are asked for and push of their own metrics. */
  readonly clientTelemetry: ClientTelemetry;
  /** Whether there are, or may be, other brokers: alone it serves nothing of what brokers ask each other. */
  readonly hasPeers: boolean;
  /** Settles when the broker has joined its cluster: until then it serves other brokers only. Null once it has. */
  readonly joining: Promise<void> | null;
  readonly park: (caller: MayGo, parked: Parked) => void;
}

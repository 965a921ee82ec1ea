/** What the controller is told and asked, what it keeps, and what it is made with. */
import type { MachineTypes } from "../../coordination/state-machine.js";
import type { Random } from "../../lib/environment.js";
import type { ImageDraft } from "../../metadata/image/draft.js";
import type { MetadataRecord } from "../../metadata/records/metadata-record.js";
import type { CreateTopics } from "../../protocol/messages/19-create-topics.js";
import type { DeleteTopics } from "../../protocol/messages/20-delete-topics.js";
import type { AlterConfigs } from "../../protocol/messages/33-alter-configs.js";
import type { CreatePartitions } from "../../protocol/messages/37-create-partitions.js";
import type { ElectLeaders } from "../../protocol/messages/43-elect-leaders.js";
import type { IncrementalAlterConfigs } from "../../protocol/messages/44-incremental-alter-configs.js";
import type { AlterPartitionReassignments } from "../../protocol/messages/45-alter-partition-reassignments.js";
import type { ListPartitionReassignments } from "../../protocol/messages/46-list-partition-reassignments.js";
import type { AlterClientQuotas } from "../../protocol/messages/49-alter-client-quotas.js";
import type { AlterUserScramCredentials } from "../../protocol/messages/51-alter-user-scram-credentials.js";
import type { AlterPartition } from "../../protocol/messages/56-alter-partition.js";
import type { UpdateFeatures } from "../../protocol/messages/57-update-features.js";
import type { BrokerRegistration } from "../../protocol/messages/62-broker-registration.js";
import type { BrokerHeartbeat } from "../../protocol/messages/63-broker-heartbeat.js";
import type { UnregisterBroker } from "../../protocol/messages/64-unregister-broker.js";
import type { AllocateProducerIds } from "../../protocol/messages/67-allocate-producer-ids.js";
import type { AssignReplicasToDirs } from "../../protocol/messages/73-assign-replicas-to-dirs.js";
import type { RequestOf, ResponseOf } from "../../protocol/schema/message.js";
import type { ConfigRules } from "./config-rules.js";

interface CallOf<A> {
  request: RequestOf<A>;
  reply: ResponseOf<A>;
}

export interface ControllerTypes extends MachineTypes {
  State: ControllerState;
  Rec: MetadataRecord;
  Touch: ControllerTouch;
  /** Another broker should lead: most of the others cannot be heard from here. */
  Errand: "step down";
  ErrandResult: "stepped down";
  /** Requests have been authorized. A caller that may not see all of an answer gets it cut down by the handler. */
  Calls: {
    registerBroker: CallOf<typeof BrokerRegistration>;
    brokerHeartbeat: CallOf<typeof BrokerHeartbeat>;
    createTopics: CallOf<typeof CreateTopics>;
    deleteTopics: CallOf<typeof DeleteTopics>;
    createPartitions: CallOf<typeof CreatePartitions>;
    alterConfigs: CallOf<typeof AlterConfigs>;
    incrementalAlterConfigs: CallOf<typeof IncrementalAlterConfigs>;
    electLeaders: CallOf<typeof ElectLeaders>;
    alterPartitionReassignments: CallOf<typeof AlterPartitionReassignments>;
    listPartitionReassignments: CallOf<typeof ListPartitionReassignments>;
    alterClientQuotas: CallOf<typeof AlterClientQuotas>;
    alterUserScramCredentials: CallOf<typeof AlterUserScramCredentials>;
    alterPartition: CallOf<typeof AlterPartition>;
    assignReplicasToDirs: CallOf<typeof AssignReplicasToDirs>;
    updateFeatures: CallOf<typeof UpdateFeatures>;
    unregisterBroker: CallOf<typeof UnregisterBroker>;
    allocateProducerIds: CallOf<typeof AllocateProducerIds>;
  };
}

export type ControllerCall = keyof ControllerTypes["Calls"];

/** What a call comes to: the records that make it so, and the answer that leaves when they are committed. */
export interface Decided<K extends ControllerCall> {
  readonly records: readonly MetadataRecord[];
  /** As Apache Kafka's results that are not atomic: of partitions that change each for itself. */
  readonly isDivisible?: boolean;
  readonly touches?: readonly ControllerTouch[];
  readonly reply: ControllerTypes["Calls"][K]["reply"];
}

export interface ControllerState {
  /** The working image: it also holds what is not committed yet. */
  readonly image: ImageDraft;
  /** The topics that share a name in the metrics, by that name. */
  readonly collisions: Map<string, Set<string>>;
  /** Of every broker that was heard of since this controller leads, and of those that were unfenced then. */
  readonly sessions: Map<number, BrokerSession>;
  /** When all leaders are looked at next, on the monotonic clock, by what they are looked at for. */
  readonly leaderChecksMs: Record<LeaderCheck, number>;
}

/** What leaders are looked at for from time to time: those that should return to preferred replicas, and those that are missing. */
export type LeaderCheck = "preferred" | "missing";

/** What the log does not say of a broker. */
export interface BrokerSession {
  /** On the monotonic clock. */
  readonly lastContactMs: number;
  /** False: it was taken over from the log, and nobody knows yet whether the broker lives. */
  readonly wasHeard: boolean;
  /** The last metadata offset that the broker has seen. */
  readonly metadataOffset: number;
  /** In a controlled shutdown: when all others have seen this offset, the broker may go. */
  readonly shutdownOffset: number | null;
}

/** Puts a broker's session, or removes it; or says when all leaders are looked at next. */
export type ControllerTouch =
  | { readonly brokerId: number; readonly session: BrokerSession | null }
  | { readonly leaderCheck: LeaderCheck; readonly dueMs: number };

export interface ControllerSettings {
  readonly clusterId: string;
  /** The node on which this controller runs. */
  readonly controllerId: number;
  /** For topic ids and for the first broker of a placement. */
  readonly random: Random;
  readonly configRules: ConfigRules;
  /** What a SCRAM credential keeps of a password. */
  readonly scramKeys: (mechanism: number, saltedPassword: Uint8Array) => ScramKeys;
  /** `num.partitions` and `default.replication.factor`. */
  readonly topicDefaults: { readonly numPartitions: number; readonly replicationFactor: number };
  /** `broker.session.timeout.ms` */
  readonly brokerSessionTimeoutMs: number;
  /** `leader.imbalance.check.interval.seconds` and `unclean.leader.election.interval.ms` */
  readonly leaderCheckIntervalsMs: Readonly<Record<LeaderCheck, number>>;
  /** `auto.leader.rebalance.enable` */
  readonly returnsToPreferred: boolean;
}

/** RFC 5802: with these a broker knows who has the password, and proves that it knows. */
interface ScramKeys {
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
}

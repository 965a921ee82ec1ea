/** The APIs behind the calls to the controller, as they cross the wire when the controller is on another broker. */
import type { ControllerCall } from "../../cluster/controller/controller-types.js";
import type { Lane } from "../../cluster/peers/peers.js";
import { CreateTopics } from "../../protocol/messages/19-create-topics.js";
import { DeleteTopics } from "../../protocol/messages/20-delete-topics.js";
import { AlterConfigs } from "../../protocol/messages/33-alter-configs.js";
import { CreatePartitions } from "../../protocol/messages/37-create-partitions.js";
import { ElectLeaders } from "../../protocol/messages/43-elect-leaders.js";
import { IncrementalAlterConfigs } from "../../protocol/messages/44-incremental-alter-configs.js";
import { AlterPartitionReassignments } from "../../protocol/messages/45-alter-partition-reassignments.js";
import { ListPartitionReassignments } from "../../protocol/messages/46-list-partition-reassignments.js";
import { AlterClientQuotas } from "../../protocol/messages/49-alter-client-quotas.js";
import { AlterUserScramCredentials } from "../../protocol/messages/51-alter-user-scram-credentials.js";
import { AlterPartition } from "../../protocol/messages/56-alter-partition.js";
import { UpdateFeatures } from "../../protocol/messages/57-update-features.js";
import { BrokerRegistration } from "../../protocol/messages/62-broker-registration.js";
import { BrokerHeartbeat } from "../../protocol/messages/63-broker-heartbeat.js";
import { UnregisterBroker } from "../../protocol/messages/64-unregister-broker.js";
import { AllocateProducerIds } from "../../protocol/messages/67-allocate-producer-ids.js";
import { AssignReplicasToDirs } from "../../protocol/messages/73-assign-replicas-to-dirs.js";
import type { Api } from "../../protocol/schema/message.js";

/** What a broker asks for itself. The request goes to the controller as it is. */
const brokersCalls = {
  registerBroker: { api: BrokerRegistration, lane: "liveness" },
  brokerHeartbeat: { api: BrokerHeartbeat, lane: "liveness" },
  alterPartition: { api: AlterPartition, lane: "control" },
  allocateProducerIds: { api: AllocateProducerIds, lane: "control" },
  assignReplicasToDirs: { api: AssignReplicasToDirs, lane: "control" },
} as const satisfies Partial<Record<ControllerCall, { readonly api: Api; readonly lane: Lane }>>;

/** What clients ask for. The request goes in an Envelope (KIP-590). */
const forwardedCalls = {
  createTopics: CreateTopics,
  deleteTopics: DeleteTopics,
  createPartitions: CreatePartitions,
  alterConfigs: AlterConfigs,
  incrementalAlterConfigs: IncrementalAlterConfigs,
  electLeaders: ElectLeaders,
  alterPartitionReassignments: AlterPartitionReassignments,
  listPartitionReassignments: ListPartitionReassignments,
  alterClientQuotas: AlterClientQuotas,
  alterUserScramCredentials: AlterUserScramCredentials,
  updateFeatures: UpdateFeatures,
  unregisterBroker: UnregisterBroker,
} as const satisfies Record<Exclude<ControllerCall, keyof typeof brokersCalls>, Api>;

export type WayToController =
  | { readonly kind: "as it is"; readonly api: Api; readonly lane: Lane }
  | { readonly kind: "forwarded"; readonly api: Api };

export function wayToController(name: ControllerCall): WayToController {
  if (isBrokersCall(name)) return { kind: "as it is", ...brokersCalls[name] };
  return { kind: "forwarded", api: forwardedCalls[name] };
}

function isBrokersCall(name: ControllerCall): name is keyof typeof brokersCalls {
  return name in brokersCalls;
}

const forwardedKeys: ReadonlySet<number> = new Set(Object.values(forwardedCalls).map(({ key }) => key));

/** Whether an Envelope may hold a request of this API. */
export function isForwarded(apiKey: number): boolean {
  return forwardedKeys.has(apiKey);
}

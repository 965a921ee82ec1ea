import type { Principal } from "./principal.js";

/** Operations and resource types by their names in Kafka's ACLs. */
export type Operation =
  | "Read"
  | "Write"
  | "Create"
  | "Delete"
  | "Alter"
  | "Describe"
  | "ClusterAction"
  | "DescribeConfigs"
  | "AlterConfigs"
  | "IdempotentWrite";

export type ResourceType = "Topic" | "Group" | "Cluster" | "TransactionalId";

/** The name of the one resource of type Cluster. */
export const clusterResource = "kafka-cluster";

/** The bit of each operation in the `authorizedOperations` fields (KIP-430). */
export const operationBit: Readonly<Record<Operation, number>> = {
  Read: 3,
  Write: 4,
  Create: 5,
  Delete: 6,
  Alter: 7,
  Describe: 8,
  ClusterAction: 9,
  DescribeConfigs: 10,
  AlterConfigs: 11,
  IdempotentWrite: 12,
};

/** The operations that can be asked of each type of resource. */
export const operationsOf: Readonly<Record<ResourceType, readonly Operation[]>> = {
  Topic: ["Read", "Write", "Create", "Delete", "Alter", "Describe", "DescribeConfigs", "AlterConfigs"],
  Group: ["Read", "Delete", "Describe", "DescribeConfigs", "AlterConfigs"],
  Cluster: ["Create", "Alter", "Describe", "ClusterAction", "DescribeConfigs", "AlterConfigs", "IdempotentWrite"],
  TransactionalId: ["Write", "Describe"],
};

/** Decides whether a principal may do something to a resource. */
export type Authorizer = (
  principal: Principal,
  host: string,
  operation: Operation,
  type: ResourceType,
  name: string,
) => boolean;

/** The authorizer of a broker without `authorizer.class.name`: Kafka's default. */
export const allowAll: Authorizer = () => true;

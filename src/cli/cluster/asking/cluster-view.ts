/** The cluster as its brokers tell of it: who is there, who leads what, who is in sync, and what moves. */
import type { Address } from "../../../lib/environment.js";
import { errors } from "../../../protocol/errors.js";
import { Metadata } from "../../../protocol/messages/03-metadata.js";
import { ListPartitionReassignments } from "../../../protocol/messages/46-list-partition-reassignments.js";
import { DescribeQuorum } from "../../../protocol/messages/55-describe-quorum.js";
import { DescribeCluster } from "../../../protocol/messages/60-describe-cluster.js";
import { type Admin, refusal } from "./admin.js";

export interface BrokerView {
  readonly id: number;
  readonly rack: string | null;
  readonly address: Address;
  /** False: it is registered, and does not run. */
  readonly isAlive: boolean;
}

export interface PartitionView {
  readonly topic: string;
  readonly index: number;
  /** -1: nobody leads. */
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
  /** Replicas that are on their way to this partition, and from it. */
  readonly adding: readonly number[];
  readonly removing: readonly number[];
}

export interface ClusterView {
  readonly clusterId: string;
  /** -1: nobody is, or nobody knows. */
  readonly controllerId: number;
  readonly brokers: readonly BrokerView[];
  readonly partitions: readonly PartitionView[];
}

interface MoveUnderWay {
  readonly addingReplicas: readonly number[];
  readonly removingReplicas: readonly number[];
}

export type MovesUnderWay = ReadonlyMap<string, MoveUnderWay>;

const METADATA_TOPIC = "__cluster_metadata";

export function partitionName({ topic, index }: { readonly topic: string; readonly index: number }): string {
  return `${topic}-${index}`;
}

export function isMoving({ adding, removing }: PartitionView): boolean {
  return adding.length + removing.length > 0;
}

export async function viewCluster(admin: Admin): Promise<ClusterView> {
  const described = await admin.ask(DescribeCluster, {
    includeClusterAuthorizedOperations: false,
    includeFencedBrokers: true,
  });
  if (described.errorCode !== errors.NONE.code) {
    throw refusal("Looking at the cluster", described.errorCode, described.errorMessage);
  }
  const brokers = described.brokers
    .map(({ brokerId: id, rack, host, port, isFenced }) => ({ id, rack, address: { host, port }, isAlive: !isFenced }))
    .sort((one, other) => one.id - other.id);
  admin.found(new Map(brokers.filter(({ isAlive }) => isAlive).map(({ id, address }) => [id, address])));
  const { clusterId } = described;
  return { clusterId, controllerId: await findController(admin), brokers, partitions: await viewPartitions(admin) };
}

export async function listMoves(admin: Admin): Promise<MovesUnderWay> {
  const { errorCode, errorMessage, topics } = await admin.ask(ListPartitionReassignments, { topics: null });
  if (errorCode !== errors.NONE.code) throw refusal("Looking for what moves", errorCode, errorMessage);
  return new Map(
    topics.flatMap(({ name: topic, partitions }) =>
      partitions.map((one) => [partitionName({ topic, index: one.partitionIndex }), one]),
    ),
  );
}

async function findController(admin: Admin): Promise<number> {
  const topics = [{ topicName: METADATA_TOPIC, partitions: [{ partitionIndex: 0 }] }];
  const response = await admin.ask(DescribeQuorum, { topics });
  return response.topics[0]?.partitions[0]?.leaderId ?? -1;
}

async function viewPartitions(admin: Admin): Promise<readonly PartitionView[]> {
  const moves = await listMoves(admin);
  const { topics } = await admin.ask(Metadata, { topics: null, allowAutoTopicCreation: false });
  return topics
    .flatMap(({ name, partitions }) => {
      const topic = name ?? "";
      return partitions.map(({ partitionIndex: index, leaderId: leader, replicaNodes: replicas, isrNodes: isr }) => {
        const move = moves.get(partitionName({ topic, index }));
        const [adding, removing] = [move?.addingReplicas ?? [], move?.removingReplicas ?? []];
        return { topic, index, leader, replicas, isr, adding, removing };
      });
    })
    .sort(byName);
}

function byName(one: PartitionView, other: PartitionView): number {
  if (one.topic !== other.topic) return one.topic < other.topic ? -1 : 1;
  return one.index - other.index;
}

/** The cluster as its brokers tell of it: who is there, who leads what, who is in sync, and what moves. */
import type { Address } from "../../../lib/environment.js";
import { errors } from "../../../protocol/errors.js";
import { Metadata } from "../../../protocol/messages/03-metadata.js";
import { ListPartitionReassignments } from "../../../protocol/messages/46-list-partition-reassignments.js";
import { DescribeQuorum } from "../../../protocol/messages/55-describe-quorum.js";
import { DescribeCluster } from "../../../protocol/messages/60-describe-cluster.js";
import { type Admin, CommandFailure, Refusal, refusal } from "./admin.js";

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
const NOBODY = -1;

export function partitionName({ topic, index }: { readonly topic: string; readonly index: number }): string {
  return `${topic}-${index}`;
}

export function isMoving({ adding, removing }: PartitionView): boolean {
  return adding.length + removing.length > 0;
}

export async function viewCluster(admin: Admin): Promise<ClusterView> {
  const { clusterId, brokers } = await viewBrokers(admin);
  const moves = await findMoves(admin);
  const partitions = await viewPartitions(admin, moves ?? new Map());
  return { clusterId, controllerId: moves === null ? NOBODY : await findController(admin), brokers, partitions };
}

export async function viewBrokers(admin: Admin): Promise<Pick<ClusterView, "clusterId" | "brokers">> {
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
  return { clusterId: described.clusterId, brokers };
}

/** Only a controller can move anything. */
export function refuseWithoutController({ controllerId }: ClusterView): void {
  if (controllerId !== NOBODY) return;
  throw new CommandFailure("There is no controller, so nothing can move: the logs of the brokers say why.");
}

/** Another broker than the preferred one leads, although that one could: it was away for a while. */
export function isLedByAnother(partition: PartitionView): boolean {
  const { leader, replicas, isr } = partition;
  const [preferred = NOBODY] = replicas;
  return leader !== NOBODY && leader !== preferred && isr.includes(preferred) && !isMoving(partition);
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
  return response.topics[0]?.partitions[0]?.leaderId ?? NOBODY;
}

/** Null: there is no controller, who alone would know. All else can be told without one. */
async function findMoves(admin: Admin): Promise<MovesUnderWay | null> {
  if ((await findController(admin)) === NOBODY) return null;
  try {
    return await listMoves(admin);
  } catch (failure) {
    if (failure instanceof Refusal && withoutController.has(failure.errorCode)) return null;
    throw failure;
  }
}

const withoutController: ReadonlySet<number> = new Set([
  errors.NOT_CONTROLLER.code,
  errors.REQUEST_TIMED_OUT.code,
  errors.NETWORK_EXCEPTION.code,
  errors.BROKER_NOT_AVAILABLE.code,
]);

async function viewPartitions(admin: Admin, moves: MovesUnderWay): Promise<readonly PartitionView[]> {
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

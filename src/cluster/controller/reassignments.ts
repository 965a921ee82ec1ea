/**
 * Reassignments (KIP-455): a partition moves to other replicas. While it moves it has the old and the new ones; it is done
 * when all that were added are in sync.
 */
import type { MetadataImage, PartitionImage, TopicImage } from "../../metadata/image.js";
import { type MetadataRecord, metadataRecord } from "../../metadata/records.js";
import { NO_LEADER_CHANGE } from "../../metadata/replay-partition.js";
import { errors } from "../../protocol/errors.js";
import { type ApiError, apiError, isApiError, noError } from "./api-error.js";
import type { ControllerState, ControllerTypes, Decided } from "./controller-types.js";
import { NO_LEADER } from "./leadership.js";
import { directoryOf, refuseAssignment } from "./new-partitions.js";
import { isActive } from "./state.js";

type Calls = ControllerTypes["Calls"];
type State = Readonly<ControllerState>;

/** What the replicas of a partition become. */
interface Replicas {
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
  readonly adding: readonly number[];
  readonly removing: readonly number[];
}

export function decideAlterReassignments(
  { image }: State,
  { topics, allowReplicationFactorChange }: Calls["alterPartitionReassignments"]["request"],
): Decided<"alterPartitionReassignments"> {
  const records: MetadataRecord[] = [];
  const responses = topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex, replicas }) => {
      const changed = reassign(image, name, partitionIndex, replicas, allowReplicationFactorChange);
      if (!isApiError(changed)) records.push(...changed);
      return { partitionIndex, ...(isApiError(changed) ? changed : noError) };
    }),
  }));
  // Who asks for nothing is told so with an empty message, as by Apache Kafka.
  const errorMessage = topics.length === 0 ? "" : null;
  return { records, reply: { allowReplicationFactorChange, errorCode: errors.NONE.code, errorMessage, responses } };
}

export function decideListReassignments(
  { image }: State,
  { topics }: Calls["listPartitionReassignments"]["request"],
): Decided<"listPartitionReassignments"> {
  const asked =
    topics?.map(({ name, partitionIndexes }) => ({ topic: image.topicsByName.get(name), partitionIndexes })) ??
    [...image.topicsByName.values()].map((topic) => ({ topic, partitionIndexes: [...topic.partitions.keys()] }));
  const moving = asked.flatMap(({ topic, partitionIndexes }) => {
    const partitions = topic === undefined ? [] : partitionIndexes.flatMap((index) => describeMove(topic, index));
    return topic === undefined || partitions.length === 0 ? [] : [{ name: topic.name, partitions }];
  });
  return { records: [], reply: { errorCode: errors.NONE.code, topics: moving } };
}

function describeMove({ partitions }: TopicImage, partitionIndex: number) {
  const partition = partitions[partitionIndex];
  if (partition === undefined || !isMoving(partition)) return [];
  const { replicas, addingReplicas, removingReplicas } = partition;
  return [{ partitionIndex, replicas, addingReplicas, removingReplicas }];
}

function isMoving({ addingReplicas, removingReplicas }: PartitionImage): boolean {
  return addingReplicas.length + removingReplicas.length > 0;
}

/** `target` null: the move that goes on is taken back. */
function reassign(
  image: MetadataImage,
  topicName: string,
  partitionId: number,
  target: readonly number[] | null,
  mayChangeFactor: boolean,
): MetadataRecord[] | ApiError {
  const topic = image.topicsByName.get(topicName);
  if (topic === undefined) {
    return apiError("UNKNOWN_TOPIC_OR_PARTITION", `Unable to find a topic named ${topicName}.`);
  }
  const partition = topic.partitions[partitionId];
  if (partition === undefined) {
    return apiError("UNKNOWN_TOPIC_OR_PARTITION", `Unable to find partition ${topicName}:${partitionId}.`);
  }
  if (target === null) {
    if (!isMoving(partition)) return apiError("NO_REASSIGNMENT_IN_PROGRESS", null);
    return changeOf(image, topic, partitionId, partition, without(partition, partition.addingReplicas));
  }
  const refusal =
    refuseAssignment(image, partitionId, target, null) ?? refuseFactor(partition, target, mayChangeFactor);
  if (refusal !== null) return refusal;
  return changeOf(image, topic, partitionId, partition, movedTo(partition, target));
}

function refuseFactor(partition: PartitionImage, target: readonly number[], mayChange: boolean): ApiError | null {
  const { length } = without(partition, partition.removingReplicas).replicas;
  if (mayChange || length === target.length) return null;
  const message = `The replication factor is changed from ${length} to ${target.length}`;
  return apiError("INVALID_REPLICATION_FACTOR", message);
}

function without({ replicas, isr }: PartitionImage, gone: readonly number[]): Replicas {
  const stays = (replica: number) => !gone.includes(replica);
  return { replicas: replicas.filter(stays), isr: isr.filter(stays), adding: [], removing: [] };
}

/** The new replicas come first, those that will go behind them. Where all new ones are in sync already, it is done at once. */
function movedTo({ replicas, isr, addingReplicas }: PartitionImage, target: readonly number[]): Replicas {
  // What an earlier move was only adding is not held yet: it goes without a farewell.
  const held = replicas.filter((replica) => !addingReplicas.includes(replica));
  const removing = held.filter((replica) => !target.includes(replica));
  const adding = target.filter((replica) => !held.includes(replica));
  const isrOfTarget = isr.filter((replica) => target.includes(replica));
  const isDone = isrOfTarget.length > 0 && adding.every((replica) => isr.includes(replica));
  if (isDone) return { replicas: target, isr: isrOfTarget, adding: [], removing: [] };
  const all = [...target, ...removing];
  return { replicas: all, isr: isr.filter((replica) => all.includes(replica)), adding, removing };
}

/** One record, or none where all stays as it is. A leader that goes hands over to a replica in sync. */
function changeOf(
  image: MetadataImage,
  topic: TopicImage,
  partitionId: number,
  before: PartitionImage,
  after: Replicas,
): MetadataRecord[] | ApiError {
  const { replicas, isr, adding, removing } = after;
  if (isr.length === 0) {
    const message = `Unable to revert partition assignment for ${topic.name}:${partitionId} because it would require an unclean leader election.`;
    return apiError("INVALID_REPLICA_ASSIGNMENT", message);
  }
  const mayLead = (replica: number) => isr.includes(replica) && isActive(image.brokers.get(replica));
  const elected = mayLead(before.leader) ? before.leader : (replicas.find(mayLead) ?? NO_LEADER);
  const replicasChange = same(replicas, before.replicas)
    ? {}
    : { replicas, directories: replicas.map((replica) => directoryIn(image, before, replica)) };
  const change = {
    ...replicasChange,
    ...(same(isr, before.isr) ? {} : { isr }),
    ...(elected === before.leader ? {} : { leader: elected }),
    ...(same(adding, before.addingReplicas) ? {} : { addingReplicas: adding }),
    ...(same(removing, before.removingReplicas) ? {} : { removingReplicas: removing }),
  };
  if (Object.keys(change).length === 0) return [];
  const record = { topicId: topic.id, partitionId, leader: NO_LEADER_CHANGE, ...change };
  return [metadataRecord("PartitionChangeRecord", record)];
}

function same(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((replica, i) => replica === other[i]);
}

/** Where the replica lies already, or will (KIP-858). */
function directoryIn(image: MetadataImage, { replicas, directories }: PartitionImage, replica: number): string {
  return directories[replicas.indexOf(replica)] ?? directoryOf(image, replica);
}

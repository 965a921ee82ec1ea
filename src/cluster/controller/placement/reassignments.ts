/**
 * Reassignments (KIP-455): a partition moves to other replicas. While it moves it has the old and the new ones; it is done
 * when all that were added are in sync.
 */
import type { MetadataImage, PartitionImage, TopicImage } from "../../../metadata/image/image.js";
import type { MetadataRecord } from "../../../metadata/records/metadata-record.js";
import { type ApiError, apiError, errors, isApiError, noError } from "../../../protocol/errors.js";
import type { ControllerSettings, ControllerState, ControllerTypes, Decided } from "../controller-types.js";
import { LeaderRules } from "../partitions/leader-rules.js";
import { leaderRecovery } from "../partitions/partition-change.js";
import { directoryOf, refuseAssignment } from "./new-partitions.js";

type Calls = ControllerTypes["Calls"];
type State = Readonly<ControllerState>;

export function decideAlterReassignments(
  { image }: State,
  { topics, allowReplicationFactorChange }: Calls["alterPartitionReassignments"]["request"],
  { configRules }: ControllerSettings,
): Decided<"alterPartitionReassignments"> {
  const rules = new LeaderRules(image, configRules);
  const records: MetadataRecord[] = [];
  const responses = topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex, replicas }) => {
      const changed = reassign(image, rules, name, partitionIndex, replicas, allowReplicationFactorChange);
      if (!isApiError(changed)) records.push(...changed);
      return { partitionIndex, ...(isApiError(changed) ? changed : noError) };
    }),
  }));
  const errorCode = errors.NONE.code;
  // Who asks for nothing is answered with the defaults of the message, as by Apache Kafka.
  if (topics.length === 0) {
    return { records: [], reply: { allowReplicationFactorChange: true, errorCode, errorMessage: "", responses } };
  }
  return {
    records,
    isDivisible: true,
    reply: { allowReplicationFactorChange, errorCode, errorMessage: null, responses },
  };
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
  rules: LeaderRules,
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
    return takeBack(rules, topic, partitionId, partition);
  }
  const refusal = refuseAssignment(image, target, null) ?? refuseFactor(partition, target, mayChangeFactor);
  if (refusal !== null) return refusal;
  const moved = movedTo(partition, target);
  const directories = moved.replicas.map((replica) => directoryIn(image, partition, replica));
  return rules.change(topic, partitionId, { ...moved, directories });
}

function refuseFactor(partition: PartitionImage, target: readonly number[], mayChange: boolean): ApiError | null {
  const { length } = without(partition.replicas, partition.removingReplicas);
  if (mayChange || length === target.length) return null;
  const message = `The replication factor is changed from ${length} to ${target.length}`;
  return apiError("INVALID_REPLICATION_FACTOR", message);
}

/** What was there before stays. Where only new replicas are in sync, records would be lost. */
function takeBack(
  rules: LeaderRules,
  topic: TopicImage,
  partitionId: number,
  partition: PartitionImage,
): MetadataRecord[] | ApiError {
  const { addingReplicas, directories } = partition;
  const replicas = without(partition.replicas, addingReplicas);
  const inSync = without(partition.isr, addingReplicas);
  if (inSync.length === 0 && !rules.isUncleanAllowed(topic)) {
    const message = `Unable to revert partition assignment for ${topic.name}:${partitionId} because it would require an unclean leader election.`;
    return apiError("INVALID_REPLICA_ASSIGNMENT", message);
  }
  return rules.change(topic, partitionId, {
    replicas,
    ...(inSync.length > 0
      ? { isr: inSync }
      : { isr: replicas.slice(0, 1), leaderRecoveryState: leaderRecovery.RECOVERING }),
    addingReplicas: [],
    removingReplicas: [],
    directories: replicas.flatMap((replica) => directories[partition.replicas.indexOf(replica)] ?? []),
  });
}

/**
 * The new replicas come first, those that will go behind them. What an earlier move was adding stays as well until the end:
 * it may be in sync already, and be the only one that lives.
 */
function movedTo({ replicas, addingReplicas }: PartitionImage, target: readonly number[]) {
  const removingReplicas = rising(without(replicas, target));
  return {
    replicas: [...target, ...removingReplicas],
    addingReplicas: rising(without(target, without(replicas, addingReplicas))),
    removingReplicas,
  };
}

function rising(replicas: readonly number[]): readonly number[] {
  return [...replicas].sort((one, other) => one - other);
}

function without(replicas: readonly number[], gone: readonly number[]): readonly number[] {
  return replicas.filter((replica) => !gone.includes(replica));
}

/** Where the replica lies already, or will (KIP-858). */
function directoryIn(image: MetadataImage, { replicas, directories }: PartitionImage, replica: number): string {
  return directories[replicas.indexOf(replica)] ?? directoryOf(image, replica);
}

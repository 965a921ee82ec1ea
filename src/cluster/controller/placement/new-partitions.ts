/** From the replicas of a new partition to its record, whether they were chosen here or by the caller. */
import type { Random } from "../../../lib/environment.js";
import type { MetadataImage } from "../../../metadata/image/image.js";
import { type MetadataRecord, metadataRecord } from "../../../metadata/records/metadata-record.js";
import { type ApiError, apiError } from "../../../protocol/errors.js";
import { directoryIds } from "../partitions/directory-ids.js";
import { NO_LEADER } from "../partitions/partition-change.js";
import { isActive } from "../state.js";
import { placeReplicas, type UsableBroker } from "./placement.js";

/** Replicas of consecutive partitions, the preferred leader first. */
export type Assignments = readonly (readonly number[])[];

/** Chooses the replicas of `count` partitions. A refusal is worded without the sentence that CreateTopics puts before it. */
export function chooseReplicas(
  image: MetadataImage,
  count: number,
  replicationFactor: number,
  random: Random,
): Assignments | ApiError {
  const placed = placeReplicas(usableBrokers(image), count, replicationFactor, random);
  return "problem" in placed ? apiError("INVALID_REPLICATION_FACTOR", placed.problem) : placed;
}

/** What a caller's own assignment does wrong, if anything. `replicationFactor` null: it sets the factor itself. */
export function refuseAssignment(
  image: MetadataImage,
  brokerIds: readonly number[],
  replicationFactor: number | null,
): ApiError | null {
  const refuse = (message: string) => apiError("INVALID_REPLICA_ASSIGNMENT", message);
  const assignment = "The manual partition assignment includes";
  if (brokerIds.length === 0) return refuse(`${assignment} an empty replica list.`);
  const sorted = [...brokerIds].sort((one, other) => one - other);
  for (const [i, id] of sorted.entries()) {
    if (!image.brokers.has(id)) return refuse(`${assignment} broker ${id}, but no such broker is registered.`);
    if (sorted[i - 1] === id) return refuse(`${assignment} the broker ${id} more than once.`);
  }
  if (replicationFactor !== null && sorted.length !== replicationFactor) {
    return refuse(
      `${assignment} a partition with ${sorted.length} replica(s), but this is not consistent with previous ` +
        `partitions, which have ${replicationFactor} replica(s).`,
    );
  }
  return null;
}

/** The same of a new partition, which must be led by somebody at once. */
export function refuseNewAssignment(
  image: MetadataImage,
  partitionIndex: number,
  brokerIds: readonly number[],
  replicationFactor: number | null,
): ApiError | null {
  const refusal = refuseAssignment(image, brokerIds, replicationFactor);
  if (refusal !== null || brokerIds.some((id) => isActive(image.brokers.get(id)))) return refusal;
  return apiError(
    "INVALID_REPLICA_ASSIGNMENT",
    `All brokers specified in the manual partition assignment for partition ${partitionIndex} are fenced or in ` +
      "controlled shutdown.",
  );
}

/** The records of partitions from `firstIndex` on. Fenced brokers get replicas that are not in sync yet. */
export function partitionRecords(
  image: MetadataImage,
  topicId: string,
  firstIndex: number,
  assignments: Assignments,
): MetadataRecord[] {
  return assignments.map((replicas, i) => {
    const isr = replicas.filter((id) => isActive(image.brokers.get(id)));
    return metadataRecord("PartitionRecord", {
      topicId,
      partitionId: firstIndex + i,
      replicas,
      isr,
      removingReplicas: [],
      addingReplicas: [],
      leader: isr[0] ?? NO_LEADER,
      leaderEpoch: 0,
      partitionEpoch: 0,
      directories: replicas.map((id) => directoryOf(image, id)),
    });
  });
}

/** A broker on its way out gets nothing new; one that is gone is expected back, and catches up then. */
function usableBrokers({ brokers }: MetadataImage): UsableBroker[] {
  return [...brokers.values()].filter(({ fenced, inControlledShutdown }) => fenced || !inControlledShutdown);
}

/** Known beforehand where a broker has one folder only. */
export function directoryOf({ brokers }: MetadataImage, brokerId: number): string {
  const logDirs = brokers.get(brokerId)?.logDirs ?? [];
  return logDirs.length === 1 && logDirs[0] !== undefined ? logDirs[0] : directoryIds.UNASSIGNED;
}

/** What the records of a partition make of it. */
import type { RecordData } from "../records/metadata-record.js";
import type { PartitionImage } from "./image.js";

/** In `PartitionChangeRecord`: the leader stays as it is. */
const NO_LEADER_CHANGE = -2;
/** In `PartitionChangeRecord`: the recovery state stays as it is. */
const NO_RECOVERY_CHANGE = -1;

export function newPartition(data: RecordData<"PartitionRecord">): PartitionImage {
  return {
    replicas: data.replicas,
    isr: data.isr,
    removingReplicas: data.removingReplicas,
    addingReplicas: data.addingReplicas,
    eligibleLeaderReplicas: data.eligibleLeaderReplicas ?? [],
    lastKnownElr: data.lastKnownElr ?? [],
    directories: data.directories,
    leader: data.leader,
    leaderEpoch: data.leaderEpoch,
    partitionEpoch: data.partitionEpoch,
    leaderRecoveryState: data.leaderRecoveryState,
  };
}

export function changedPartition(before: PartitionImage, change: RecordData<"PartitionChangeRecord">): PartitionImage {
  const leaderStays = change.leader === NO_LEADER_CHANGE;
  return {
    replicas: change.replicas ?? before.replicas,
    isr: change.isr ?? before.isr,
    removingReplicas: change.removingReplicas ?? before.removingReplicas,
    addingReplicas: change.addingReplicas ?? before.addingReplicas,
    eligibleLeaderReplicas: change.eligibleLeaderReplicas ?? before.eligibleLeaderReplicas,
    lastKnownElr: change.lastKnownElr ?? before.lastKnownElr,
    directories: change.directories ?? before.directories,
    leader: leaderStays ? before.leader : change.leader,
    leaderEpoch: leaderStays ? before.leaderEpoch : before.leaderEpoch + 1,
    partitionEpoch: before.partitionEpoch + 1,
    leaderRecoveryState:
      change.leaderRecoveryState === NO_RECOVERY_CHANGE ? before.leaderRecoveryState : change.leaderRecoveryState,
  };
}

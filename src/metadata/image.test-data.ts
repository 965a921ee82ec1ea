import type { PartitionImage } from "./image.js";

/** A partition with one replica, on broker 1, which leads it. */
export const partitionOfBroker1: PartitionImage = {
  replicas: [1],
  isr: [1],
  removingReplicas: [],
  addingReplicas: [],
  eligibleLeaderReplicas: [],
  lastKnownElr: [],
  directories: [],
  leader: 1,
  leaderEpoch: 0,
  partitionEpoch: 0,
  leaderRecoveryState: 0,
};

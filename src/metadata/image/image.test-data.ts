import type { BrokerImage, PartitionImage } from "./image.js";

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

/** Broker 1, which serves, and says nothing else of itself. */
export const broker1: BrokerImage = {
  id: 1,
  incarnationId: "AAAAAAAAAAAAAAAAAAAAAQ",
  epoch: 1,
  endpoints: [],
  rack: null,
  fenced: false,
  inControlledShutdown: false,
  logDirs: [],
  cordonedLogDirs: null,
  features: [],
  isMigratingZkBroker: false,
};

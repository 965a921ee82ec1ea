/** Versions that Samsa serves and Apache Kafka 4 has dropped (KIP-896), so that there is nobody to compare with. */

/** By API key: the first version that Apache Kafka 4.3 serves, where Samsa serves earlier ones. */
export const firstVersions: ReadonlyMap<number, number> = new Map([
  [0, 3], // Produce: advertised from 0 by both (KAFKA-18659)
  [1, 4], // Fetch
  [2, 1], // ListOffsets
  [8, 2], // OffsetCommit
  [9, 1], // OffsetFetch
  [19, 2], // CreateTopics
  [20, 1], // DeleteTopics
  [23, 2], // OffsetForLeaderEpoch
  [29, 1], // DescribeAcls
  [30, 1], // CreateAcls
  [31, 1], // DeleteAcls
  [32, 1], // DescribeConfigs
  [34, 1], // AlterReplicaLogDirs
  [35, 1], // DescribeLogDirs
  [38, 1], // CreateDelegationToken
  [39, 1], // RenewDelegationToken
  [40, 1], // ExpireDelegationToken
  [41, 1], // DescribeDelegationToken
]);

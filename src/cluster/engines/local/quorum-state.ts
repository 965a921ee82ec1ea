/** The file in which a KRaft quorum of one writes down who leads, as Apache Kafka's own tools expect it (KIP-595). */
export function quorumState(leaderId: number, leaderEpoch: number): string {
  return JSON.stringify({
    clusterId: "",
    leaderId,
    leaderEpoch,
    votedId: -1,
    appliedOffset: 0,
    currentVoters: [{ voterId: leaderId }],
    data_version: 0,
  });
}

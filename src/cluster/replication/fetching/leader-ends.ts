/** Where a leader's logs begin and end: asked when it does not have the offset that its follower wants. */
import { type ErrorCode, errors } from "../../../protocol/errors.js";
import { ListOffsets } from "../../../protocol/messages/02-list-offsets.js";
import type { FetchedPartition } from "./fetched-partitions.js";
import type { LeaderRequests } from "./leader-requests.js";

export interface LogEnds {
  readonly logStartOffset: number;
  readonly endOffset: number;
}

type Found<T> = T | { readonly errorCode: ErrorCode };

/** In place of timestamps. */
const [LATEST, EARLIEST] = [-1, -2];

export async function lookUpEnds(
  leaders: LeaderRequests,
  leader: number,
  nodeId: number,
  wanted: readonly FetchedPartition[],
  timeoutMs: number,
): Promise<(one: FetchedPartition) => Found<LogEnds>> {
  const lookUp = (timestamp: number) => lookUpOffsets(leaders, leader, nodeId, wanted, timestamp, timeoutMs);
  // The end first: the start moves on, and may only be older than the truth.
  const ends = await lookUp(LATEST);
  const starts = await lookUp(EARLIEST);
  return (one) => {
    const [start, end] = [starts(one), ends(one)];
    if (typeof start !== "number") return start;
    return typeof end === "number" ? { logStartOffset: start, endOffset: end } : end;
  };
}

async function lookUpOffsets(
  leaders: LeaderRequests,
  leader: number,
  replicaId: number,
  wanted: readonly FetchedPartition[],
  timestamp: number,
  timeoutMs: number,
): Promise<(one: FetchedPartition) => Found<number>> {
  const topics = new Map<string, { partitionIndex: number; currentLeaderEpoch: number; timestamp: number }[]>();
  for (const { partition, follower } of wanted) {
    const ofTopic = topics.get(partition.topic) ?? [];
    topics.set(partition.topic, ofTopic);
    ofTopic.push({ partitionIndex: partition.index, currentLeaderEpoch: follower.leaderEpoch, timestamp });
  }
  const asked = { replicaId, topics: [...topics].map(([name, partitions]) => ({ name, partitions })) };
  const outcome = await leaders.send(leader, "replication", ListOffsets, asked, { timeoutMs });
  return ({ partition: { topic, index } }) => {
    if ("errorCode" in outcome) return { errorCode: outcome.errorCode };
    const ofTopic = outcome.response.topics.find(({ name }) => name === topic);
    const found = ofTopic?.partitions.find(({ partitionIndex }) => partitionIndex === index);
    if (found === undefined) return { errorCode: errors.UNKNOWN_SERVER_ERROR.code };
    return found.errorCode === errors.NONE.code ? found.offset : { errorCode: found.errorCode as ErrorCode };
  };
}

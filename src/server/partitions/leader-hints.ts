import type { TopicImage } from "../../metadata/image/image.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import type { RequestContext } from "../context.js";

/**
 * Leader hints (KIP-951): who asked the wrong broker is told the leader and its address at once, and saves a Metadata
 * request. Where there is nothing to hint, the tagged fields are left out.
 */
export function leaderHint(
  topic: TopicImage | undefined,
  index: number,
  errorCode: ErrorCode,
  leaders: Set<number>,
): { readonly leaderId: number; readonly leaderEpoch: number } | undefined {
  if (errorCode !== errors.NOT_LEADER_OR_FOLLOWER.code && errorCode !== errors.FENCED_LEADER_EPOCH.code)
    return undefined;
  const partition = topic?.partitions[index];
  if (partition === undefined) return undefined;
  leaders.add(partition.leader);
  return { leaderId: partition.leader, leaderEpoch: partition.leaderEpoch };
}

/** The addresses of the leaders that were hinted at. */
export function nodeEndpoints(context: RequestContext, leaders: ReadonlySet<number>) {
  if (leaders.size === 0) return undefined;
  return [...leaders].flatMap((nodeId) => {
    const address = context.endpointOf(nodeId);
    return address === null ? [] : [{ nodeId, ...address, rack: context.image.brokers.get(nodeId)?.rack ?? null }];
  });
}

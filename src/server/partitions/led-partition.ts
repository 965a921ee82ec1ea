import type { Broker } from "../../broker/broker.js";
import type { Partition } from "../../cluster/replication/partition.js";
import type { MetadataImage } from "../../metadata/image/image.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";

export type LedPartition = { readonly partition: Partition } | { readonly errorCode: ErrorCode };

/**
 * The partition, if this broker leads it and the client's metadata is not stale; else why not. `currentLeaderEpoch` is
 * the epoch in which the client believes, -1 for none (KIP-320).
 */
export function ledPartition(
  broker: Broker,
  image: MetadataImage,
  topicName: string,
  index: number,
  currentLeaderEpoch: number,
): LedPartition {
  const held = heldPartition(broker, image, topicName, index, currentLeaderEpoch);
  if ("errorCode" in held) return held;
  const errorCode = held.partition.checkLeader(currentLeaderEpoch);
  return errorCode === errors.NONE.code ? held : { errorCode };
}

/** The same where a follower may answer too. */
export function heldPartition(
  broker: Broker,
  image: MetadataImage,
  topicName: string,
  index: number,
  currentLeaderEpoch: number,
): LedPartition {
  const topic = image.topicsByName.get(topicName);
  if (topic?.partitions[index] === undefined) return { errorCode: errors.UNKNOWN_TOPIC_OR_PARTITION.code };
  const partition = broker.partitions.get(topicName, index);
  if (partition?.topicId !== topic.id) return { errorCode: errors.NOT_LEADER_OR_FOLLOWER.code };
  const errorCode = partition.checkReplica(currentLeaderEpoch);
  return errorCode === errors.NONE.code ? { partition } : { errorCode };
}

import type { Broker } from "../../broker/broker.js";
import type { MetadataImage } from "../../metadata/image/image.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { AlterReplicaLogDirs } from "../../protocol/messages/34-alter-replica-log-dirs.js";
import { clusterResource } from "../../security/authorizer.js";
import { handler } from "../handler.js";

/**
 * AlterReplicaLogDirs: brings logs into other data folders (KIP-113). The answer says that a move has begun;
 * DescribeLogDirs says how far it has come.
 */
export const alterReplicaLogDirs = handler(AlterReplicaLogDirs, { from: 0, to: 2 }, (broker, { dirs }, context) => {
  const isAllowed = context.authorize("Alter", "Cluster", clusterResource);
  const byTopic = new Map<string, Map<number, ErrorCode>>();
  const asked = dirs.flatMap(({ path, topics }) =>
    topics.flatMap(({ name, partitions }) => partitions.map((index) => ({ path, name, index }))),
  );
  for (const { path, name, index } of asked) {
    const results = byTopic.get(name) ?? new Map<number, ErrorCode>();
    byTopic.set(name, results);
    const errorCode = isAllowed
      ? move(broker, context.image, path, name, index)
      : errors.CLUSTER_AUTHORIZATION_FAILED.code;
    results.set(index, errorCode);
  }
  return {
    results: [...byTopic].map(([topicName, results]) => ({
      topicName,
      partitions: [...results].map(([partitionIndex, errorCode]) => ({ partitionIndex, errorCode })),
    })),
  };
});

function move(
  { logs, partitions }: Broker,
  image: MetadataImage,
  path: string,
  topic: string,
  index: number,
): ErrorCode {
  const folder = logs.folders.find((one) => one.path === path);
  if (folder === undefined) return errors.LOG_DIR_NOT_FOUND.code;
  if (folder.failure !== null) return errors.KAFKA_STORAGE_ERROR.code;
  const partition = partitions.get(topic, index);
  if (partition === undefined) {
    const isElsewhere = image.topicsByName.get(topic)?.partitions[index] !== undefined;
    return isElsewhere ? errors.REPLICA_NOT_AVAILABLE.code : errors.UNKNOWN_TOPIC_OR_PARTITION.code;
  }
  if (partition.isOffline) return errors.KAFKA_STORAGE_ERROR.code;
  logs.move(topic, index, partition.topicId, folder);
  return errors.NONE.code;
}

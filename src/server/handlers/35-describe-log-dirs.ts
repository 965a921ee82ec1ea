import type { Broker } from "../../broker/broker.js";
import type { Partition } from "../../cluster/replication/partition.js";
import { FileError } from "../../lib/environment.js";
import { errors } from "../../protocol/errors.js";
import { DescribeLogDirs } from "../../protocol/messages/35-describe-log-dirs.js";
import type { RequestOf } from "../../protocol/schema/message.js";
import { clusterResource } from "../../security/authorizer.js";
import { handler } from "../handler.js";

type DescribeLogDirsRequest = RequestOf<typeof DescribeLogDirs>;

/** DescribeLogDirs: the data folder, the room on its disk, and the size of every partition in it. */
export const describeLogDirs = handler(DescribeLogDirs, { from: 1, to: 5 }, (broker, request, context) => {
  if (!context.authorize("Describe", "Cluster", clusterResource)) {
    return { errorCode: errors.CLUSTER_AUTHORIZATION_FAILED.code, results: [] };
  }
  return { errorCode: errors.NONE.code, results: [describeFolder(broker, request)] };
});

function describeFolder(broker: Broker, request: DescribeLogDirsRequest) {
  const { environment, config } = broker;
  const [logDir = ""] = config.dataFolders;
  try {
    const { free, total } = environment.files.space(logDir);
    return {
      errorCode: errors.NONE.code,
      logDir,
      topics: describeTopics(broker, request),
      totalBytes: total,
      usableBytes: free,
    };
  } catch (failure) {
    if (!(failure instanceof FileError)) throw failure;
    return { errorCode: errors.KAFKA_STORAGE_ERROR.code, logDir, topics: [] };
  }
}

function describeTopics({ partitions }: Broker, { topics }: DescribeLogDirsRequest) {
  const byTopic = new Map<string, ReturnType<typeof describePartition>[]>();
  for (const partition of topics === null ? partitions.all() : asked(partitions, topics)) {
    const described = byTopic.get(partition.topic) ?? [];
    byTopic.set(partition.topic, described);
    described.push(describePartition(partition));
  }
  return [...byTopic].map(([name, described]) => ({ name, partitions: described }));
}

/** Each once, however often it is named. */
function asked(held: Broker["partitions"], topics: NonNullable<DescribeLogDirsRequest["topics"]>): Set<Partition> {
  const found = topics.flatMap(({ topic, partitions }) => partitions.map((index) => held.get(topic, index)));
  return new Set(found.filter((partition) => partition !== undefined));
}

function describePartition({ index, bytes }: Partition) {
  return { partitionIndex: index, partitionSize: bytes, offsetLag: 0, isFutureKey: false };
}

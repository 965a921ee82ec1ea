import type { Broker } from "../../broker/broker.js";
import type { Partition } from "../../cluster/replication/partition.js";
import { FileError } from "../../lib/environment.js";
import { errors } from "../../protocol/errors.js";
import { DescribeLogDirs } from "../../protocol/messages/35-describe-log-dirs.js";
import type { RequestOf } from "../../protocol/schema/message.js";
import { clusterResource } from "../../security/authorizer.js";
import type { DataFolder } from "../../storage/folders/data-folder.js";
import { handler } from "../handler.js";

type Asked = RequestOf<typeof DescribeLogDirs>["topics"];

interface DescribedPartition {
  readonly partitionIndex: number;
  readonly partitionSize: number;
  readonly offsetLag: number;
  readonly isFutureKey: boolean;
}

/** By topic. */
type Described = Map<string, DescribedPartition[]>;

/** DescribeLogDirs: the data folders, the room on their disks, and the size of every partition in them. */
export const describeLogDirs = handler(DescribeLogDirs, { from: 0, to: 5 }, (broker, { topics }, context) => {
  if (!context.authorize("Describe", "Cluster", clusterResource)) {
    return { errorCode: errors.CLUSTER_AUTHORIZATION_FAILED.code, results: [] };
  }
  const byFolder = new Map<DataFolder, Described>(broker.logs.folders.map((folder) => [folder, new Map()]));
  const wanted = asked(broker, topics);
  for (const partition of wanted) describePartition(broker, partition, byFolder);
  describeMoves(broker, topics === null ? null : wanted, byFolder);
  return {
    errorCode: errors.NONE.code,
    results: [...byFolder].map(([folder, described]) => describeFolder(broker, folder, described)),
  };
});

function describeFolder({ environment }: Broker, { path, failure }: DataFolder, described: Described) {
  const failed = { errorCode: errors.KAFKA_STORAGE_ERROR.code, logDir: path, topics: [] };
  if (failure !== null) return failed;
  try {
    const { free, total } = environment.files.space(path);
    const topics = [...described].map(([name, partitions]) => ({ name, partitions }));
    return { errorCode: errors.NONE.code, logDir: path, topics, totalBytes: total, usableBytes: free };
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return failed;
  }
}

/** Each once, however often it is named. */
function asked({ partitions }: Broker, topics: Asked): ReadonlySet<Partition> {
  if (topics === null) return new Set(partitions.all());
  const found = topics.flatMap(({ topic, partitions: indexes }) =>
    indexes.map((index) => partitions.get(topic, index)),
  );
  return new Set(found.filter((partition) => partition !== undefined));
}

function describePartition({ logs }: Broker, partition: Partition, byFolder: Map<DataFolder, Described>): void {
  if (partition.isOffline) return;
  const { topic, index, topicId, bytes } = partition;
  const folder = logs.placeOf(topic, index, topicId);
  const described = folder && byFolder.get(folder);
  if (described)
    note(described, topic, { partitionIndex: index, partitionSize: bytes, offsetLag: 0, isFutureKey: false });
}

/** `wanted`: null for all. */
function describeMoves(
  { logs, partitions }: Broker,
  wanted: ReadonlySet<Partition> | null,
  byFolder: Map<DataFolder, Described>,
): void {
  for (const { source, to, bytes, offsetLag } of logs.moves) {
    const { topic, partition } = source;
    const moving = partitions.get(topic, partition);
    const isAsked = wanted === null || (moving !== undefined && wanted.has(moving));
    const folder = logs.folders.find((one) => one.logs === to);
    const described = folder && byFolder.get(folder);
    const future = { partitionIndex: partition, partitionSize: bytes, offsetLag, isFutureKey: true };
    if (isAsked && described) note(described, topic, future);
  }
}

function note(described: Described, topic: string, partition: DescribedPartition): void {
  const partitions = described.get(topic) ?? [];
  described.set(topic, partitions);
  partitions.push(partition);
}

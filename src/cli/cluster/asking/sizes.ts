/** How much lies where, as each broker tells of its own folders. */
import { errors } from "../../../protocol/errors.js";
import { DescribeLogDirs } from "../../../protocol/messages/35-describe-log-dirs.js";
import type { RequestToSend, ResponseReceived } from "../../../protocol/schema/message.js";
import type { Admin } from "./admin.js";
import { partitionName } from "./cluster-view.js";

export interface BrokerSizes {
  /** Of each replica, by the partition's name. */
  readonly ofPartitions: ReadonlyMap<string, number>;
  readonly bytes: number;
  /** Folders that do not work. */
  readonly failedFolders: readonly string[];
}

/** `topics` null: all. A broker that does not answer is left out. */
export async function askSizes(
  admin: Admin,
  brokerIds: readonly number[],
  topics: RequestToSend<typeof DescribeLogDirs>["topics"],
): Promise<ReadonlyMap<number, BrokerSizes>> {
  const answers = await Promise.all(
    brokerIds.map(async (id) => ({ id, answer: await admin.askBroker(id, DescribeLogDirs, { topics }) })),
  );
  const sizes = new Map<number, BrokerSizes>();
  for (const { id, answer } of answers) {
    if (answer !== null && answer.errorCode === errors.NONE.code) sizes.set(id, sizesIn(answer.results));
  }
  return sizes;
}

type Folders = ResponseReceived<typeof DescribeLogDirs>["results"];

function sizesIn(folders: Folders): BrokerSizes {
  const ofPartitions = new Map<string, number>();
  for (const { topics } of folders) {
    for (const { name: topic, partitions } of topics) {
      for (const { partitionIndex: index, partitionSize, isFutureKey } of partitions) {
        if (!isFutureKey) ofPartitions.set(partitionName({ topic, index }), partitionSize);
      }
    }
  }
  const bytes = [...ofPartitions.values()].reduce((sum, one) => sum + one, 0);
  const failed = folders.filter(({ errorCode }) => errorCode !== errors.NONE.code);
  return { ofPartitions, bytes, failedFolders: failed.map(({ logDir }) => logDir) };
}

/** The size of a partition: the largest of its replicas, as one that is still being copied is smaller. */
export function largestReplicas(sizes: Iterable<BrokerSizes>): ReadonlyMap<string, number> {
  const largest = new Map<string, number>();
  for (const { ofPartitions } of sizes) {
    for (const [name, bytes] of ofPartitions) largest.set(name, Math.max(largest.get(name) ?? 0, bytes));
  }
  return largest;
}

/** What a member says that it has. */
import type { ConsumerGroupHeartbeatCall } from "../../calls.js";
import type { Reported } from "../assignment/reconcile.js";

export function partitionsReported(topics: ConsumerGroupHeartbeatCall["topicPartitions"]): Reported {
  if (topics === null) return null;
  const reported = new Map<string, Set<number>>();
  for (const { topicId, partitions } of topics) {
    const all = reported.get(topicId) ?? new Set();
    for (const partition of partitions) all.add(partition);
    reported.set(topicId, all);
  }
  return reported;
}

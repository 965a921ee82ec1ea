import { expect, test } from "vitest";
import { partitionFor } from "./shards.js";

/** As Apache Kafka 4.3.1 chose: the files of its groups and transactions lie where these say. */
test.each([
  ["readers.consumer", 40],
  ["readers.classic", 18],
  ["movers", 8],
  // Java's hash of it is the one number that has no positive counterpart.
  ["polygenelubricants", 0],
])("of 50 partitions, the coordinator of %s is the leader of %i, as in Apache Kafka", (key, partition) => {
  expect(partitionFor(key, 50)).toBe(partition);
});

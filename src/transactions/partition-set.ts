/** The partitions of a transaction: a value that is never changed, by topic in the order in which they came. */
import type { MetadataImage } from "../metadata/image/image.js";

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** Partitions as requests name them. */
export interface TopicPartitions {
  readonly name: string;
  readonly partitions: readonly number[];
}

export type PartitionSet = ReadonlyMap<string, ReadonlySet<number>>;

export const noPartitions: PartitionSet = new Map();

export function holds(set: PartitionSet, topic: string, partition: number): boolean {
  return set.get(topic)?.has(partition) ?? false;
}

export function holdsAll(set: PartitionSet, topics: readonly TopicPartitions[]): boolean {
  return topics.every(({ name, partitions }) => partitions.every((partition) => holds(set, name, partition)));
}

export function withPartitions(set: PartitionSet, topics: readonly TopicPartitions[]): PartitionSet {
  const added = new Map(set);
  for (const { name, partitions } of topics) {
    if (partitions.length > 0) added.set(name, new Set([...(added.get(name) ?? []), ...partitions]));
  }
  return added;
}

export function partitionSetOf(partitions: readonly TopicPartition[]): PartitionSet {
  const set = new Map<string, Set<number>>();
  for (const { topic, partition } of partitions) {
    const indexes = set.get(topic);
    if (indexes === undefined) set.set(topic, new Set([partition]));
    else indexes.add(partition);
  }
  return set;
}

export function partitionsOf(set: PartitionSet): TopicPartition[] {
  return [...set].flatMap(([topic, indexes]) => [...indexes].map((partition) => ({ topic, partition })));
}

/** What is gone needs no marker. */
export function stillThere(partitions: readonly TopicPartition[], { topicsByName }: MetadataImage): TopicPartition[] {
  return partitions.filter(({ topic, partition }) => partition < (topicsByName.get(topic)?.partitions.length ?? 0));
}

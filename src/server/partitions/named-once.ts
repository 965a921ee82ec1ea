/**
 * Requests that Apache Kafka reads into a map of partitions. Of a partition that is named twice the last word counts, a
 * topic that is named twice is one, and a topic without partitions was never named. So it is answered, too.
 */
export interface TopicsOf<T, P> {
  /** Topics with the same key are the same. */
  keyOf(topic: T): string;
  partitionsOf(topic: T): readonly P[];
  indexOf(partition: P): number;
  withPartitions(topic: T, partitions: readonly P[]): T;
}

/** The same list where nothing is named twice, as it is in all that clients send. */
export function namedOnce<T, P>(topics: readonly T[], of: TopicsOf<T, P>): readonly T[] {
  if (isNamedOnce(topics, of)) return topics;
  const byKey = new Map<string, { readonly topic: T; readonly byIndex: Map<number, P> }>();
  for (const topic of topics) {
    const key = of.keyOf(topic);
    const { byIndex } = byKey.get(key) ?? { byIndex: new Map<number, P>() };
    for (const partition of of.partitionsOf(topic)) byIndex.set(of.indexOf(partition), partition);
    if (byIndex.size > 0) byKey.set(key, { topic, byIndex });
  }
  return [...byKey.values()].map(({ topic, byIndex }) => of.withPartitions(topic, [...byIndex.values()]));
}

function isNamedOnce<T, P>(topics: readonly T[], of: TopicsOf<T, P>): boolean {
  if (topics.length > 1 && new Set(topics.map(of.keyOf)).size < topics.length) return false;
  return topics.every((topic) => {
    const partitions = of.partitionsOf(topic);
    return (
      partitions.length === 1 ||
      (partitions.length > 0 && new Set(partitions.map(of.indexOf)).size === partitions.length)
    );
  });
}

/** Committed offsets by topic and partition. */
import type { LoggedOffset } from "../records/group-record.js";

export interface CommittedOffset extends LoggedOffset {
  /** Where the commit stands in the log: of two commits, the later one counts. */
  readonly recordOffset: number;
}

export class OffsetTable {
  readonly #byTopic = new Map<string, Map<number, CommittedOffset>>();

  get isEmpty(): boolean {
    return this.#byTopic.size === 0;
  }

  topics(): Iterable<string> {
    return this.#byTopic.keys();
  }

  partitionsOf(topic: string): ReadonlyMap<number, CommittedOffset> {
    return this.#byTopic.get(topic) ?? noPartitions;
  }

  get(topic: string, partition: number): CommittedOffset | null {
    return this.#byTopic.get(topic)?.get(partition) ?? null;
  }

  set(topic: string, partition: number, committed: CommittedOffset): void {
    const partitions = this.#byTopic.get(topic);
    if (partitions === undefined) this.#byTopic.set(topic, new Map([[partition, committed]]));
    else partitions.set(partition, committed);
  }

  delete(topic: string, partition: number): void {
    const partitions = this.#byTopic.get(topic);
    if (partitions === undefined) return;
    partitions.delete(partition);
    if (partitions.size === 0) this.#byTopic.delete(topic);
  }

  *entries(): Generator<{ topic: string; partition: number; committed: CommittedOffset }> {
    for (const [topic, partitions] of this.#byTopic) {
      for (const [partition, committed] of partitions) yield { topic, partition, committed };
    }
  }
}

const noPartitions: ReadonlyMap<number, CommittedOffset> = new Map();

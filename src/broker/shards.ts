import type { Partition } from "../cluster/replication/partition.js";
import type { Partitions } from "../cluster/replication/partitions.js";
import type { Runner } from "../coordination/runner.js";
import type { MachineTypes } from "../coordination/state-machine.js";
import type { MetadataImage } from "../metadata/image.js";
import { type ErrorCode, errors } from "../protocol/errors.js";

/** Makes the coordinator of one partition, over its log. It starts loading at once. */
export type RunnerOf<T extends MachineTypes> = (partition: Partition, image: MetadataImage) => Runner<T>;

/**
 * The coordinators of one internal topic: a shard for each partition that this broker leads. Shards come and go with the
 * leadership; who asks for one that is elsewhere is told so.
 */
export class Shards<T extends MachineTypes> {
  readonly topic: string;
  readonly #partitions: Partitions;
  readonly #runnerOf: RunnerOf<T>;
  readonly #runners = new Map<number, { readonly leaderEpoch: number; readonly runner: Runner<T> }>();
  #partitionCount = 0;

  constructor(topic: string, partitions: Partitions, runnerOf: RunnerOf<T>) {
    this.topic = topic;
    this.#partitions = partitions;
    this.#runnerOf = runnerOf;
  }

  /** The shard that coordinates `key`, a group id or a transactional id. */
  shardOf(key: string): Runner<T> | { readonly errorCode: ErrorCode } {
    if (this.#partitionCount === 0) return { errorCode: errors.COORDINATOR_NOT_AVAILABLE.code };
    const shard = this.#runners.get(partitionFor(key, this.#partitionCount));
    return shard?.runner ?? { errorCode: errors.NOT_COORDINATOR.code };
  }

  /** Every shard that is here, for listings. */
  *all(): Iterable<Runner<T>> {
    for (const { runner } of this.#runners.values()) yield runner;
  }

  /** Resigns what this broker leads no more, starts what it has come to lead, and tells the others of new metadata. */
  publish(before: MetadataImage, after: MetadataImage): void {
    this.#partitionCount = after.topicsByName.get(this.topic)?.partitions.length ?? 0;
    for (const [index, shard] of this.#runners) {
      if (this.#partitions.get(this.topic, index)?.leaderEpoch !== shard.leaderEpoch) this.#runners.delete(index);
      else shard.runner.metadataChanged(before, after);
    }
    for (const partition of this.#partitions.ofTopic(this.topic)) {
      const { index, leaderEpoch } = partition;
      if (leaderEpoch === null || this.#runners.has(index)) continue;
      this.#runners.set(index, { leaderEpoch, runner: this.#runnerOf(partition, after) });
    }
  }
}

/** The partition of an internal topic that coordinates `key`: the hash of Java's `String`, as every Kafka broker takes it. */
export function partitionFor(key: string, partitionCount: number): number {
  let hash = 0;
  for (let i = 0; i < key.length; i++) hash = (Math.imul(31, hash) + key.charCodeAt(i)) | 0;
  return (hash & 0x7fffffff) % partitionCount;
}

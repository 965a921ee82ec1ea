import type { Partition } from "../../cluster/replication/partition.js";
import type { Partitions } from "../../cluster/replication/partitions.js";
import type { Runner } from "../../coordination/runner.js";
import type { MachineTypes } from "../../coordination/state-machine.js";
import type { Clock } from "../../lib/environment.js";
import type { MetadataImage } from "../../metadata/image.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";

/** Makes the coordinator of one partition, over its log. It starts loading at once. `onOver`: it ended by itself. */
export type RunnerOf<T extends MachineTypes> = (partition: Partition, onOver: () => void) => Runner<T>;

interface Shard<T extends MachineTypes> {
  readonly leaderEpoch: number;
  readonly runner: Runner<T>;
}

/** A shard that ended by itself is loaded anew after so long. */
const reloadBackoffMs = 500;

/**
 * The coordinators of one internal topic: a shard for each partition that this broker leads. Shards come and go with the
 * leadership; who asks for one that is elsewhere is told so. One that fails is dropped whole and loaded again.
 */
export class Shards<T extends MachineTypes> {
  readonly topic: string;
  readonly #partitions: Partitions;
  readonly #wire: Clock;
  readonly #runnerOf: RunnerOf<T>;
  readonly #shards = new Map<number, Shard<T>>();
  #partitionCount = 0;
  #isClosed = false;

  constructor(topic: string, partitions: Partitions, wire: Clock, runnerOf: RunnerOf<T>) {
    this.topic = topic;
    this.#partitions = partitions;
    this.#wire = wire;
    this.#runnerOf = runnerOf;
  }

  /** The shard that coordinates `key`, a group id or a transactional id. */
  shardOf(key: string): Runner<T> | { readonly errorCode: ErrorCode } {
    if (this.#partitionCount === 0) return { errorCode: errors.COORDINATOR_NOT_AVAILABLE.code };
    const shard = this.#shards.get(partitionFor(key, this.#partitionCount));
    return shard?.runner ?? { errorCode: errors.NOT_COORDINATOR.code };
  }

  /** The shard of a partition, if this broker leads it. */
  at(index: number): Runner<T> | undefined {
    return this.#shards.get(index)?.runner;
  }

  /** The partition in which `key` lives, whoever leads it; null while there is no such topic. */
  partitionOf(key: string): number | null {
    return this.#partitionCount === 0 ? null : partitionFor(key, this.#partitionCount);
  }

  /** Every shard that is here, for listings. */
  *all(): Iterable<Runner<T>> {
    for (const { runner } of this.#shards.values()) yield runner;
  }

  /** Resigns what this broker leads no more, starts what it has come to lead, and tells the others of new metadata. */
  publish(before: MetadataImage, after: MetadataImage): void {
    this.#partitionCount = after.topicsByName.get(this.topic)?.partitions.length ?? 0;
    for (const [index, { leaderEpoch, runner }] of [...this.#shards]) {
      if (this.#partitions.get(this.topic, index)?.leaderEpoch === leaderEpoch) runner.metadataChanged(before, after);
      else this.#drop(index);
    }
    for (const partition of this.#partitions.ofTopic(this.topic)) this.#startIfLed(partition);
  }

  close(): void {
    this.#isClosed = true;
    for (const index of [...this.#shards.keys()]) this.#drop(index);
  }

  #startIfLed(partition: Partition): void {
    const { index, leaderEpoch } = partition;
    if (this.#isClosed || leaderEpoch === null || this.#shards.has(index)) return;
    const runner = this.#runnerOf(partition, () => {
      if (this.#shards.get(index)?.runner === runner) this.#shards.delete(index);
      this.#wire.at(this.#wire.monotonicMs() + reloadBackoffMs, () => this.#startIfLed(partition));
    });
    this.#shards.set(index, { leaderEpoch, runner });
  }

  #drop(index: number): void {
    this.#shards.get(index)?.runner.close();
    this.#shards.delete(index);
  }
}

/** The partition of an internal topic that coordinates `key`: the hash of Java's `String`, as every Kafka broker takes it. */
export function partitionFor(key: string, partitionCount: number): number {
  let hash = 0;
  for (let i = 0; i < key.length; i++) hash = (Math.imul(31, hash) + key.charCodeAt(i)) | 0;
  // The one number that has no positive counterpart counts as 0.
  return (hash === -0x8000_0000 ? 0 : Math.abs(hash)) % partitionCount;
}

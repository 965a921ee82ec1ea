import type { Partition } from "../../cluster/replication/partition.js";
import { PartitionShardLog } from "../../cluster/replication/partition-shard-log.js";
import type { Partitions } from "../../cluster/replication/partitions.js";
import type { RecordCodec } from "../../coordination/record-codec.js";
import { Runner } from "../../coordination/runner.js";
import { coordinatorAnswers } from "../../coordination/runner-options.js";
import type { MachineTypes, StateMachine } from "../../coordination/state-machine.js";
import type { Environment } from "../../lib/environment.js";
import type { MetadataImage } from "../../metadata/image/image.js";
import type { Logger } from "../../observability/logger.js";
import { type ErrorCode, errorName, errors } from "../../protocol/errors.js";

/** What is particular to the coordinators of one internal topic. */
export interface CoordinatorKind<T extends MachineTypes> {
  readonly topic: string;
  /** What they coordinate, in a word for the log: `groups`. */
  readonly coordinates: string;
  /** `leaderEpoch`: under which this broker leads the partition. */
  readonly machineFor: (leaderEpoch: number) => StateMachine<T>;
  readonly codec: RecordCodec<T["Rec"]>;
  /** Never rejects. */
  readonly runErrand: (errand: T["Errand"]) => Promise<T["ErrandResult"]>;
  /** How long an answer waits for its records to be committed. */
  readonly commitTimeoutMs: number;
}

/** What every kind of coordinator stands on. */
export interface CoordinatorRooms {
  readonly environment: Environment;
  readonly logger: Logger;
  readonly partitions: Partitions;
  readonly image: () => MetadataImage;
}

interface Shard<T extends MachineTypes> {
  readonly leaderEpoch: number;
  readonly runner: Runner<T>;
}

/** A shard that ended by itself is loaded anew after so long. */
const RELOAD_BACKOFF_MS = 500;
/** Callers that may wait in one shard at a time. */
const TICKETS_MAX = 100_000;

/**
 * The coordinators of one internal topic: a shard for each partition that this broker leads. Shards come and go with the
 * leadership; who asks for one that is elsewhere is told so. One that fails is dropped whole and loaded again.
 */
export class Shards<T extends MachineTypes> {
  readonly topic: string;
  readonly #kind: CoordinatorKind<T>;
  readonly #rooms: CoordinatorRooms;
  readonly #shards = new Map<number, Shard<T>>();
  #partitionCount = 0;
  #isClosed = false;

  constructor(kind: CoordinatorKind<T>, rooms: CoordinatorRooms) {
    this.topic = kind.topic;
    this.#kind = kind;
    this.#rooms = rooms;
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
    const { partitions } = this.#rooms;
    this.#partitionCount = after.topicsByName.get(this.topic)?.partitions.length ?? 0;
    for (const [index, { leaderEpoch, runner }] of [...this.#shards]) {
      if (partitions.get(this.topic, index)?.leaderEpoch === leaderEpoch) runner.metadataChanged(before, after);
      else this.#drop(index);
    }
    for (const partition of partitions.ofTopic(this.topic)) this.#startIfLed(partition);
  }

  close(): void {
    this.#isClosed = true;
    for (const index of [...this.#shards.keys()]) this.#drop(index);
  }

  #startIfLed(partition: Partition): void {
    const { index, leaderEpoch } = partition;
    if (this.#isClosed || leaderEpoch === null || this.#shards.has(index)) return;
    const runner = this.#run(partition, leaderEpoch, () => {
      if (this.#shards.get(index)?.runner === runner) this.#shards.delete(index);
      const { wire } = this.#rooms.environment;
      wire.at(wire.monotonicMs() + RELOAD_BACKOFF_MS, () => this.#startIfLed(partition));
    });
    this.#shards.set(index, { leaderEpoch, runner });
  }

  /** The coordinator of one partition, over its log: it starts loading at once. `onOver`: it ended by itself. */
  #run(partition: Partition, leaderEpoch: number, onOver: () => void): Runner<T> {
    const { coordinates, machineFor, codec, runErrand, commitTimeoutMs } = this.#kind;
    const { environment, logger, image } = this.#rooms;
    const { index } = partition;
    return new Runner<T>({
      machine: machineFor(leaderEpoch),
      log: new PartitionShardLog(partition),
      codec,
      environment,
      metadata: image,
      runErrand,
      answers: coordinatorAnswers,
      limits: { commitTimeoutMs, ticketsMax: TICKETS_MAX },
      onOver: (why) => {
        const what = `this broker no longer coordinates the ${coordinates} of a partition`;
        logger.debug({ partition: index, why: errorName(why) }, what);
        onOver();
      },
      onBug: (error) =>
        logger.error({ err: error, partition: index }, `a coordinator of ${coordinates} failed for a reason of ours`),
    });
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

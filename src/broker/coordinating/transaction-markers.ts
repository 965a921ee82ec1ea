/**
 * Writes the ends of transactions into partitions that this broker leads, whoever orders it: a coordinator, or an
 * administrator who ends a transaction that hangs. A marker is written when it is committed.
 */
import type { Partition } from "../../cluster/replication/partition.js";
import type { Partitions } from "../../cluster/replication/partitions.js";
import type { GroupTypes } from "../../groups/group-types.js";
import type { Clock } from "../../lib/environment.js";
import type { Waiters } from "../../lib/waiters.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import type { TransactionMarker } from "../../storage/producers/producer-state.js";
import { groupTopic } from "../internal-topics.js";
import type { Shards } from "./shards.js";

/** How long a marker may stay uncommitted: the default of Kafka's `request.timeout.ms`. */
const COMMIT_TIMEOUT_MS = 30_000;

export class TransactionMarkers {
  readonly #partitions: Partitions;
  readonly #groups: Shards<GroupTypes>;
  readonly #waiters: Waiters;
  readonly #wire: Clock;

  constructor(options: {
    readonly partitions: Partitions;
    readonly groups: Shards<GroupTypes>;
    readonly waiters: Waiters;
    readonly wire: Clock;
  }) {
    this.#partitions = options.partitions;
    this.#groups = options.groups;
    this.#waiters = options.waiters;
    this.#wire = options.wire;
  }

  async write(marker: TransactionMarker, topic: string, index: number): Promise<ErrorCode> {
    const partition = this.#partitions.get(topic, index);
    if (partition === undefined) return errors.UNKNOWN_TOPIC_OR_PARTITION.code;
    const leaderEpoch = partition.leaderEpoch ?? -1;
    const result = partition.appendMarker(marker);
    if ("errorCode" in result) return result.errorCode;
    if (topic === groupTopic) this.#tellGroups(marker, index, { offset: result.lastOffset, leaderEpoch });
    return this.#committed(partition, result.lastOffset + 1);
  }

  /** Offsets that were committed within the transaction count from now on, or never will. */
  #tellGroups(
    { producerId, producerEpoch, commit }: TransactionMarker,
    index: number,
    at: { readonly offset: number; readonly leaderEpoch: number },
  ): void {
    const marker = { producerId, producerEpoch, commit };
    const transaction = { producerId, producerEpoch };
    this.#groups.at(index)?.markerAppended(marker, { timestampMs: this.#wire.wallMs(), transaction, ...at });
  }

  #committed(partition: Partition, endOffset: number): ErrorCode | Promise<ErrorCode> {
    if (partition.highWatermark >= endOffset) return errors.NONE.code;
    return new Promise((resolve) => {
      const waiting = this.#waiters.park({
        on: [partition.moved],
        deadlineMs: this.#wire.monotonicMs() + COMMIT_TIMEOUT_MS,
        tryComplete: () => {
          const errorCode = partition.checkLeader(-1);
          const isDone = errorCode !== errors.NONE.code || partition.highWatermark >= endOffset;
          if (isDone) resolve(errorCode);
          return isDone;
        },
        expire: () => resolve(errors.REQUEST_TIMED_OUT.code),
      });
      if (waiting === "full") resolve(errors.REQUEST_TIMED_OUT.code);
    });
  }
}

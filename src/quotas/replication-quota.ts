/**
 * Holds back replicas that catch up, so that moving partitions leaves room for clients (KIP-73). One of these counts what
 * leaders send, another what followers take, a third what moves between folders; each has a rate for the whole broker, and
 * the first two the partitions that they are for.
 */
import type { Clock } from "../lib/environment.js";
import { type RateWindows, SampledRate } from "./sampled-rate.js";

/** Of one topic. */
export type ThrottledPartitions = "all" | ReadonlySet<number>;

export const NO_LIMIT = Number.POSITIVE_INFINITY;

export class ReplicationQuota {
  readonly #clock: Pick<Clock, "monotonicMs">;
  readonly #moved: SampledRate;
  readonly #throttled = new Map<string, ThrottledPartitions>();
  #bytesPerSecond = NO_LIMIT;

  constructor(clock: Pick<Clock, "monotonicMs">, windows: RateWindows) {
    this.#clock = clock;
    this.#moved = new SampledRate(windows);
  }

  /** From now on so much may move in a second. */
  limit(bytesPerSecond: number): void {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** It is for these partitions of the topic from now on; null: for none. */
  throttle(topic: string, partitions: ThrottledPartitions | null): void {
    if (partitions === null) this.#throttled.delete(topic);
    else this.#throttled.set(topic, partitions);
  }

  isThrottled(topic: string, index: number): boolean {
    const partitions = this.#throttled.get(topic);
    return partitions === "all" || (partitions?.has(index) ?? false);
  }

  /** How long nothing more shall move; 0: more may. */
  pauseMs(): number {
    return this.#bytesPerSecond === NO_LIMIT ? 0 : this.#moved.pauseMs(this.#bytesPerSecond, this.#clock.monotonicMs());
  }

  /** Counted as it happens, also while there is no limit: one that is set then begins with what is known. */
  record(bytes: number): void {
    this.#moved.record(bytes, this.#clock.monotonicMs());
  }
}

/** The value of `leader.replication.throttled.replicas` or its sister, as this broker reads it; null: not for it. */
export function throttledOnBroker(replicas: string, brokerId: number): ThrottledPartitions | null {
  if (replicas.trim() === "*") return "all";
  const pairs = replicas.split(",").map((pair) => pair.trim().split(":"));
  const indexes = pairs.filter(([, broker]) => broker === String(brokerId)).map(([index]) => Number(index));
  return indexes.length === 0 ? null : new Set(indexes);
}

/**
 * What a cluster may be asked to survive. A power cut takes records that no disk has yet, a broker that was killed counts as
 * one that lost some, and one that was stopped is not in sync any more. So as long as one with losses is not in sync again,
 * some broker that never went down must still be known to have everything; else even the best cluster would lose what it
 * promised.
 *
 * Nor does KIP-966 promise anything when `min.insync.replicas` brokers, here two, lose records at once. Until they register
 * again nobody knows of it, and both count as in sync. They are as many as must be, so a third one that only falls silent,
 * or whose disk fails, leaves the in-sync set without staying eligible: who really has everything is forgotten.
 */
import type { PartitionImage } from "../../../src/metadata/image/image.js";
import type { SimulatedBroker } from "../broker.js";

export class Safety {
  readonly #brokers: readonly SimulatedBroker[];
  /** Robbed of their power since all replicas were in sync. */
  readonly #damaged = new Set<SimulatedBroker>();
  /** Ended, and not registered again. */
  readonly #down = new Set<SimulatedBroker>();

  constructor(brokers: readonly SimulatedBroker[]) {
    this.#brokers = brokers;
  }

  allows(kind: "stop" | "kill" | "power cut", broker: SimulatedBroker, partitions: readonly PartitionImage[]): boolean {
    const isWhole = partitions.every(({ isr, replicas }) => isr.length === replicas.length);
    if (isWhole && this.#down.size === 0) this.#damaged.clear();
    if (this.#wouldLoseTwice(kind, broker)) return false;
    const isHarmless = kind !== "power cut" && this.#damaged.size === 0;
    const isHeld = partitions.every((partition) =>
      this.#holders(partition).some((holder) => holder !== broker && holder.isAlive),
    );
    if (!isHarmless && !isHeld) return false;
    this.#down.add(broker);
    if (kind === "power cut") this.#damaged.add(broker);
    return true;
  }

  serves(broker: SimulatedBroker): void {
    this.#down.delete(broker);
  }

  /**
   * Whether two would be down, one of them robbed of its power, before anybody knows what they have lost. One that stops
   * counts as well: when its disk fails on the way, its end is none in order.
   */
  #wouldLoseTwice(kind: "stop" | "kill" | "power cut", broker: SimulatedBroker): boolean {
    const others = [...this.#down].filter((other) => other !== broker);
    return kind === "power cut" ? others.length > 0 : others.some((other) => this.#damaged.has(other));
  }

  /** Who surely has all that was promised. */
  #holders({ isr, eligibleLeaderReplicas }: PartitionImage): readonly SimulatedBroker[] {
    const ids = new Set([...isr, ...eligibleLeaderReplicas]);
    const isWell = (broker: SimulatedBroker) => !this.#damaged.has(broker) && !this.#down.has(broker);
    return this.#brokers.filter((broker, index) => ids.has(index + 1) && isWell(broker));
  }
}

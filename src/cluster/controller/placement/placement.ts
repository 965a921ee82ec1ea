/**
 * Chooses the replicas of new partitions, as Apache Kafka's striped placer does: racks in turn, brokers within a rack in
 * turn, each partition one step further than the one before, so that leaders and followers spread evenly. Unfenced
 * brokers come first, and the first replica, the leader, is always one of them.
 */
import type { Random } from "../../../lib/environment.js";

export interface UsableBroker {
  readonly id: number;
  readonly rack: string | null;
  readonly fenced: boolean;
}

export interface PlacementProblem {
  readonly problem: string;
}

/** For each partition its replicas, the preferred leader first; or why that cannot be. */
export function placeReplicas(
  brokers: readonly UsableBroker[],
  partitions: number,
  replicationFactor: number,
  random: Random,
): readonly (readonly number[])[] | PlacementProblem {
  if (!brokers.some(({ fenced }) => !fenced)) {
    return { problem: "All brokers are currently fenced, or have all their log directories cordoned." };
  }
  if (replicationFactor > brokers.length) {
    return {
      problem:
        `The target replication factor of ${replicationFactor} cannot be reached because only ${brokers.length} ` +
        "broker(s) are registered or some brokers have all their log directories cordoned.",
    };
  }
  const racks = new Racks(brokers, random);
  return Array.from({ length: partitions }, () => racks.nextPartition(replicationFactor));
}

class Racks {
  readonly #racks: Rack[];
  readonly #random: Random;
  readonly #unfenced: number;
  #offset: number;
  /** How many partitions were placed since the last shuffle. */
  #round = 0;

  constructor(brokers: readonly UsableBroker[], random: Random) {
    const names = [...new Set(brokers.map(({ rack }) => rack))].sort(compareRacks);
    this.#racks = names.map(
      (name) =>
        new Rack(
          brokers.filter(({ rack }) => rack === name),
          random,
        ),
    );
    this.#random = random;
    this.#unfenced = brokers.filter(({ fenced }) => !fenced).length;
    this.#offset = random.below(this.#racks.length);
  }

  nextPartition(replicationFactor: number): number[] {
    this.#shuffleAfterFullRound();
    const start = this.#offset % this.#racks.length;
    const [leader, leaderRack] = this.#leaderFrom(start);
    const replicas = [leader];
    let isFirstLap = true;
    for (let i = start; replicas.length < replicationFactor; i = (i + 1) % this.#racks.length) {
      // The leader's rack has had its turn in the first lap.
      const skipped = isFirstLap && i === leaderRack;
      if (skipped) isFirstLap = false;
      const replica = skipped ? null : (this.#racks[i]?.next(this.#round) ?? null);
      if (replica !== null) replicas.push(replica);
    }
    this.#round++;
    this.#offset = start + 1;
    return replicas;
  }

  #leaderFrom(start: number): [leader: number, rack: number] {
    for (let i = start; ; i = (i + 1) % this.#racks.length) {
      const leader = this.#racks[i]?.nextUnfenced(this.#round) ?? null;
      if (leader !== null) return [leader, i];
    }
  }

  /** As many partitions as unfenced brokers: from here on the same rows would come again. */
  #shuffleAfterFullRound(): void {
    if (this.#round !== this.#unfenced || this.#unfenced === 1) return;
    shuffle(this.#racks, this.#random);
    for (const rack of this.#racks) rack.shuffle(this.#random);
    this.#round = 0;
  }
}

class Rack {
  readonly #unfenced: Carousel;
  readonly #fenced: Carousel;

  constructor(brokers: readonly UsableBroker[], random: Random) {
    const ids = (fenced: boolean) => brokers.filter((broker) => broker.fenced === fenced).map(({ id }) => id);
    this.#unfenced = new Carousel(ids(false), random);
    this.#fenced = new Carousel(ids(true), random);
  }

  nextUnfenced(round: number): number | null {
    return this.#unfenced.next(round);
  }

  next(round: number): number | null {
    return this.#unfenced.next(round) ?? this.#fenced.next(round);
  }

  shuffle(random: Random): void {
    this.#unfenced.shuffle(random);
    this.#fenced.shuffle(random);
  }
}

/** Brokers in a ring: in each round every one once, beginning one further than in the round before. */
class Carousel {
  readonly #ids: number[];
  #start: number;
  #taken = 0;
  #round = 0;

  constructor(ids: readonly number[], random: Random) {
    this.#ids = [...ids].sort((one, other) => one - other);
    this.#start = ids.length === 0 ? 0 : random.below(ids.length);
  }

  /** Null when all have had their turn in this round. */
  next(round: number): number | null {
    if (this.#round !== round) {
      this.#round = round;
      this.#taken = 0;
      this.#start++;
    }
    if (this.#taken === this.#ids.length) return null;
    return this.#ids[(this.#start + this.#taken++) % this.#ids.length] ?? null;
  }

  shuffle(random: Random): void {
    shuffle(this.#ids, random);
  }
}

function shuffle<T>(list: T[], random: Random): void {
  for (let i = list.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const [one, other] = [list[i] as T, list[j] as T];
    list[i] = other;
    list[j] = one;
  }
}

/** Brokers without a rack share one, which comes first. */
function compareRacks(one: string | null, other: string | null): number {
  if (one === null || other === null) return one === other ? 0 : one === null ? -1 : 1;
  return one < other ? -1 : one > other ? 1 : 0;
}

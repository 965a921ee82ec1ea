/** The fetchers of a broker: one for each leader that it follows anything of, and none where it follows nothing. */
import type { Partition } from "../partition.js";
import type { FetchedPartition } from "./fetched-partitions.js";
import { Fetcher, type FetcherOptions } from "./fetcher.js";

interface Assignment {
  readonly fetcher: Fetcher;
  readonly leader: number;
  readonly fetched: FetchedPartition;
}

export class Fetchers {
  readonly #options: FetcherOptions;
  readonly #byLeader = new Map<number, Fetcher>();
  readonly #assigned = new Map<Partition, Assignment>();

  constructor(options: FetcherOptions) {
    this.#options = options;
  }

  /** The part of this partition may be another one now. */
  assign(partition: Partition): void {
    const { following } = partition;
    const assigned = this.#assigned.get(partition);
    if ((assigned?.fetched.follower ?? null) === following) return;
    if (following !== null) {
      const fetcher = this.#byLeader.get(following.leader) ?? new Fetcher(following.leader, this.#options);
      this.#byLeader.set(following.leader, fetcher);
      const fetched = fetcher.add(partition, following);
      this.#assigned.set(partition, { fetcher, leader: following.leader, fetched });
    } else this.#assigned.delete(partition);
    if (assigned !== undefined) this.#release(assigned);
  }

  close(): void {
    for (const fetcher of this.#byLeader.values()) fetcher.close();
    this.#byLeader.clear();
    this.#assigned.clear();
  }

  #release({ fetcher, leader, fetched }: Assignment): void {
    fetcher.remove(fetched);
    if (fetcher.size > 0) return;
    fetcher.close();
    this.#byLeader.delete(leader);
  }
}

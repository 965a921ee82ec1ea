/** What the members of one group think they own. No two may own one partition at the same time, unless one is late. */
import { invariant } from "../../../src/lib/invariant.js";
import type { Place } from "../calls.js";

export interface Owner {
  readonly name: string;
  /** When it sent the last request that was answered well. */
  readonly heardMs: number;
  /** So long after that the group may go on without it. */
  readonly patienceMs: number;
}

export class Ownership {
  readonly #owners = new Map<Place, Owner>();

  claim(place: Place, owner: Owner, nowMs: number): void {
    const before = this.#owners.get(place) ?? owner;
    const isOnlyOwner = before === owner || isLate(before, nowMs);
    invariant(isOnlyOwner, `${before.name} and ${owner.name} own ${place.topic}-${place.partition} at the same time`);
    this.#owners.set(place, owner);
  }

  release(owner: Owner): void {
    for (const [place, other] of this.#owners) if (other === owner) this.#owners.delete(place);
  }

  releaseOne(place: Place, owner: Owner): void {
    if (this.#owners.get(place) === owner) this.#owners.delete(place);
  }
}

export function isLate({ heardMs, patienceMs }: Owner, nowMs: number): boolean {
  return nowMs - heardMs >= patienceMs;
}

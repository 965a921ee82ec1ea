/** One follower as its leader sees it: what its fetches tell of it. */
import type { FollowerState } from "./isr.js";

const UNKNOWN = -1;

/** A follower's fetch of one partition. */
export interface FollowerFetch {
  readonly brokerId: number;
  /** The registration of the follower's broker (KIP-903); -1: not told. */
  readonly brokerEpoch: number;
  /** The follower has all that lies below. */
  readonly fetchOffset: number;
  readonly logStartOffset: number;
  /** On the wire clock. */
  readonly nowMs: number;
}

/** A fetch session (KIP-227), in which nothing is said of a partition while nothing happens there. */
export interface HeardSession {
  /** On the wire clock. */
  readonly lastUsedMs: number;
}

export class FollowerProgress implements FollowerState {
  readonly brokerId: number;
  endOffset = UNKNOWN;
  logStartOffset = UNKNOWN;
  brokerEpoch = UNKNOWN;
  isInMaximalIsr: boolean;
  caughtUpMs: number;
  #lastFetchMs = Number.NEGATIVE_INFINITY;
  #restsIn: HeardSession | null = null;
  /** Where the leader's log ended when the follower fetched last. */
  #leaderEndOffsetThen = Number.POSITIVE_INFINITY;

  /** A follower that is in the ISR has until now been in sync; of any other nothing is known. */
  constructor(brokerId: number, isInIsr: boolean, nowMs: number) {
    this.brokerId = brokerId;
    this.isInMaximalIsr = isInIsr;
    this.caughtUpMs = isInIsr ? nowMs : Number.NEGATIVE_INFINITY;
  }

  /** Whether the fetch comes from a process of the broker that was replaced since. */
  isOutdated({ brokerEpoch }: FollowerFetch): boolean {
    return brokerEpoch !== UNKNOWN && brokerEpoch < this.brokerEpoch;
  }

  /**
   * Who asks for the end of the log has all of it now. Who asks for what was the end at its last fetch had all of it
   * then: records may come faster than it can ask.
   */
  fetched({ brokerEpoch, fetchOffset, logStartOffset, nowMs }: FollowerFetch, leaderEndOffset: number): void {
    if (fetchOffset >= leaderEndOffset) this.caughtUpMs = Math.max(this.caughtUpMs, nowMs);
    else if (fetchOffset >= this.#leaderEndOffsetThen) this.caughtUpMs = Math.max(this.caughtUpMs, this.#lastFetchMs);
    this.#lastFetchMs = nowMs;
    this.#restsIn = null;
    this.#leaderEndOffsetThen = leaderEndOffset;
    this.endOffset = fetchOffset;
    this.logStartOffset = logStartOffset;
    this.brokerEpoch = brokerEpoch;
  }

  /** It has all, and is not looked at again before the partition moves: until then its session tells that it is there. */
  restsIn(session: HeardSession): void {
    this.#restsIn = session;
  }

  /** Records came that it does not have: until it was heard of last, it had all. */
  leftBehind(): void {
    this.caughtUpMs = Math.max(this.caughtUpMs, this.#restsIn?.lastUsedMs ?? this.#lastFetchMs);
  }
}

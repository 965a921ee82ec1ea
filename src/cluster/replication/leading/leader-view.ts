/** A leader's view of its followers for one leader epoch: how far each is, who is in sync, and what is proposed. */
import type { BrokerImage, PartitionImage } from "../../../metadata/image/image.js";
import { errors } from "../../../protocol/errors.js";
import { FollowerProgress } from "./follower-progress.js";
import { committedUpTo, hasCaughtUp, isEligible, keepsUp, neededInSync } from "./isr.js";
import type { IsrAnswer, IsrProposal } from "./isr-proposals.js";

/** How the leader's own log stands. */
export interface LeaderEnds {
  readonly endOffset: number;
  readonly settledOffset: number;
  readonly highWatermark: number;
}

/** What holds at the moment, beyond the partition. */
export interface Circumstances {
  readonly brokers: ReadonlyMap<number, BrokerImage>;
  /** On the wire clock. */
  readonly nowMs: number;
  /** `replica.lag.time.max.ms` */
  readonly lagTimeMaxMs: number;
}

/** A change of the ISR, before it is known to whom it is told. */
export type IsrChange = Omit<IsrProposal, "topicId" | "partitionIndex" | "onAnswer">;

/** After the controller refused a proposal: what it knows that we do not will come with the metadata. */
const REFUSED_RETRY_MS = 500;

export class LeaderView {
  readonly leaderEpoch: number;
  readonly #nodeId: number;
  /** Where the log ended when the epoch began. */
  readonly #epochStartOffset: number;
  #partitionEpoch: number;
  #isr: readonly number[];
  /** Known to nobody yet but the controller, perhaps. */
  #proposed: readonly number[] | null = null;
  #noProposalBeforeMs = Number.NEGATIVE_INFINITY;
  /** Of all replicas but this one. */
  #followers: readonly FollowerProgress[];

  constructor(image: PartitionImage, nodeId: number, epochStartOffset: number, nowMs: number) {
    this.leaderEpoch = image.leaderEpoch;
    this.#nodeId = nodeId;
    this.#epochStartOffset = epochStartOffset;
    this.#partitionEpoch = image.partitionEpoch;
    this.#isr = image.isr;
    this.#followers = followersIn(image, nodeId, NO_FOLLOWERS, nowMs);
  }

  /** As the controller has it, to the best of our knowledge. */
  get isr(): readonly number[] {
    return this.#isr;
  }

  get followers(): readonly FollowerProgress[] {
    return this.#followers;
  }

  /**
   * Whether all with which the epoch began is known to be committed. Until then the high watermark may be older than what
   * the leader before has shown (KIP-207).
   */
  knowsCommitted(highWatermark: number): boolean {
    return highWatermark >= this.#epochStartOffset;
  }

  follower(brokerId: number): FollowerProgress | undefined {
    return this.#followers.find((follower) => follower.brokerId === brokerId);
  }

  /** Whether acks=all can be kept. */
  hasEnoughInSync(minInsyncReplicas: number): boolean {
    return this.#isr.length >= neededInSync(minInsyncReplicas, this.#followers.length + 1);
  }

  /** The metadata of this epoch moved on. What an AlterPartition was answered may be newer: the partition epoch tells. */
  update(image: PartitionImage, nowMs: number): void {
    if (image.partitionEpoch <= this.#partitionEpoch) return;
    this.#partitionEpoch = image.partitionEpoch;
    this.#followers = followersIn(image, this.#nodeId, this.#followers, nowMs);
    this.#settleAt(image.isr);
  }

  /** Records came behind `endOffset`: who had all until then is behind. */
  appended(endOffset: number): void {
    for (const follower of this.#followers) if (follower.endOffset === endOffset) follower.leftBehind();
  }

  /** Null: the high watermark stays (KIP-966: while too few are in sync, one may lose what the others do not have). */
  committedUpTo(ends: LeaderEnds, minInsyncReplicas: number, circumstances: Circumstances): number | null {
    if (!this.hasEnoughInSync(minInsyncReplicas)) return null;
    const { brokers, nowMs, lagTimeMaxMs } = circumstances;
    return committedUpTo(ends, this.#followers, brokers, nowMs, lagTimeMaxMs);
  }

  /** The ISR with all followers that have caught up, if that is news. */
  expanded(ends: LeaderEnds, { brokers, nowMs }: Circumstances): IsrChange | null {
    if (this.#isBusy(nowMs)) return null;
    const leader = { highWatermark: ends.highWatermark, epochStartOffset: this.#epochStartOffset };
    const joining = this.#followers.filter((follower) => {
      if (follower.isInMaximalIsr || !hasCaughtUp(follower, leader)) return false;
      return isEligible(follower, brokers.get(follower.brokerId));
    });
    return this.#change([...this.#isr, ...joining.map(({ brokerId }) => brokerId)]);
  }

  /** The ISR without the followers that keep up no longer, if that is news. */
  shrunk({ endOffset }: LeaderEnds, { nowMs, lagTimeMaxMs }: Circumstances): IsrChange | null {
    if (this.#isBusy(nowMs)) return null;
    const kept = this.#isr.filter((brokerId) => {
      const follower = this.follower(brokerId);
      return follower === undefined || keepsUp(follower, endOffset, nowMs, lagTimeMaxMs);
    });
    return this.#change(kept);
  }

  /** What the controller said to a proposal. True: the ISR is settled anew. */
  answered({ partitionEpoch }: IsrChange, answer: IsrAnswer, nowMs: number): boolean {
    // Metadata came meanwhile that was newer than what the proposal was made on.
    if (this.#proposed === null || partitionEpoch !== this.#partitionEpoch) return false;
    if ("errorCode" in answer) {
      // The proposal may have been carried out by an earlier try: the old and the new members count until the metadata tells.
      if (staleness.has(answer.errorCode)) return false;
      this.#noProposalBeforeMs = nowMs + REFUSED_RETRY_MS;
      this.#settleAt(this.#isr);
      return true;
    }
    if (answer.leaderEpoch !== this.leaderEpoch) return false;
    this.#partitionEpoch = answer.partitionEpoch;
    this.#settleAt(answer.isr);
    return true;
  }

  #isBusy(nowMs: number): boolean {
    return this.#proposed !== null || nowMs < this.#noProposalBeforeMs;
  }

  #change(isr: readonly number[]): IsrChange | null {
    if (isr.length === this.#isr.length) return null;
    this.#proposed = isr;
    for (const follower of this.#followers) follower.isInMaximalIsr ||= isr.includes(follower.brokerId);
    const { leaderEpoch } = this;
    const newIsr = isr.map((brokerId) => ({ brokerId, brokerEpoch: this.follower(brokerId)?.brokerEpoch ?? -1 }));
    return { leaderEpoch, partitionEpoch: this.#partitionEpoch, newIsr };
  }

  #settleAt(isr: readonly number[]): void {
    this.#isr = isr;
    this.#proposed = null;
    for (const follower of this.#followers) follower.isInMaximalIsr = isr.includes(follower.brokerId);
  }
}

const NO_FOLLOWERS: readonly FollowerProgress[] = [];

/** Of those that stay, what is known stays. */
function followersIn(
  { replicas, isr }: PartitionImage,
  nodeId: number,
  known: readonly FollowerProgress[],
  nowMs: number,
): readonly FollowerProgress[] {
  if (replicas.length === 1) return NO_FOLLOWERS;
  return replicas
    .filter((brokerId) => brokerId !== nodeId)
    .map((brokerId) => {
      const follower = known.find((one) => one.brokerId === brokerId);
      return follower ?? new FollowerProgress(brokerId, isr.includes(brokerId), nowMs);
    });
}

/** What we know is older than what the controller knows, and its word is on the way. */
const staleness: ReadonlySet<number> = new Set([
  errors.INVALID_UPDATE_VERSION.code,
  errors.FENCED_LEADER_EPOCH.code,
  errors.NEW_LEADER_ELECTED.code,
  errors.UNKNOWN_TOPIC_ID.code,
  errors.UNKNOWN_TOPIC_OR_PARTITION.code,
]);

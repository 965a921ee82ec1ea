/**
 * What a leader does for one leader epoch: it appends, hears from its followers, and commits what all that are in sync
 * have. Whoever leads has nobody to ask: its log is the truth.
 */
import { type Clock, FileError, type Instant } from "../../../lib/environment.js";
import type { PartitionImage } from "../../../metadata/image/image.js";
import { type ErrorCode, errors } from "../../../protocol/errors.js";
import type { AppendResult } from "../../../storage/log-results.js";
import type { PartitionLog } from "../../../storage/partition-log.js";
import type { TransactionMarker } from "../../../storage/producers/producer-state.js";
import type { ProducerToVerify, Verification, VerificationBrought } from "../../../storage/producers/verifications.js";
import type { ReplicaLog } from "../replica-log.js";
import type { FollowerFetch, HeardSession } from "./follower-progress.js";
import { canBeSpared } from "./isr.js";
import type { LeaderPorts } from "./leader-ports.js";
import { type Circumstances, type IsrChange, LeaderView } from "./leader-view.js";
import { nearestFollower } from "./replica-selector.js";

export interface LeaderOptions {
  readonly topic: string;
  readonly topicId: string;
  readonly index: number;
  readonly nodeId: number;
  readonly replica: ReplicaLog;
  readonly clock: Clock;
  readonly ports: LeaderPorts;
  /** More is committed. */
  readonly onCommitted: (highWatermark: number) => void;
  /** The log of a follower begins elsewhere. */
  readonly onStartMoved: () => void;
}

export class Leader {
  readonly leaderEpoch: number;
  readonly #options: LeaderOptions;
  readonly #view: LeaderView;
  #isOver = false;

  constructor(image: PartitionImage, options: LeaderOptions) {
    const { replica, nodeId, ports } = options;
    this.leaderEpoch = image.leaderEpoch;
    this.#options = options;
    this.#view = new LeaderView(image, nodeId, replica.endOffset, ports.wire.monotonicMs());
    replica.log?.assignEpoch(this.leaderEpoch, replica.endOffset);
    void replica.settle();
  }

  get hasFollowers(): boolean {
    return this.#view.followers.length > 0;
  }

  /** Who is in sync, as the controller has it to the best of our knowledge. */
  get isr(): readonly number[] {
    return this.#view.isr;
  }

  /** Whether the high watermark is not older than what the leader before has shown (KIP-207). */
  get knowsCommitted(): boolean {
    return this.#view.knowsCommitted(this.#options.replica.highWatermark);
  }

  /** No replica whose broker lives has records below: DeleteRecords is done when it has reached what was asked for. */
  get lowWatermark(): number {
    const { replica, ports } = this.#options;
    const brokers = ports.brokers();
    const living = this.#view.followers.filter(({ brokerId }) => brokers.get(brokerId)?.fenced === false);
    return Math.min(replica.logStartOffset, ...living.map(({ logStartOffset }) => logStartOffset));
  }

  /** The broker from which a consumer in this rack reads best; null: from here (KIP-392). */
  nearestFollower(rack: string, fetchOffset: number): number | null {
    const { nodeId, ports } = this.#options;
    return nearestFollower(rack, fetchOffset, nodeId, this.#view.followers, ports.brokers());
  }

  /** Whether so many replicas are in sync that acks=all is kept. */
  hasEnoughInSync(): boolean {
    return this.#view.hasEnoughInSync(this.#options.replica.config.minInsyncReplicas);
  }

  /** The epoch has ended: what is answered from now on changes nothing. */
  end(): void {
    this.#isOver = true;
  }

  /** The metadata of this epoch moved on. */
  update(image: PartitionImage): void {
    this.#view.update(image, this.#options.ports.wire.monotonicMs());
    this.commit();
  }

  /** Why nothing can be appended now, or null. */
  refusal(acks: number): ErrorCode | null {
    const log = this.#logFor(acks);
    if (typeof log === "number") return log;
    return log.failure === null ? null : errors.KAFKA_STORAGE_ERROR.code;
  }

  append(
    records: Uint8Array,
    origin: "client" | "coordinator",
    acks: number,
    verification: VerificationBrought,
  ): AppendResult {
    const log = this.#logFor(acks);
    if (typeof log === "number") return { errorCode: log };
    const at = { leaderEpoch: this.leaderEpoch, origin, now: this.#now(), verification };
    const { endOffset } = log;
    return this.#appended(log, endOffset, log.appendAsLeader(records, at));
  }

  appendMarker(marker: TransactionMarker): AppendResult {
    const log = this.#logFor(-1);
    if (typeof log === "number") return { errorCode: log };
    const { endOffset } = log;
    return this.#appended(
      log,
      endOffset,
      log.appendMarker(marker, { leaderEpoch: this.leaderEpoch, now: this.#now() }),
    );
  }

  beginVerification(
    producer: ProducerToVerify,
  ): Verification | "open" | { readonly errorCode: ErrorCode; readonly errorMessage?: string } {
    const log = this.#log();
    if (log === null) return { errorCode: errors.KAFKA_STORAGE_ERROR.code };
    return log.beginVerification(producer, this.#options.clock.wallMs());
  }

  /** A follower fetches: what it asks for tells how far it is. */
  followerFetched(fetch: FollowerFetch): ErrorCode {
    const { replica } = this.#options;
    const follower = this.#view.follower(fetch.brokerId);
    // A replica that is about to be added: it has heard of it before this broker has.
    if (follower === undefined) return errors.UNKNOWN_LEADER_EPOCH.code;
    if (follower.isOutdated(fetch)) return errors.NOT_LEADER_OR_FOLLOWER.code;
    // The read will tell it so; it may have to cut its log first.
    if (fetch.fetchOffset < replica.logStartOffset || fetch.fetchOffset > replica.endOffset) return errors.NONE.code;
    const { endOffset: before, logStartOffset: startBefore } = follower;
    follower.fetched(fetch, replica.endOffset);
    if (follower.logStartOffset !== startBefore) this.#options.onStartMoved();
    if (!follower.isInMaximalIsr) this.#propose(this.#view.expanded(replica, this.#circumstances(fetch.nowMs)));
    if (follower.endOffset !== before) this.commit();
    return errors.NONE.code;
  }

  /** A follower in sync has all, and says no more of it before this partition moves. */
  followerRests(brokerId: number, session: HeardSession): void {
    this.#view.follower(brokerId)?.restsIn(session);
  }

  /** KIP-73: the follower gets nothing for now, as it is not in sync and enough has moved. Who is in sync never waits. */
  holdsBack(brokerId: number): boolean {
    const { topic, index, ports } = this.#options;
    if (this.isr.includes(brokerId) || !ports.throttle.isThrottled(topic, index)) return false;
    return ports.throttle.pauseMs() > 0;
  }

  /** A follower, in sync or not, gets so much. */
  sends(bytes: number): void {
    const { topic, index, ports } = this.#options;
    if (ports.throttle.isThrottled(topic, index)) ports.throttle.record(bytes);
  }

  /** Followers that lag for too long leave the ISR. One that is waited for without being in sync may lag by now as well. */
  checkLag(): void {
    this.#propose(this.#view.shrunk(this.#options.replica, this.#circumstances()));
    this.commit();
  }

  /** The high watermark is what every in-sync replica has. The leader without followers: all that it has, and keeps. */
  commit(): void {
    const { replica, onCommitted } = this.#options;
    const { log } = replica;
    if (log === null) return;
    const committed = this.hasFollowers
      ? this.#view.committedUpTo(replica, replica.config.minInsyncReplicas, this.#circumstances())
      : log.settledOffset;
    if (committed === null || committed <= log.highWatermark) return;
    log.setHighWatermark(committed);
    onCommitted(committed);
  }

  #now(): Instant {
    const { clock } = this.#options;
    return { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() };
  }

  #circumstances(nowMs = this.#options.ports.wire.monotonicMs()): Circumstances {
    const { brokers, lagTimeMaxMs } = this.#options.ports;
    return { nowMs, brokers: brokers(), lagTimeMaxMs };
  }

  #logFor(acks: number): PartitionLog | ErrorCode {
    if (acks === -1 && !this.hasEnoughInSync()) return errors.NOT_ENOUGH_REPLICAS.code;
    return this.#log() ?? errors.KAFKA_STORAGE_ERROR.code;
  }

  #log(): PartitionLog | null {
    const { replica } = this.#options;
    if (replica.log !== null) return replica.log;
    const log = replica.open();
    if (log instanceof FileError) {
      this.#refused(log);
      return null;
    }
    log.assignEpoch(this.leaderEpoch, log.endOffset);
    return log;
  }

  /** `endOffset`: where the log ended before. */
  #appended(log: PartitionLog, endOffset: number, result: AppendResult): AppendResult {
    const { replica } = this.#options;
    if ("errorCode" in result) {
      replica.noteFailure(log);
      if (result.failure !== undefined) this.#refused(result.failure);
      return result;
    }
    if (this.hasFollowers) this.#view.appended(endOffset);
    this.commit();
    if (log.settledOffset < log.endOffset) void replica.settle();
    return result;
  }

  /** The disk takes nothing, full or failed. */
  #refused(failure: FileError): void {
    const { replica, nodeId } = this.#options;
    if (canBeSpared(nodeId, this.isr, replica.config.minInsyncReplicas)) replica.reportFailure(failure);
  }

  #propose(change: IsrChange | null): void {
    if (change === null) return;
    const { nodeId, topicId, index: partitionIndex, ports } = this.#options;
    const brokerEpoch = ports.brokers().get(nodeId)?.epoch ?? -1;
    const newIsr = change.newIsr.map((one) => (one.brokerId === nodeId ? { brokerId: nodeId, brokerEpoch } : one));
    ports.propose({
      ...{ ...change, newIsr, topicId, partitionIndex },
      onAnswer: (answer) => {
        if (!this.#isOver && this.#view.answered(change, answer, ports.wire.monotonicMs())) this.commit();
      },
    });
  }
}

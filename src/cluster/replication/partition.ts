/**
 * A partition of which this broker holds a replica, and the part that it plays for it: it leads (`leader`), it follows
 * (`follower`), or the log under both (`replica-log`) is offline.
 */
import type { Clock, FileError } from "../../lib/environment.js";
import { Waitable } from "../../lib/waiters.js";
import type { PartitionImage } from "../../metadata/image/image.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import type { LogStore } from "../../storage/folders/log-store.js";
import type { EpochEnd } from "../../storage/leader-epochs.js";
import type { LogConfig } from "../../storage/log-config.js";
import type { AppendResult, LogRead, ProducerSeen } from "../../storage/log-results.js";
import type { PartitionLog } from "../../storage/partition-log.js";
import type { TransactionMarker } from "../../storage/producers/producer-state.js";
import type { ProducerToVerify, Verification, VerificationBrought } from "../../storage/producers/verifications.js";
import type { AbortedTransaction } from "../../storage/segments/transaction-index.js";
import { Follower } from "./following/follower.js";
import type { FollowerFetch } from "./leading/follower-progress.js";
import { canBeSpared } from "./leading/isr.js";
import { Leader } from "./leading/leader.js";
import type { LeaderPorts } from "./leading/leader-ports.js";
import { ReplicaLog } from "./replica-log.js";

/** How far a reader may see. */
export type ReadUpTo = "end of log" | "high watermark" | "last stable offset";

/** The part that this broker plays for a partition. */
type Role =
  | { readonly name: "leader"; readonly leaderEpoch: number; readonly sinceEpoch: number; readonly leader: Leader }
  /** Of nobody, while nobody leads. */
  | { readonly name: "follower"; readonly leaderEpoch: number; readonly follower: Follower | null }
  /** Gone from this broker: deleted for good, or until its folder works again. */
  | { readonly name: "offline"; readonly errorCode: ErrorCode };

export interface PartitionOptions {
  readonly topic: string;
  readonly topicId: string;
  readonly index: number;
  readonly nodeId: number;
  readonly clock: Clock;
  readonly store: LogStore;
  readonly config: LogConfig;
  readonly ports: LeaderPorts;
  /** It plays another part from now on. */
  readonly onRole: (partition: Partition) => void;
}

const NO_LEADER = -1;

export class Partition {
  readonly topic: string;
  readonly topicId: string;
  readonly index: number;
  /** Changes when records arrive, the high watermark moves, or the role changes: parked fetches and produces hang here. */
  readonly moved = new Waitable();
  readonly #nodeId: number;
  readonly #clock: Clock;
  readonly #ports: LeaderPorts;
  readonly #onRole: (partition: Partition) => void;
  readonly #replica: ReplicaLog;
  readonly #committedListeners = new Set<(highWatermark: number) => void>();
  readonly #lostListeners = new Set<(why: ErrorCode) => void>();
  /** The newest one, also of a partition that is offline. */
  #image: PartitionImage | null = null;
  #role: Role = { name: "offline", errorCode: errors.NOT_LEADER_OR_FOLLOWER.code };

  constructor(options: PartitionOptions) {
    this.topic = options.topic;
    this.topicId = options.topicId;
    this.index = options.index;
    this.#nodeId = options.nodeId;
    this.#clock = options.clock;
    this.#ports = options.ports;
    this.#onRole = options.onRole;
    this.#replica = new ReplicaLog({
      ...options,
      onFlushed: () => this.#flushed(),
      onFailed: (failure) => this.#failed(failure),
    });
  }

  get config(): LogConfig {
    return this.#replica.config;
  }

  get logStartOffset(): number {
    return this.#replica.logStartOffset;
  }

  /** The offset that the next record gets. */
  get endOffset(): number {
    return this.#replica.endOffset;
  }

  get highWatermark(): number {
    return this.#replica.highWatermark;
  }

  /** Records below are as durable on this broker as `flush.messages` asks; what is behind will soon be. */
  get settledOffset(): number {
    return this.#replica.settledOffset;
  }

  /** As far as a read-committed reader may see: below, every transaction is decided. */
  get lastStableOffset(): number {
    return this.log?.lastStableOffset ?? 0;
  }

  /** DescribeProducers: what is known of those that have written here. */
  producersSeen(): readonly ProducerSeen[] {
    return this.log?.producersSeen() ?? [];
  }

  /** Bytes on disk. */
  get bytes(): number {
    return this.log?.bytes ?? 0;
  }

  /** The log, or null while nothing was ever appended. */
  get log(): PartitionLog | null {
    return this.#replica.log;
  }

  /** Its log cannot be reached until its folder works again. */
  get isOffline(): boolean {
    return this.#role.name === "offline" && this.#role.errorCode === errors.KAFKA_STORAGE_ERROR.code;
  }

  /** The epoch under which this broker leads the partition, or null when it does not. */
  get leaderEpoch(): number | null {
    return this.#role.name === "leader" ? this.#role.leaderEpoch : null;
  }

  /**
   * The epoch since which this broker leads without a break; null: it does not. The end of a move begins an epoch of the
   * same leader, whose records stay what they are.
   */
  get leadingSince(): number | null {
    return this.#role.name === "leader" ? this.#role.sinceEpoch : null;
  }

  /** What it does while it leads. */
  get leading(): Leader | null {
    return this.#role.name === "leader" ? this.#role.leader : null;
  }

  /** What it does while another broker leads. */
  get following(): Follower | null {
    return this.#role.name === "follower" ? this.#role.follower : null;
  }

  /** Takes over what the metadata says. */
  apply(image: PartitionImage): void {
    this.#image = image;
    if (this.isOffline) return;
    const before = this.#role;
    if (before.name === "offline" || before.leaderEpoch !== image.leaderEpoch) this.#begin(image);
    else if (before.name === "leader") before.leader.update(image);
    this.leading?.commit();
    this.moved.changed();
    this.#onRole(this);
  }

  configure(config: LogConfig): void {
    this.#replica.configure(config);
  }

  /** The topic was deleted, or the replica moved away: whoever waits is told, and nothing is accepted any more. */
  stop(why: ErrorCode): void {
    this.#endLeading(why);
    this.#role = { name: "offline", errorCode: why };
    this.moved.changed();
    this.#onRole(this);
  }

  /** Its log has moved to another folder, with all that was in it. */
  replaceLog(log: PartitionLog): void {
    this.#replica.replace(log);
    if (this.leaderEpoch !== null) log.assignEpoch(this.leaderEpoch, log.endOffset);
    void this.#replica.settle();
  }

  /** Its log can be reached again, if it was offline because that could not be: it plays its part anew. */
  takeBack(): void {
    if (!this.isOffline || this.#replica.isOutOfReach) return;
    this.#replica.findAgain();
    this.#role = { name: "offline", errorCode: errors.NOT_LEADER_OR_FOLLOWER.code };
    if (this.#image !== null) this.apply(this.#image);
  }

  /**
   * Whether this broker may answer as leader for a client that believes in `currentLeaderEpoch` (-1: in none).
   * KIP-320: an older epoch means that the client's metadata is stale, a newer one that ours is.
   */
  checkLeader(currentLeaderEpoch: number): ErrorCode {
    const errorCode = this.checkReplica(currentLeaderEpoch);
    if (errorCode !== errors.NONE.code || this.#role.name === "leader") return errorCode;
    return errors.NOT_LEADER_OR_FOLLOWER.code;
  }

  /** The same for who may read from any replica (KIP-392). */
  checkReplica(currentLeaderEpoch: number): ErrorCode {
    const role = this.#role;
    if (role.name === "offline") return role.errorCode;
    if (currentLeaderEpoch >= 0 && currentLeaderEpoch < role.leaderEpoch) return errors.FENCED_LEADER_EPOCH.code;
    return currentLeaderEpoch > role.leaderEpoch ? errors.UNKNOWN_LEADER_EPOCH.code : errors.NONE.code;
  }

  /** Why nothing can be appended here now; null: a batch that follows the rules can. */
  refusal(acks: number): ErrorCode | null {
    return this.leading === null ? this.checkLeader(-1) : this.leading.refusal(acks);
  }

  /**
   * Appends a record batch as the leader. With `acks` -1 the in-sync set must be large enough (min.insync.replicas). A
   * transactional batch that begins a transaction here has to bring its verification.
   */
  append(
    records: Uint8Array,
    origin: "client" | "coordinator",
    acks: number,
    verification: VerificationBrought = null,
  ): AppendResult {
    const result = this.leading?.append(records, origin, acks, verification) ?? { errorCode: this.checkLeader(-1) };
    if (!("errorCode" in result)) this.moved.changed();
    return result;
  }

  /** Ends the transaction of a producer in this partition. */
  appendMarker(marker: TransactionMarker): AppendResult {
    const result = this.leading?.appendMarker(marker) ?? { errorCode: this.checkLeader(-1) };
    if (!("errorCode" in result)) this.moved.changed();
    return result;
  }

  /**
   * KIP-890: the guard with which a batch may begin a transaction, once the coordinator has said that it knows of it.
   * "open": the producer has one open already.
   */
  beginVerification(
    producer: ProducerToVerify,
  ): Verification | "open" | { readonly errorCode: ErrorCode; readonly errorMessage?: string } {
    return this.leading?.beginVerification(producer) ?? { errorCode: this.checkLeader(-1) };
  }

  /** Whether this producer has a transaction open here. */
  hasOngoingTransaction(producerId: number): boolean {
    return this.log?.hasOngoingTransaction(producerId) ?? false;
  }

  /** The aborted transactions with records in the range, in the order of their first offsets. */
  abortedTransactions(from: number, upTo: number): readonly AbortedTransaction[] | { readonly errorCode: ErrorCode } {
    return this.log?.abortedTransactions(from, upTo) ?? [];
  }

  /** Whole batches from `offset` on. The first one is returned even when it exceeds `maxBytes`, if `minOneBatch`. */
  read(offset: number, maxBytes: number, upTo: ReadUpTo, minOneBatch: boolean): LogRead | Promise<LogRead> {
    return this.#replica.read({ from: offset, maxBytes, upTo: this.endFor(upTo), minOneBatch });
  }

  /** The offset behind the last one that such a reader may see. */
  endFor(upTo: ReadUpTo): number {
    if (upTo === "end of log") return this.endOffset;
    return upTo === "high watermark" ? this.highWatermark : this.lastStableOffset;
  }

  /** KIP-320: the last epoch that is not above `leaderEpoch`, and the offset behind its last record; -1 for both if none. */
  epochEndOffset(leaderEpoch: number): EpochEnd {
    return this.#replica.epochEndOffset(leaderEpoch, this.leaderEpoch);
  }

  /** The same for a follower: also of what lies before the start of the log. */
  keptEpochEndOffset(leaderEpoch: number): EpochEnd {
    return this.#replica.keptEpochEndOffset(leaderEpoch, this.leaderEpoch);
  }

  /** A follower fetches from this leader. */
  followerFetched(fetch: FollowerFetch): ErrorCode {
    return this.leading?.followerFetched(fetch) ?? this.checkLeader(-1);
  }

  /** DeleteRecords: nothing below `offset` is served any more. */
  deleteRecordsBefore(offset: number): ErrorCode {
    if (offset > this.highWatermark) return errors.OFFSET_OUT_OF_RANGE.code;
    const errorCode = this.log?.deleteRecordsBefore(offset) ?? errors.NONE.code;
    this.moved.changed();
    return errorCode;
  }

  /** Until this broker ceases to lead under the present epoch. Gives the way to be told no more. */
  onCommitted(run: (highWatermark: number) => void): () => void {
    this.#committedListeners.add(run);
    return () => this.#committedListeners.delete(run);
  }

  /** Runs once, when this broker ceases to lead under the present epoch. Gives the way to be told no more. */
  onLost(run: (why: ErrorCode) => void): () => void {
    this.#lostListeners.add(run);
    return () => this.#lostListeners.delete(run);
  }

  /** A leader epoch begins. */
  #begin(image: PartitionImage): void {
    const { leader, leaderEpoch } = image;
    const sinceEpoch = this.leadingSince ?? leaderEpoch;
    if (this.#role.name === "leader") this.#endLeading(errors.NOT_LEADER_OR_FOLLOWER.code);
    const [nodeId, clock, replica] = [this.#nodeId, this.#clock, this.#replica];
    if (leader === nodeId) {
      const { topic, topicId, index } = this;
      const ports = this.#ports;
      const onCommitted = (highWatermark: number) => this.#committed(highWatermark);
      const onStartMoved = () => this.moved.changed();
      const options = { topic, topicId, index, nodeId, replica, clock, ports, onCommitted, onStartMoved };
      this.#role = { name: "leader", leaderEpoch, sinceEpoch, leader: new Leader(image, options) };
    } else {
      const onMoved = () => this.moved.changed();
      const isSpared = () => canBeSpared(nodeId, this.#image?.isr ?? [], this.config.minInsyncReplicas);
      const options = { leader, leaderEpoch, replica, clock, canBeSpared: isSpared, onMoved };
      const follower = leader === NO_LEADER ? null : new Follower(options);
      this.#role = { name: "follower", leaderEpoch, follower };
    }
  }

  #committed(highWatermark: number): void {
    this.moved.changed();
    for (const run of this.#committedListeners) run(highWatermark);
  }

  #flushed(): void {
    this.leading?.commit();
    this.following?.flushed();
    this.moved.changed();
  }

  /** The whole folder is offline until it was proved to work. */
  #failed(failure: FileError): void {
    if (this.#role.name === "offline") return;
    this.stop(errors.KAFKA_STORAGE_ERROR.code);
    this.#replica.reportFailure(failure);
  }

  #endLeading(why: ErrorCode): void {
    this.leading?.end();
    this.#committedListeners.clear();
    const told = [...this.#lostListeners];
    this.#lostListeners.clear();
    for (const run of told) run(why);
  }
}

/**
 * Follows one leader: asks it again and again, in one fetch session, for what comes after the ends of the logs here. One
 * request is under way at a time; the leader holds it back while there is nothing new. Partitions that fail wait, each for
 * itself; while the leader is away all of them do.
 */
import type { BrokerConfig } from "../../../config/broker-config.js";
import type { Cancellable, Clock } from "../../../lib/environment.js";
import type { Logger } from "../../../observability/logger.js";
import { type ErrorCode, errors } from "../../../protocol/errors.js";
import { Fetch } from "../../../protocol/messages/01-fetch.js";
import type { ResponseReceived } from "../../../protocol/schema/message.js";
import type { Follower } from "../following/follower.js";
import type { Partition } from "../partition.js";
import type { ReplicaThrottle } from "../replica-throttle.js";
import { FetchedPartition, FetchedPartitions } from "./fetched-partitions.js";
import { lookUpEnds } from "./leader-ends.js";
import type { LeaderRequests } from "./leader-requests.js";

type FetchResponse = ResponseReceived<typeof Fetch>;
type Answer = FetchResponse["responses"][number]["partitions"][number];

export interface FetcherOptions {
  readonly nodeId: number;
  /** The registration of this broker (KIP-903). */
  readonly brokerEpoch: () => number;
  readonly leaders: LeaderRequests;
  readonly settings: BrokerConfig["replication"];
  readonly throttle: ReplicaThrottle;
  readonly wire: Clock;
  readonly logger: Logger;
}

const NO_SESSION = 0;
/** Doubled with each refusal in a row, up to `replica.fetch.backoff.ms`. */
const REFUSED_BACKOFF_MS = 20;
const REFUSALS_MAX = 20;
/** The epoch that opens a session, and the largest one. */
const [OPENING, EPOCH_MAX] = [0, 2_147_483_647];

export class Fetcher {
  readonly #leader: number;
  readonly #options: FetcherOptions;
  readonly #partitions = new FetchedPartitions();
  /** Whose end the leader does not know. */
  #outOfRange: FetchedPartition[] = [];
  #sessionId = NO_SESSION;
  #sessionEpoch = OPENING;
  #isClosed = false;
  #wake: (() => void) | null = null;

  constructor(leader: number, options: FetcherOptions) {
    this.#leader = leader;
    this.#options = options;
    void this.#run();
  }

  get size(): number {
    return this.#partitions.size;
  }

  add(partition: Partition, follower: Follower): FetchedPartition {
    const added = new FetchedPartition(partition, follower);
    this.#partitions.add(added);
    this.#wake?.();
    return added;
  }

  remove(one: FetchedPartition): void {
    this.#partitions.remove(one);
  }

  close(): void {
    this.#isClosed = true;
    this.#wake?.();
  }

  async #run(): Promise<void> {
    // Whoever assigns partitions assigns them all first.
    await Promise.resolve();
    while (!this.#isClosed) {
      const { wire, settings } = this.#options;
      let nextMs = this.#partitions.admitDue(wire.monotonicMs());
      if (this.#holdBack()) nextMs = this.#partitions.admitDue(wire.monotonicMs());
      if (!this.#partitions.hasReady) await this.#sleepUntil(nextMs, { canBeWoken: true });
      else if (!(await this.#fetch())) {
        await this.#sleepUntil(wire.monotonicMs() + settings.replicaFetchBackoffMs, { canBeWoken: false });
      }
    }
  }

  /** KIP-73: while more has moved than may, what lags and is throttled is not asked for. True: something waits for that. */
  #holdBack(): boolean {
    const { throttle, wire } = this.#options;
    const pauseMs = throttle.pauseMs();
    if (pauseMs === 0) return false;
    const isThrottled = ({ topic, index }: Partition) => throttle.isThrottled(topic, index);
    this.#partitions.holdBack(isThrottled, wire.monotonicMs() + pauseMs);
    return true;
  }

  #sleepUntil(untilMs: number, { canBeWoken }: { readonly canBeWoken: boolean }): Promise<void> {
    return new Promise((resolve) => {
      let timer: Cancellable | null = null;
      const wake = () => {
        timer?.cancel();
        this.#wake = null;
        resolve();
      };
      if (untilMs < Number.POSITIVE_INFINITY) timer = this.#options.wire.at(untilMs, wake);
      this.#wake = () => {
        if (canBeWoken || this.#isClosed) wake();
      };
    });
  }

  /** One request and its answer. False: the leader cannot be reached, or makes no sense. */
  async #fetch(): Promise<boolean> {
    const { leaders, settings, nodeId, brokerEpoch, logger } = this.#options;
    const isFull = this.#sessionEpoch === OPENING;
    if (isFull) this.#partitions.tellAll();
    const request = {
      replicaState: { replicaId: nodeId, replicaEpoch: brokerEpoch() },
      maxWaitMs: settings.replicaFetchWaitMaxMs,
      minBytes: settings.replicaFetchMinBytes,
      maxBytes: settings.replicaFetchResponseMaxBytes,
      sessionId: this.#sessionId,
      sessionEpoch: this.#sessionEpoch,
      ...this.#partitions.say(settings.replicaFetchMaxBytes),
    };
    const options = { timeoutMs: settings.replicaSocketTimeoutMs + settings.replicaFetchWaitMaxMs };
    const outcome = await leaders.send(this.#leader, "replication", Fetch, request, options);
    if (this.#isClosed) return true;
    const errorCode = "errorCode" in outcome ? outcome.errorCode : outcome.response.errorCode;
    if ("errorCode" in outcome || errorCode !== errors.NONE.code) {
      this.#sessionId = NO_SESSION;
      this.#sessionEpoch = OPENING;
      logger.debug({ leader: this.#leader, errorCode }, "a fetch from a leader failed");
      // A session that the leader has forgotten is opened anew at once.
      return !isFull && sessionErrors.has(errorCode);
    }
    this.#goOn(outcome.response);
    this.#take(outcome.response);
    outcome.release?.();
    await this.#findEnds();
    return true;
  }

  #goOn({ sessionId }: FetchResponse): void {
    this.#sessionId = sessionId;
    const next = this.#sessionEpoch === EPOCH_MAX ? 1 : this.#sessionEpoch + 1;
    // A leader without room for another session is told all each time.
    this.#sessionEpoch = sessionId === NO_SESSION ? OPENING : next;
  }

  #take({ responses }: FetchResponse): void {
    for (const { topicId, partitions } of responses) {
      for (const answer of partitions) {
        const one = this.#partitions.find(topicId, answer.partitionIndex);
        // It was added anew while the request was under way, or follows another leader by now.
        if (!one?.isInSession || one.follower !== one.partition.following) continue;
        if (one.follower.fetchOffset === one.askedOffset) this.#takeOne(one, answer);
      }
    }
  }

  #takeOne(one: FetchedPartition, answer: Answer): void {
    if (answer.errorCode === errors.OFFSET_OUT_OF_RANGE.code) {
      this.#partitions.postpone(one, Number.POSITIVE_INFINITY);
      this.#outOfRange.push(one);
      return;
    }
    if (answer.errorCode !== errors.NONE.code) {
      // Mostly one of both brokers has not heard of a new leader yet.
      this.#postpone(one, answer.errorCode, "a leader gives no records");
    } else if (answer.divergingEpoch !== undefined && answer.divergingEpoch.endOffset >= 0) {
      this.#truncate(one, answer.divergingEpoch);
    } else {
      this.#append(one, answer);
    }
  }

  #append(one: FetchedPartition, { records, highWatermark, logStartOffset }: Answer): void {
    const { follower } = one;
    one.refusals = 0;
    one.leaderHighWatermark = highWatermark;
    const hasRecords = records !== null && records.length > 0;
    if (hasRecords) this.#countMoved(one.partition, records.length);
    const appended = hasRecords ? follower.append(records) : errors.NONE.code;
    if (appended !== errors.NONE.code) {
      this.#postpone(one, appended, "records of a leader cannot be appended");
      return;
    }
    const learnt = follower.learn({ highWatermark, logStartOffset: logStartOffset ?? 0 });
    if (learnt !== errors.NONE.code) this.#postpone(one, learnt, "the start of a log cannot be moved");
    else if (!follower.isSettled) this.#waitForFlush(one);
    else if (hasRecords || follower.logStartOffset !== one.askedLogStart) this.#partitions.tell(one);
  }

  #countMoved({ topic, index }: Partition, bytes: number): void {
    const { throttle } = this.#options;
    if (throttle.isThrottled(topic, index)) throttle.record(bytes);
  }

  /** What the leader is asked for tells it what is safe here. */
  #waitForFlush(one: FetchedPartition): void {
    this.#partitions.postpone(one, Number.POSITIVE_INFINITY);
    one.follower.whenSettled(() => this.#goOnWith(one));
  }

  #truncate(one: FetchedPartition, diverging: { readonly epoch: number; readonly endOffset: number }): void {
    const { partition, follower } = one;
    const { topic, index, highWatermark, endOffset } = partition;
    const errorCode = follower.truncate(diverging);
    const cut = { topic, partition: index, leader: this.#leader, diverging, highWatermark, from: endOffset };
    const to = partition.endOffset;
    if (to < highWatermark) this.#options.logger.warn({ ...cut, to }, "committed records were cut off");
    else this.#options.logger.info({ ...cut, to }, "a log was cut to what its leader has");
    if (errorCode === errors.NONE.code && to < endOffset) this.#partitions.tell(one);
    else this.#postpone(one, errorCode, "a log cannot be cut to what its leader has");
  }

  /** The leader's log begins behind ours, or ends before it: it says where. */
  async #findEnds(): Promise<void> {
    const wanted = this.#outOfRange;
    if (wanted.length === 0) return;
    this.#outOfRange = [];
    const { leaders, settings, nodeId } = this.#options;
    const ends = await lookUpEnds(leaders, this.#leader, nodeId, wanted, settings.replicaSocketTimeoutMs);
    for (const one of wanted) {
      if (this.#isClosed || one.follower !== one.partition.following) continue;
      const found = ends(one);
      const errorCode = "errorCode" in found ? found.errorCode : one.follower.goWithin(found);
      if (errorCode === errors.NONE.code) this.#goOnWith(one);
      else this.#postpone(one, errorCode, "the ends of a leader's log cannot be found");
    }
  }

  #goOnWith(one: FetchedPartition): void {
    this.#partitions.postpone(one, this.#options.wire.monotonicMs());
    this.#wake?.();
  }

  #postpone(one: FetchedPartition, errorCode: ErrorCode | number, why: string): void {
    const { wire, logger } = this.#options;
    const { topic, index } = one.partition;
    logger.debug({ topic, partition: index, leader: this.#leader, errorCode }, why);
    this.#partitions.postpone(one, wire.monotonicMs() + this.#backoffMs(one, errorCode));
  }

  /** After an election one of both brokers hears of it first: while a producer waits, nobody should sleep a second. */
  #backoffMs(one: FetchedPartition, errorCode: ErrorCode | number): number {
    const { replicaFetchBackoffMs } = this.#options.settings;
    if (!mayNotHaveHeard.has(errorCode)) return replicaFetchBackoffMs;
    return Math.min(REFUSED_BACKOFF_MS << Math.min(one.refusals++, REFUSALS_MAX), replicaFetchBackoffMs);
  }
}

const mayNotHaveHeard: ReadonlySet<number> = new Set([
  errors.UNKNOWN_LEADER_EPOCH.code,
  errors.NOT_LEADER_OR_FOLLOWER.code,
]);

const sessionErrors: ReadonlySet<number> = new Set([
  errors.FETCH_SESSION_ID_NOT_FOUND.code,
  errors.INVALID_FETCH_SESSION_EPOCH.code,
  errors.FETCH_SESSION_TOPIC_ID_ERROR.code,
]);

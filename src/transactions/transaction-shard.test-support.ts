/**
 * One shard, driven by hand: the transaction machine over a log in memory whose records are bytes, a clock that stands
 * still until it is turned, errands that come back when they are told to. Like the Runner, but nothing happens by itself.
 */
import type { Input, Ticket } from "../coordination/state-machine.js";
import { invariant, unreachable } from "../lib/invariant.js";
import { emptyImage } from "../metadata/image/empty.js";
import type { MetadataImage, PartitionImage } from "../metadata/image/image.js";
import { partitionOfBroker1 } from "../metadata/image/image.test-data.js";
import { type ErrorCode, errors } from "../protocol/errors.js";
import { matchPattern } from "./inquiries/match-pattern.js";
import type { TopicPartition } from "./partition-set.js";
import {
  type LoggedTransaction,
  type TransactionRecord,
  transactionRecordCodec,
} from "./records/transaction-record.js";
import { transactionMachine } from "./transaction-machine.js";
import type {
  TransactionCalls,
  TransactionConfig,
  TransactionDecision,
  TransactionErrand,
  TransactionErrandResult,
  TransactionTypes,
} from "./transaction-types.js";
import type { TransactionsState } from "./transactions-state.js";

/** Apache Kafka's defaults. */
const testConfig: TransactionConfig = {
  transactionMaxTimeoutMs: 900_000,
  transactionalIdExpirationMs: 604_800_000,
  transactionAbortTimedOutTransactionCleanupIntervalMs: 10_000,
  transactionRemoveExpiredTransactionCleanupIntervalMs: 3_600_000,
  transactionTwoPhaseCommitEnable: false,
};

/** What became of a call; `reply` and `errorCode` are null until it is answered. */
export interface Answer<R> {
  readonly ticket: Ticket<R>;
  reply: R | null;
  /** The log's or the runner's error. */
  errorCode: ErrorCode | null;
}

interface LoggedBytes {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
}

const WALL_AT_START_MS = 1_700_000_000_000;
/** More deadlines at one moment mean that the machine wants to be woken for ever. */
const DEADLINES_AT_ONCE_MAX = 10_000;
const REFUSED_DEADLINE_RETRY_MS = 500;

export class TransactionShard {
  state: TransactionsState;
  nowMs = 0;
  /** While true, answers that wait for the log are kept, and so are errands. */
  holdsCommits = false;
  /** The next append fails with this. */
  refuseNext: ErrorCode | null = null;
  /** What is being done beside the machine; it comes back when it is asked for. */
  errands: TransactionErrand[] = [];
  readonly log: LoggedBytes[] = [];
  nextProducerId = 1000;
  coordinatorEpoch = 0;
  /** Called around every decision, before it is carried out. */
  onInput: (input: Input<TransactionTypes>) => void = () => {};
  onDecision: (decided: TransactionDecision, input: Input<TransactionTypes>) => void = () => {};
  readonly #config;
  #machine;
  readonly #waiting = new Map<number, Answer<unknown>>();
  #held: { readonly offset: number; readonly release: () => void }[] = [];
  #committedOffset = 0;
  #tickets = 0;
  #noDeadlineBeforeMs = 0;
  #metadata = imageOf({ t: 4, u: 4, __consumer_offsets: 50 });

  constructor(config: Partial<TransactionConfig> = {}) {
    this.#config = { ...testConfig, ...config };
    this.#machine = transactionMachine(this.#config, this.coordinatorEpoch);
    this.state = this.#machine.create();
    this.#give({ type: "loaded", metadata: this.#metadata });
  }

  get wallMs(): number {
    return WALL_AT_START_MS + this.nowMs;
  }

  call<K extends keyof TransactionCalls>(
    name: K,
    request: TransactionCalls[K]["request"],
  ): Answer<TransactionCalls[K]["reply"]> {
    const answer: Answer<TransactionCalls[K]["reply"]> = {
      ticket: { id: this.#tickets++ },
      reply: null,
      errorCode: null,
    };
    this.#waiting.set(answer.ticket.id, answer);
    this.#give({ type: "call", name, request, ticket: answer.ticket } as Input<TransactionTypes>);
    return answer;
  }

  /** These are the topics from now on, with so many partitions each. */
  publish(topics: Readonly<Record<string, number>>, transactionVersion = 2): void {
    const before = this.#metadata;
    this.#metadata = imageOf(topics, transactionVersion);
    this.#give({ type: "metadata", before, after: this.#metadata });
  }

  /** Turns the clock, and stops at every deadline on the way. */
  pass(ms: number): void {
    const untilMs = this.nowMs + ms;
    let left = DEADLINES_AT_ONCE_MAX;
    for (;;) {
      const wantedMs = this.#machine.nextDeadlineMs(this.state);
      if (wantedMs === null) break;
      const dueMs = Math.max(wantedMs, this.#noDeadlineBeforeMs);
      if (dueMs > untilMs) break;
      left = dueMs > this.nowMs ? DEADLINES_AT_ONCE_MAX : left - 1;
      invariant(left > 0, "deadlines come to an end");
      this.nowMs = Math.max(this.nowMs, dueMs);
      this.#give({ type: "deadline" });
    }
    this.nowMs = untilMs;
  }

  /** The first errand comes back. `errorOf`: what each partition says, null for nothing at all. */
  finishErrand(errorOf: (partition: TopicPartition) => ErrorCode | null = () => errors.NONE.code): void {
    const errand = this.errands.shift();
    if (errand !== undefined) this.#give({ type: "errandDone", result: this.#resultOf(errand, errorOf) });
  }

  /** Everything that is under way goes well. */
  settle(): void {
    while (this.errands.length > 0) this.finishErrand();
  }

  /** The first errand fails: no producer id is to be had. */
  failAllocation(errorCode: ErrorCode): void {
    const errand = this.errands.shift();
    invariant(errand?.type === "allocateProducerId", "the next errand is for a producer id");
    this.#give({ type: "errandDone", result: { type: "producerIdAllocated", errand, outcome: { errorCode } } });
  }

  commit(): void {
    this.#committedOffset = this.log.length;
    this.#release();
  }

  #release(): void {
    const kept = this.#held.filter(({ offset }) => offset > this.#committedOffset);
    const released = this.#held.filter(({ offset }) => offset <= this.#committedOffset);
    this.#held = kept;
    for (const { release } of released) release();
  }

  /** A record as some earlier coordinator may have written it. */
  rewrite(transactionalId: string, changes: Partial<LoggedTransaction>): void {
    const logged = this.state.transactions.get(transactionalId)?.logged;
    invariant(logged !== undefined, "the transactional id is known");
    this.#write({ transactionalId, value: { ...logged, ...changes } });
  }

  /** Another coordinator loads the log; who waited at the old one is sent away, and its errands come to nothing. */
  reload(): void {
    for (const answer of this.#waiting.values()) answer.errorCode = errors.NOT_COORDINATOR.code;
    this.#waiting.clear();
    this.#held = [];
    this.errands = [];
    this.#noDeadlineBeforeMs = 0;
    this.#machine = transactionMachine(this.#config, ++this.coordinatorEpoch);
    this.state = this.replayed();
    this.#give({ type: "loaded", metadata: this.#metadata });
  }

  /** The state that the log alone makes. */
  replayed(): TransactionsState {
    const state = this.#machine.create();
    for (const [offset, { key, value }] of this.log.entries()) {
      const record = transactionRecordCodec.decode(key, value);
      if (record !== null) this.#machine.replay(state, record, this.#positionOf(offset));
    }
    return state;
  }

  #positionOf(offset: number) {
    return { offset, leaderEpoch: this.coordinatorEpoch, timestampMs: this.wallMs, transaction: null };
  }

  #give(input: Input<TransactionTypes>): void {
    this.onInput(input);
    const decided = this.#machine.decide(this.state, input, { monotonicMs: this.nowMs, wallMs: this.wallMs });
    this.onDecision(decided, input);
    if (decided.records.length > 0 && !this.#append(decided, input)) return;
    for (const touch of decided.touches) this.#machine.touch(this.state, touch);
    const endOffset = this.log.length;
    for (const { to, body, after } of decided.replies) {
      const release = () => this.#settle(to, { reply: body });
      if (after === "at once") release();
      else this.#held.push({ offset: after === "own records" ? endOffset : after, release });
    }
    for (const errand of decided.errands)
      this.#held.push({ offset: endOffset, release: () => this.errands.push(errand) });
    if (this.holdsCommits) this.#release();
    else this.commit();
  }

  #append(decided: TransactionDecision, input: Input<TransactionTypes>): boolean {
    const refused = this.refuseNext;
    this.refuseNext = null;
    if (refused !== null) {
      for (const { to } of decided.replies) this.#settle(to, { errorCode: refused });
      if (input.type === "call") this.#settle(input.ticket, { errorCode: refused });
      if (input.type === "deadline") this.#noDeadlineBeforeMs = this.nowMs + REFUSED_DEADLINE_RETRY_MS;
      if (input.type !== "refused") this.#give({ type: "refused", errorCode: refused, of: input });
      return false;
    }
    for (const record of decided.records) this.#write(record);
    return true;
  }

  #write(record: TransactionRecord): void {
    const offset = this.log.push(transactionRecordCodec.encode(record)) - 1;
    this.#machine.replay(this.state, record, this.#positionOf(offset));
  }

  #settle(to: Ticket, outcome: { readonly reply: unknown } | { readonly errorCode: ErrorCode }): void {
    const answer = this.#waiting.get(to.id);
    if (answer === undefined) return;
    this.#waiting.delete(to.id);
    Object.assign(answer, outcome);
  }

  #resultOf(
    errand: TransactionErrand,
    errorOf: (partition: TopicPartition) => ErrorCode | null,
  ): TransactionErrandResult {
    switch (errand.type) {
      case "writeMarkers": {
        const results = errand.partitions.flatMap((partition) => {
          const errorCode = errorOf(partition);
          return errorCode === null ? [] : [{ ...partition, errorCode }];
        });
        return { type: "markersWritten", errand, results };
      }
      case "allocateProducerId":
        return { type: "producerIdAllocated", errand, outcome: { producerId: this.nextProducerId++ } };
      case "matchPattern": {
        const steps = matchPattern.run(errand);
        let step = steps.next();
        while (step.done !== true) step = steps.next();
        return { type: "patternMatched", errand, matching: step.value };
      }
      default:
        return unreachable(errand);
    }
  }
}

function imageOf(topics: Readonly<Record<string, number>>, transactionVersion = 2): MetadataImage {
  const images = Object.entries(topics).map(
    ([name, count]) =>
      [name, { name, id: name, partitions: new Array<PartitionImage>(count).fill(partitionOfBroker1) }] as const,
  );
  return {
    ...emptyImage,
    topicsByName: new Map(images),
    features: new Map([["transaction.version", transactionVersion]]),
  };
}

/**
 * One shard, driven by hand: the group machine over a log in memory whose records are bytes, a clock that stands still
 * until it is turned, and a commit that can be held back. Like the Runner, but nothing happens by itself.
 */
import type { Input, RecordPosition, Ticket, TransactionMarker } from "../coordination/state-machine.js";
import { invariant } from "../lib/invariant.js";
import { emptyImage } from "../metadata/image/empty.js";
import type { MetadataImage } from "../metadata/image/image.js";
import { type ErrorCode, errors } from "../protocol/errors.js";
import type { GroupCalls } from "./calls.js";
import { groupErrand } from "./errands.js";
import type { GroupConfig } from "./group-config.js";
import { groupMachine } from "./group-machine.js";
import type { GroupDecision, GroupErrand, GroupTypes } from "./group-types.js";
import type { GroupsState } from "./groups-state.js";
import { groupRecordCodec } from "./records/group-record.js";

/** Apache Kafka's defaults, but for the initial delay. */
const testConfig: GroupConfig = {
  groupMinSessionTimeoutMs: 6_000,
  groupMaxSessionTimeoutMs: 1_800_000,
  groupInitialRebalanceDelayMs: 0,
  groupMaxSize: 2_147_483_647,
  offsetMetadataMaxBytes: 4096,
  offsetsRetentionMs: 7 * 24 * 60 * 60 * 1000,
  offsetsRetentionCheckIntervalMs: 600_000,
  consumer: {
    migrationPolicy: "bidirectional",
    assignors: ["uniform", "range"],
    groupMaxSize: 2_147_483_647,
    settingsOf: () => ({ sessionTimeoutMs: 45_000, heartbeatIntervalMs: 5_000, assignmentIntervalMs: 0 }),
  },
};

/** What became of a call; `reply` and `errorCode` are null until it is answered. */
export interface Answer<R> {
  readonly ticket: Ticket<R>;
  reply: R | null;
  /** The log's or the runner's error. */
  errorCode: ErrorCode | null;
}

/** Looks at the state around each decision; what was decided is not done yet. */
interface Watch {
  readonly beforeDecision?: () => void;
  readonly afterDecision?: (decided: GroupDecision) => void;
}

interface LoggedBytes {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly at: RecordPosition;
}

type LogEntry = LoggedBytes | { readonly marker: TransactionMarker; readonly at: RecordPosition };

const WALL_AT_START_MS = 1_700_000_000_000;
/** More deadlines at one moment mean that the machine wants to be woken for ever. */
const DEADLINES_AT_ONCE_MAX = 10_000;
const REFUSED_DEADLINE_RETRY_MS = 500;

export class GroupShard {
  state: GroupsState;
  nowMs = 0;
  /** While true, answers that wait for the log are kept. */
  holdsCommits = false;
  /** The next append fails with this. */
  refuseNext: ErrorCode | null = null;
  /** What is being worked out; it comes back when it is asked for. */
  errands: GroupErrand[] = [];
  readonly log: LogEntry[] = [];
  readonly #machine;
  readonly #waiting = new Map<number, Answer<unknown>>();
  #held: (() => void)[] = [];
  #tickets = 0;
  #noDeadlineBeforeMs = 0;
  #watch: Watch = {};
  #metadata = emptyImage;

  constructor(config: Partial<GroupConfig> = {}) {
    this.#machine = groupMachine({ ...testConfig, ...config });
    this.state = this.#machine.create();
    this.#give({ type: "loaded", metadata: emptyImage });
  }

  get endOffset(): number {
    return this.log.length;
  }

  /** The tickets of the calls that are not answered. */
  get unanswered(): number[] {
    return [...this.#waiting.keys()];
  }

  watch(watch: Watch): void {
    this.#watch = watch;
  }

  call<K extends keyof GroupCalls>(name: K, request: GroupCalls[K]["request"]): Answer<GroupCalls[K]["reply"]> {
    const answer: Answer<GroupCalls[K]["reply"]> = { ticket: { id: this.#tickets++ }, reply: null, errorCode: null };
    this.#waiting.set(answer.ticket.id, answer);
    this.#give({ type: "call", name, request, ticket: answer.ticket } as Input<GroupTypes>);
    return answer;
  }

  /** The caller closes its connection. */
  hangUp(answer: Answer<unknown>): void {
    if (!this.#waiting.delete(answer.ticket.id)) return;
    answer.errorCode = errors.NETWORK_EXCEPTION.code;
    this.#give({ type: "gone", ticket: answer.ticket });
  }

  publish(before: MetadataImage, after: MetadataImage): void {
    this.#metadata = after;
    this.#give({ type: "metadata", before, after });
  }

  /** Turns the clock, and stops at every deadline on the way. */
  pass(ms: number): void {
    const untilMs = this.nowMs + ms;
    for (let left = DEADLINES_AT_ONCE_MAX; ; left--) {
      const wantedMs = this.#machine.nextDeadlineMs(this.state);
      if (wantedMs === null) break;
      const dueMs = Math.max(wantedMs, this.#noDeadlineBeforeMs);
      if (dueMs > untilMs) break;
      invariant(left > 0, "deadlines come to an end");
      this.nowMs = Math.max(this.nowMs, dueMs);
      this.#give({ type: "deadline" });
    }
    this.nowMs = untilMs;
  }

  /** The next errand comes back with its result, or as one that failed. */
  finishErrand(how: "well" | "failed" = "well"): void {
    const errand = this.errands.shift();
    if (errand === undefined) return;
    const steps = groupErrand.run(errand);
    let step = steps.next();
    while (step.done !== true) step = steps.next();
    this.#give({ type: "errandDone", result: how === "well" ? step.value : { type: "failed", errand } });
  }

  /** All that can happen without time passing and without anybody doing anything. */
  settle(): void {
    do {
      this.finishErrand();
      this.pass(0);
    } while (this.errands.length > 0);
  }

  commit(): void {
    this.holdsCommits = false;
    const held = this.#held;
    this.#held = [];
    for (const release of held) release();
  }

  /** A batch of someone else: commits of offsets within a transaction, or its end. */
  appendTransactional(producerId: number, append: Omit<LoggedBytes, "at">): void {
    const at = this.#position({ producerId, producerEpoch: 0 });
    this.log.push({ ...append, at });
    this.#replayInto(this.state, this.log.length - 1);
  }

  endTransaction(producerId: number, commit: boolean): void {
    const marker = { producerId, producerEpoch: 0, commit };
    this.log.push({ marker, at: this.#position({ producerId, producerEpoch: 0 }) });
    this.#replayInto(this.state, this.log.length - 1);
  }

  /** The log says this much. */
  replayed(): GroupsState {
    const state = this.#machine.create();
    for (let i = 0; i < this.log.length; i++) this.#replayInto(state, i);
    return state;
  }

  /** Loses everything but the log. */
  restart(): void {
    this.#held = [];
    for (const answer of this.#waiting.values()) answer.errorCode = errors.NOT_COORDINATOR.code;
    this.#waiting.clear();
    this.errands = [];
    this.state = this.replayed();
    this.#give({ type: "loaded", metadata: this.#metadata });
  }

  #give(input: Input<GroupTypes>): void {
    this.#watch.beforeDecision?.();
    const decided = this.#machine.decide(this.state, input, this.#now());
    this.#watch.afterDecision?.(decided);
    if (decided.records.length > 0 && this.refuseNext !== null) this.#refuse(input, decided, this.refuseNext);
    else this.#carryOut(decided);
  }

  #carryOut(decided: GroupDecision): void {
    const { producer } = decided;
    const transaction = producer === undefined ? null : { producerId: producer.id, producerEpoch: producer.epoch };
    for (const record of decided.records) {
      this.log.push({ ...groupRecordCodec.encode(record), at: this.#position(transaction) });
      this.#machine.replay(this.state, record, this.#position(transaction, this.log.length - 1));
    }
    for (const touch of decided.touches) this.#machine.touch(this.state, touch);
    this.errands.push(...decided.errands);
    for (const { to, body, after } of decided.replies) {
      const release = () => this.#settle(to, { reply: body });
      if (after !== "at once" && this.holdsCommits) this.#held.push(release);
      else release();
    }
  }

  #refuse(input: Input<GroupTypes>, decided: GroupDecision, errorCode: ErrorCode): void {
    this.refuseNext = null;
    for (const { to } of decided.replies) this.#settle(to, { errorCode });
    if (input.type === "call") this.#settle(input.ticket, { errorCode });
    if (input.type === "deadline") this.#noDeadlineBeforeMs = this.nowMs + REFUSED_DEADLINE_RETRY_MS;
    if (input.type !== "refused") this.#give({ type: "refused", errorCode, of: input });
  }

  #settle(to: Ticket, outcome: { readonly reply?: unknown; readonly errorCode?: ErrorCode }): void {
    const answer = this.#waiting.get(to.id);
    if (answer !== undefined) Object.assign(answer, outcome);
    this.#waiting.delete(to.id);
  }

  #replayInto(state: GroupsState, index: number): void {
    const entry = this.log[index];
    invariant(entry !== undefined, "the log has an entry at every index");
    if ("marker" in entry) {
      this.#machine.replayMarker(state, entry.marker, entry.at);
    } else {
      const record = groupRecordCodec.decode(entry.key, entry.value);
      if (record !== null) this.#machine.replay(state, record, entry.at);
    }
  }

  #position(transaction: RecordPosition["transaction"], offset = this.log.length): RecordPosition {
    return { offset, leaderEpoch: 0, timestampMs: this.#now().wallMs, transaction };
  }

  #now() {
    return { monotonicMs: this.nowMs, wallMs: WALL_AT_START_MS + this.nowMs };
  }
}

import type { Instant } from "../lib/environment.js";
import type { MetadataImage } from "../metadata/image/image.js";
import type { ErrorCode } from "../protocol/errors.js";

/**
 * Decide, append, replay, answer: the shape of the controller and of every coordinator.
 *
 * A machine is a deterministic function over a log. `decide` changes nothing and returns a `Decision`; the `Runner`
 * appends its records as one atomic batch, replays them, and sends the answers once everything they depend on is
 * committed. There is no rollback: what cannot be appended is never replayed.
 */
export interface StateMachine<T extends MachineTypes> {
  create(): T["State"];
  /** The only code that changes what the log says. */
  replay(state: T["State"], record: T["Rec"], at: RecordPosition): void;
  /** The outcome of a transaction whose records this log holds. */
  replayMarker(state: T["State"], marker: TransactionMarker, at: RecordPosition): void;
  /** The only code that changes what the log does not say: session deadlines, parked requests. */
  touch(state: T["State"], touch: T["Touch"]): void;
  decide(state: Readonly<T["State"]>, input: Input<T>, now: Instant): Decision<T>;
  /**
   * How records of one decision count together though one batch has no room for them. Not given, or more records: the
   * decision is refused.
   */
  readonly transaction?: Enclosure<T["Rec"]>;
  /** When `decide` wants a `deadline` input, on the monotonic domain clock. The Runner keeps one timer per shard. */
  nextDeadlineMs(state: Readonly<T["State"]>): number | null;
}

/** What stands between these two in the log counts with the second, or never. */
interface Enclosure<Rec> {
  readonly begin: Rec;
  readonly end: Rec;
  /** How many records may stand between them. */
  readonly recordsMax: number;
}

/** The types that belong to one machine. `Calls` maps the name of each call to its request and its reply. */
export interface MachineTypes {
  State: object;
  Rec: unknown;
  Touch: unknown;
  Errand: unknown;
  ErrandResult: unknown;
  Calls: { [name: string]: { request: unknown; reply: unknown } };
}

/** Where a record stands in the log. */
export interface RecordPosition {
  readonly offset: number;
  readonly leaderEpoch: number;
  readonly timestampMs: number;
  /** The producer that wrote the record within a transaction, else null. */
  readonly transaction: { readonly producerId: number; readonly producerEpoch: number } | null;
}

export interface TransactionMarker {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly commit: boolean;
}

/** A request that waits for its answer, perhaps over many inputs. Machines keep tickets and compare them by `id`. */
export interface Ticket<Reply = unknown> {
  readonly id: number;
  /** Never present; carries the type of the answer. */
  readonly reply?: Reply;
}

export type CallInput<T extends MachineTypes> = {
  [K in keyof T["Calls"]]: {
    readonly type: "call";
    readonly name: K;
    readonly request: T["Calls"][K]["request"];
    readonly ticket: Ticket<T["Calls"][K]["reply"]>;
  };
}[keyof T["Calls"]];

export type Input<T extends MachineTypes> =
  | CallInput<T>
  /** `nextDeadlineMs` has come. */
  | { readonly type: "deadline" }
  /** New metadata was published. */
  | { readonly type: "metadata"; readonly before: MetadataImage; readonly after: MetadataImage }
  /** An errand came back. */
  | { readonly type: "errandDone"; readonly result: T["ErrandResult"] }
  /**
   * The log refused the records of the last decision, which was made for `of`; nothing of it was replayed or touched.
   * The tickets that it would have answered, and that of the call itself, are answered with the error by the Runner.
   * A refusal of what is decided here is not told again.
   */
  | { readonly type: "refused"; readonly errorCode: ErrorCode; readonly of: Input<T> }
  /** The caller of a request that is not answered yet went away: let go of its ticket. */
  | { readonly type: "gone"; readonly ticket: Ticket }
  /** The whole log has been replayed: start every session anew. */
  | { readonly type: "loaded"; readonly metadata: MetadataImage };

export interface Decision<T extends MachineTypes> {
  /** They count together, or not at all: one batch as a rule, else a transaction. */
  readonly records: readonly T["Rec"][];
  /** Each record stands for itself: what one batch has no room for may go in several, of which only the first may be kept. */
  readonly isDivisible?: boolean;
  /** The batch is part of this producer's transaction (TxnOffsetCommit). */
  readonly producer?: { readonly id: number; readonly epoch: number };
  /** Applied in order, after the records were replayed. */
  readonly touches: readonly T["Touch"][];
  readonly replies: readonly Reply[];
  /**
   * Started when all that was decided so far is committed: an RPC, an assignment, a regular expression.
   * Each ends as an `errandDone` input.
   */
  readonly errands: readonly T["Errand"][];
}

/**
 * When an answer may leave: after this decision's own records (without any: after all that was decided so far), at once,
 * or when the log is committed up to an offset, exclusive.
 */
export type After = "own records" | "at once" | number;

export interface Reply {
  readonly to: Ticket;
  readonly body: unknown;
  readonly after: After;
}

/** The typed way to make a `Reply`. */
export function reply<R>(to: Ticket<R>, body: NoInfer<R>, after: After): Reply {
  return { to, body, after };
}

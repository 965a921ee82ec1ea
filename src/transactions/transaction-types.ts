/**
 * The types of the transaction machine: what it can be asked, what it wants done beside it, and the small things that all
 * of its decisions are made of. Errors are those of the newest versions; the handlers translate for older clients.
 */
import type { RE2JS } from "re2js";
import type { CallInput, Decision, MachineTypes, Reply, Ticket } from "../coordination/state-machine.js";
import type { Instant } from "../lib/environment.js";
import type { MetadataImage } from "../metadata/image/image.js";
import type { ErrorCode } from "../protocol/errors.js";
import type { ListedTransaction, ListFilters } from "./inquiries/list-filters.js";
import type { TopicPartition, TopicPartitions } from "./partition-set.js";
import type { TransactionRecord } from "./records/transaction-record.js";
import type { TransactionsState } from "./transactions-state.js";

export interface TransactionTypes extends MachineTypes {
  State: TransactionsState;
  Rec: TransactionRecord;
  Touch: TransactionTouch;
  Errand: TransactionErrand;
  ErrandResult: TransactionErrandResult;
  Calls: TransactionCalls;
}

export type TransactionCalls = {
  initProducerId: { request: InitProducerIdCall; reply: ProducerReply };
  addPartitions: { request: AddPartitionsCall; reply: { readonly errorCode: ErrorCode } };
  verifyPartitions: { request: VerifyPartitionsCall; reply: VerifyPartitionsReply };
  endTransaction: { request: EndTransactionCall; reply: ProducerReply };
  describe: { request: { readonly transactionalId: string }; reply: DescribeReply };
  list: { request: ListFilters; reply: readonly ListedTransaction[] };
};

/** InitProducerId of a transactional producer; who has no transactional id does not come here. */
export interface InitProducerIdCall {
  readonly transactionalId: string;
  readonly transactionTimeoutMs: number;
  /** What the producer had so far (KIP-360); -1 both when it starts anew. */
  readonly producerId: number;
  readonly producerEpoch: number;
  /** KIP-939. */
  readonly enable2Pc: boolean;
  readonly keepPreparedTxn: boolean;
}

/** What the producer goes on with; -1 both with an error, and with an EndTxn of the first generation. */
export interface ProducerReply {
  readonly errorCode: ErrorCode;
  readonly producerId: number;
  readonly producerEpoch: number;
}

interface ProducerCall {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** AddPartitionsToTxn of one transactional id, or AddOffsetsToTxn with the group's partition of `__consumer_offsets`. */
export interface AddPartitionsCall extends ProducerCall {
  readonly topics: readonly TopicPartitions[];
  /** 2 for AddPartitionsToTxn from version 4 on, else 0. */
  readonly clientTransactionVersion: number;
}

/** AddPartitionsToTxn with `verifyOnly`: are these partitions in the transaction? (KIP-890) */
export interface VerifyPartitionsCall extends ProducerCall {
  readonly topics: readonly TopicPartitions[];
}

export interface VerifyPartitionsReply {
  readonly topics: readonly {
    readonly name: string;
    readonly partitions: readonly { readonly partitionIndex: number; readonly errorCode: ErrorCode }[];
  }[];
}

export interface EndTransactionCall extends ProducerCall {
  readonly committed: boolean;
  /** 2 for EndTxn from version 5 on, else 0. */
  readonly clientTransactionVersion: number;
}

/** One transactional id in the form of DescribeTransactions. */
export interface DescribeReply {
  readonly errorCode: ErrorCode;
  readonly transactionalId: string;
  readonly transactionState: string;
  readonly transactionTimeoutMs: number;
  readonly transactionStartTimeMs: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[];
}

export type TransactionErrand = WriteMarkersErrand | AllocateProducerIdErrand | MatchPatternErrand;

/** Write the end of a transaction into these partitions, and see that it is committed there. */
export interface WriteMarkersErrand {
  readonly type: "writeMarkers";
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly coordinatorEpoch: number;
  readonly commit: boolean;
  /** 2: the epoch is one that the producer never had (KIP-890), so a partition takes it only if it is higher. */
  readonly transactionVersion: number;
  readonly partitions: readonly TopicPartition[];
}

/** Get a producer id that nobody had, for what could not be decided without. */
interface AllocateProducerIdErrand {
  readonly type: "allocateProducerId";
  readonly purpose: ProducerIdPurpose;
}

type ProducerIdPurpose =
  | { readonly type: "call"; readonly call: CallThatNeedsProducerId }
  /** The transaction timed out at the last epoch of its producer id. */
  | { readonly type: "timeout"; readonly transactionalId: string };

export type CallNamed<Name extends keyof TransactionCalls> = Extract<
  CallInput<TransactionTypes>,
  { readonly name: Name }
>;

export type CallThatNeedsProducerId = CallNamed<"initProducerId" | "endTransaction">;

/** Match a client's regular expression, in slices: run the job `matchPattern` for it. */
export interface MatchPatternErrand {
  readonly type: "matchPattern";
  readonly pattern: RE2JS;
  readonly candidates: readonly ListedTransaction[];
  readonly ticket: Ticket<readonly ListedTransaction[]>;
}

export type TransactionErrandResult = MarkersWritten | ProducerIdAllocated | PatternMatched;

export interface MarkersWritten {
  readonly type: "markersWritten";
  readonly errand: WriteMarkersErrand;
  /**
   * What became of each partition; one that is missing is tried again. NONE: the marker is committed. INVALID_PRODUCER_EPOCH
   * counts as done too, so it may be told only when what the partition holds of this producer is committed.
   */
  readonly results: readonly (TopicPartition & { readonly errorCode: ErrorCode })[];
}

export interface ProducerIdAllocated {
  readonly type: "producerIdAllocated";
  readonly errand: AllocateProducerIdErrand;
  readonly outcome: { readonly producerId: number } | { readonly errorCode: ErrorCode };
}

export interface PatternMatched {
  readonly type: "patternMatched";
  readonly errand: MatchPatternErrand;
  readonly matching: readonly ListedTransaction[];
}

/** What the transaction coordinator is configured with. Each name is Kafka's property in camel case. */
export interface TransactionConfig {
  readonly transactionMaxTimeoutMs: number;
  readonly transactionalIdExpirationMs: number;
  readonly transactionAbortTimedOutTransactionCleanupIntervalMs: number;
  readonly transactionRemoveExpiredTransactionCleanupIntervalMs: number;
  readonly transactionTwoPhaseCommitEnable: boolean;
}

export type TransactionTouch =
  /** An earlier epoch that may still ask for the current one: a retry of InitProducerId. */
  | { readonly type: "lastProducerEpoch"; readonly transactionalId: string; readonly epoch: number }
  /** An errand is under way for the markers of the transaction that are still to be written. */
  | { readonly type: "markersSent"; readonly transactionalId: string; readonly partitions: readonly TopicPartition[] }
  /** These are still to be written, and wait for another try. */
  | { readonly type: "markersWait"; readonly transactionalId: string; readonly partitions: readonly TopicPartition[] }
  | { readonly type: "markersDone"; readonly transactionalId: string }
  | { readonly type: "retryMarkers"; readonly atMs: number | null }
  | { readonly type: "nextTimeoutCheck"; readonly atMs: number }
  | { readonly type: "postponeTimeout"; readonly transactionalId: string; readonly untilMs: number }
  | { readonly type: "nextExpiry"; readonly atMs: number }
  | { readonly type: "metadata"; readonly metadata: MetadataImage };

export type TransactionDecision = Decision<TransactionTypes>;

/** What every decision may look at besides the state. */
export interface Circumstances {
  readonly now: Instant;
  readonly config: TransactionConfig;
  /** The leader epoch under which this coordinator writes its log. */
  readonly coordinatorEpoch: number;
}

export function decision(parts: Partial<TransactionDecision>): TransactionDecision {
  return { records: [], touches: [], replies: [], errands: [], ...parts };
}

/** A decision that answers and changes nothing. */
export function answer(reply: Reply): TransactionDecision {
  return decision({ replies: [reply] });
}

/** What `samsa log dump` prints, as data: one row for each batch, record or entry. In JSON a row is a line as it is. */
import type { TimestampType } from "../../protocol/records/batch.js";
import type { IndexedTransaction } from "../../storage/inspection/index-file.js";
import type { SnapshotProducer } from "../../storage/inspection/small-log-files.js";
import type { Payload } from "./payload.js";

export interface BatchRow {
  readonly type: "batch";
  readonly file: string;
  readonly position: number;
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly count: number;
  readonly baseSequence: number;
  readonly lastSequence: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly partitionLeaderEpoch: number;
  readonly isTransactional: boolean;
  readonly isControl: boolean;
  readonly deleteHorizonMs: number | null;
  readonly timestampType: TimestampType;
  readonly maxTimestampMs: number;
  readonly sizeInBytes: number;
  readonly magic: number;
  readonly compressionType: string;
  readonly crc: number;
  readonly isValid: boolean;
}

export interface RecordRow {
  readonly type: "record";
  readonly file: string;
  readonly offset: number;
  readonly timestampType: TimestampType;
  readonly timestampMs: number;
  /** In bytes, -1 for null, as stored. */
  readonly keySize: number;
  readonly valueSize: number;
  readonly sequence: number;
  readonly headers: readonly { readonly key: string; readonly value: Payload | null }[];
  readonly key: Payload | null;
  readonly value: Payload | null;
}

/** The record of a control batch, by the name of its type. */
export interface ControlRow {
  readonly type: "control";
  readonly file: string;
  readonly offset: number;
  readonly timestampType: TimestampType;
  readonly timestampMs: number;
  readonly control: string;
  /** Of a marker that ends a transaction, else null. */
  readonly coordinatorEpoch: number | null;
  readonly value: Payload | null;
}

export interface AbortedTransactionRow extends IndexedTransaction {
  readonly type: "abortedTransaction";
  readonly file: string;
}

export interface ProducerRow extends SnapshotProducer {
  readonly type: "producer";
  readonly file: string;
}

export type DumpRow =
  | BatchRow
  | RecordRow
  | ControlRow
  | { readonly type: "offsetIndexEntry"; readonly file: string; readonly offset: number; readonly position: number }
  | { readonly type: "timeIndexEntry"; readonly file: string; readonly timestampMs: number; readonly offset: number }
  | AbortedTransactionRow
  | ProducerRow
  | { readonly type: "leaderEpoch"; readonly file: string; readonly epoch: number; readonly startOffset: number }
  | {
      readonly type: "damage";
      readonly file: string;
      readonly position: number | null;
      readonly offset: number | null;
      readonly damage: string;
    };

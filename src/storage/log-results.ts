/** What a partition log answers, and for whom it was asked to append. */
import type { FileError } from "../lib/environment.js";
import { type ErrorCode, errors } from "../protocol/errors.js";
import type { RecordsRead } from "./reads/read-log.js";

export type AppendOrigin = "client" | "coordinator";

export interface Appended {
  readonly baseOffset: number;
  readonly lastOffset: number;
  /** -1 under CreateTime. */
  readonly logAppendTimeMs: number;
  readonly logStartOffset: number;
}

export interface AppendRefusal {
  readonly errorCode: ErrorCode;
  readonly errorMessage: string;
  /** The records that are to blame, by their place in the batch. */
  readonly recordErrors?: readonly { readonly batchIndex: number; readonly message: string }[];
}

export type AppendResult =
  | Appended
  | (Partial<AppendRefusal> & { readonly errorCode: ErrorCode; readonly failure?: FileError });

export type LogRead = RecordsRead | { readonly errorCode: ErrorCode };

/** DescribeProducers: what the log knows of one producer. */
export interface ProducerSeen {
  readonly producerId: number;
  readonly producerEpoch: number;
  /** -1: it has written none in this epoch. */
  readonly lastSequence: number;
  readonly lastTimestampMs: number;
  /** Of the last marker; -1: there was none. */
  readonly coordinatorEpoch: number;
  /** Null: it has no transaction open. */
  readonly currentTransactionStartOffset: number | null;
}

export interface StorageError {
  readonly errorCode: ErrorCode;
  readonly errorMessage: string;
  readonly failure: FileError;
}

/** The answer of a log whose disk failed. */
export function storageError(failure: FileError): StorageError {
  return { errorCode: errors.KAFKA_STORAGE_ERROR.code, errorMessage: failure.message, failure };
}

/** What a partition log answers. */
import type { FileError } from "../lib/environment.js";
import { type ErrorCode, errors } from "../protocol/errors.js";
import type { AppendRefusal } from "./check-append.js";
import type { RecordsRead } from "./read-log.js";

export interface Appended {
  readonly baseOffset: number;
  readonly lastOffset: number;
  /** -1 under CreateTime. */
  readonly logAppendTimeMs: number;
  readonly logStartOffset: number;
}

export type AppendResult = Appended | (Partial<AppendRefusal> & { readonly errorCode: ErrorCode });

export type LogRead = RecordsRead | { readonly errorCode: ErrorCode };

export interface StorageError {
  readonly errorCode: ErrorCode;
  readonly errorMessage: string;
}

/** The answer of a log whose disk failed. */
export function storageError(failure: FileError): StorageError {
  return { errorCode: errors.KAFKA_STORAGE_ERROR.code, errorMessage: failure.message };
}

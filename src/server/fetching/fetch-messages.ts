/** Reading for clients that know no record batches: what lies in the log is copied into the messages of old. */
import type { Partition, ReadUpTo } from "../../cluster/replication/partition.js";
import { isRefusal } from "../../protocol/records/check-batch.js";
import { type MessagesWanted, messagesOfBatches } from "../../protocol/records/message-sets/convert-out.js";
import { OPENED_BYTES_MAX } from "../../protocol/records/record.js";
import type { LogRead } from "../../storage/log-results.js";

/** How the records of one partition are read. */
export type RecordsReader = (
  partition: Partition,
  from: number,
  maxBytes: number,
  upTo: ReadUpTo,
  minOneBatch: boolean,
) => LogRead | Promise<LogRead>;

/** Since this Fetch version record batches may come (KIP-98). */
export const RECORD_BATCHES_SINCE = 4;
/** Since this one messages of magic 1 may (KIP-32). */
const MAGIC_1_SINCE = 2;
/** Since this one only the first message of an answer may exceed the limit (KIP-74); before it, that of each partition. */
const LIMIT_OF_ANSWER_SINCE = 3;

/** What is copied for one answer, whatever the request allows: it takes memory, and the time of all others. */
export const MESSAGES_BYTES_MAX = 8 * 1024 * 1024;
/** Even for a smaller request so much is read at once, to get over a long row of what must be left out. */
const READ_BYTES_MIN = 64 * 1024;

export function readerOfMessages(apiVersion: number): RecordsReader {
  const magic = apiVersion < MAGIC_1_SINCE ? 0 : 1;
  return (partition, from, maxBytes, upTo, isFirst) => {
    const minOneMessage = isFirst || (apiVersion < LIMIT_OF_ANSWER_SINCE && maxBytes > 0);
    const readBytes = maxBytes > 0 ? Math.max(maxBytes, READ_BYTES_MIN) : 0;
    const readFrom = (offset: number) => partition.read(offset, readBytes, upTo, minOneMessage);
    const wanted = {
      magic,
      fromOffset: from,
      bytesMax: maxBytes,
      minOneMessage,
      openedBytesMax: OPENED_BYTES_MAX,
    } as const;
    return readOn(readFrom, from, wanted);
  };
}

/**
 * A client that gets nothing where there is something would ask for the same offset for ever: where all that was read
 * must be left out, what follows is read.
 */
function readOn(
  readFrom: (offset: number) => LogRead | Promise<LogRead>,
  start: number,
  wanted: MessagesWanted,
): LogRead | Promise<LogRead> {
  for (let from = start; ; ) {
    const read = readFrom(from);
    if (read instanceof Promise) {
      return read.then((there) => {
        const step = convert(there, from, wanted);
        return "goOnAt" in step ? readOn(readFrom, step.goOnAt, wanted) : step;
      });
    }
    const step = convert(read, from, wanted);
    if (!("goOnAt" in step)) return step;
    from = step.goOnAt;
  }
}

function convert(read: LogRead, from: number, wanted: MessagesWanted): LogRead | { readonly goOnAt: number } {
  if ("errorCode" in read) return read;
  const { nextOffset } = read;
  const converted = messagesOfBatches(read.records, wanted);
  read.release();
  if (isRefusal(converted)) return { errorCode: converted.errorCode };
  const { messages, isCut } = converted;
  const isAllLeftOut = messages.length === 0 && !isCut && nextOffset > from;
  return isAllLeftOut ? { goOnAt: nextOffset } : { records: messages, nextOffset, release: () => {} };
}

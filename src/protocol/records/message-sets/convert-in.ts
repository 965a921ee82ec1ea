/** Messages of magic 0 and 1 on their way in: one record batch with all that a client sent for a partition. */
import { errors } from "../../errors.js";
import { buildBatch } from "../build-batch.js";
import { isRefusal, type Refusal } from "../check-batch.js";
import { type CodecId, codecs } from "../codecs.js";
import { asBuffer } from "../int64.js";
import { NO_TIMESTAMP } from "../layout.js";
import { MESSAGES_MAX, type Message, readMessage } from "./message.js";
import { isMessageCodec, unwrap } from "./message-codecs.js";

/** Beyond it the differences of two timestamps need more bits than a number has. */
const TIMESTAMP_MS_MAX = 2 ** 51;

/**
 * The messages as one batch, compressed as they were. Their offsets are not looked at: the log gives new ones, and old
 * clients number what they send as they like. `bytesMax` bounds what all wrappers together open to.
 */
export function batchOfMessages(messageSet: Uint8Array, bytesMax: number): Uint8Array | Refusal {
  const records: Message[] = [];
  let codec: CodecId = codecs.none;
  let leftBytes = bytesMax;
  const bytes = asBuffer(messageSet);
  for (let at = 0; at < bytes.length; ) {
    const read = readMessage(bytes, at);
    if (isRefusal(read)) return read;
    const { message } = read;
    at = read.end;
    if (message.codec === codecs.none) {
      records.push(message);
      continue;
    }
    if (!isMessageCodec(message.codec)) return unknownCodec(message);
    const opened = unwrap(message.codec, message, leftBytes);
    if (isRefusal(opened)) return opened;
    leftBytes -= opened.length;
    // As in Apache Kafka, the last wrapper decides.
    codec = message.codec;
    const refusal = readInner(opened, message, records);
    if (refusal !== null) return refusal;
  }
  if (records.length === 0) return invalid("There is no message to append");
  return refuseTimestamps(records) ?? buildBatch({ records, codec });
}

/** Adds what is in a wrapper to `records`. */
function readInner(opened: Buffer, wrapper: Message, records: Message[]): Refusal | null {
  if (opened.length === 0) return invalid("A compressed message holds no messages");
  for (let at = 0; at < opened.length; ) {
    const read = readMessage(opened, at);
    if (isRefusal(read)) return read;
    const { message } = read;
    if (message.codec !== codecs.none) return invalid("A message inside a compressed one is compressed itself");
    if (message.magic !== wrapper.magic) {
      return invalid(`A message of magic ${message.magic} lies inside one of magic ${wrapper.magic}`);
    }
    if (records.length === MESSAGES_MAX) return tooMany();
    // What a wrapper says of the time it says for all.
    records.push({ ...message, timestampType: wrapper.timestampType });
    at = read.end;
  }
  return null;
}

function refuseTimestamps(records: readonly Message[]): Refusal | null {
  const refuse = (errorMessage: string) => ({ errorCode: errors.INVALID_TIMESTAMP.code, errorMessage });
  for (const { timestampMs, timestampType } of records) {
    if (timestampType === "LogAppendTime") return refuse("Producers may not set LogAppendTime");
    if (timestampMs < NO_TIMESTAMP || timestampMs > TIMESTAMP_MS_MAX) {
      return refuse(`Timestamp ${timestampMs} is out of range`);
    }
  }
  return null;
}

function tooMany(): Refusal {
  const errorMessage = `There are more than ${MESSAGES_MAX} messages`;
  return { errorCode: errors.MESSAGE_TOO_LARGE.code, errorMessage };
}

function unknownCodec({ magic, codec }: Message): Refusal {
  const errorMessage = `Messages of magic ${magic} may not use compression type ${codec}`;
  return { errorCode: errors.UNSUPPORTED_COMPRESSION_TYPE.code, errorMessage };
}

function invalid(errorMessage: string): Refusal {
  return { errorCode: errors.INVALID_RECORD.code, errorMessage };
}

/** Record batches on their way out to a client that knows only messages of magic 0 or 1. What it cannot know is left out. */
import { errors } from "../../errors.js";
import { type RecordBatch, readBatches } from "../batch.js";
import { isRefusal, type Refusal } from "../check-batch.js";
import { codecs } from "../codecs.js";
import { type LogRecord, readRecords } from "../record.js";
import { MESSAGES_MAX, type Message, type MessageMagic, messageBytes, writeMessage } from "./message.js";
import { isMessageCodec, type MessageCodec, wrap } from "./message-codecs.js";

export interface MessagesWanted {
  readonly magic: MessageMagic;
  /** A batch may begin earlier; clients of that time do not expect messages that they did not ask for. */
  readonly fromOffset: number;
  readonly bytesMax: number;
  /** KIP-74: the first message is given even if it is larger than `bytesMax`. */
  readonly minOneMessage: boolean;
  /** Bounds what a compressed batch opens to. */
  readonly openedBytesMax: number;
}

export interface Messages {
  readonly messages: Uint8Array;
  /** Whether there are more, which were not looked at or did not fit. */
  readonly isCut: boolean;
}

/**
 * Copies the batches into messages, as far as `bytesMax` goes. Control batches are left out; headers and producers as
 * well. What cannot be converted is refused if it comes first, else it ends the messages.
 */
export function messagesOfBatches(records: Uint8Array, wanted: MessagesWanted): Messages | Refusal {
  const chunks: Uint8Array[] = [];
  let leftBytes = wanted.bytesMax;
  let isCut = false;
  for (const batch of readBatches(records).batches) {
    if (batch.isControl) continue;
    const opened = open(batch, wanted);
    if (isRefusal(opened)) {
      if (chunks.length === 0) return opened;
      isCut = true;
      break;
    }
    if (opened.records.length === 0) continue;
    const mustGive = wanted.minOneMessage && chunks.length === 0;
    const { bytes, isWhole } = convert(batch, opened, wanted.magic, leftBytes, mustGive);
    if (bytes.length > 0) chunks.push(bytes);
    leftBytes -= bytes.length;
    isCut = !isWhole;
    if (isCut) break;
  }
  return { messages: Buffer.concat(chunks), isCut };
}

interface Opened {
  readonly codec: typeof codecs.none | MessageCodec;
  readonly records: readonly LogRecord[];
}

function open(batch: RecordBatch, { magic, fromOffset, openedBytesMax }: MessagesWanted): Opened | Refusal {
  const { codec } = batch;
  if (codec !== codecs.none && !isMessageCodec(codec)) {
    const errorMessage = `Compression type ${codec} does not exist in messages of magic ${magic}`;
    return { errorCode: errors.UNSUPPORTED_COMPRESSION_TYPE.code, errorMessage };
  }
  if (batch.recordsCount > MESSAGES_MAX) {
    const errorMessage = `A record batch holds ${batch.recordsCount} records, more than ${MESSAGES_MAX}`;
    return { errorCode: errors.MESSAGE_TOO_LARGE.code, errorMessage };
  }
  const records = readRecords(batch, openedBytesMax);
  return isRefusal(records) ? records : { codec, records: records.filter(({ offset }) => offset >= fromOffset) };
}

interface Converted {
  readonly bytes: Uint8Array;
  /** Whether all records of the batch are in it. */
  readonly isWhole: boolean;
}

const nothing: Converted = { bytes: new Uint8Array(), isWhole: false };

function convert(
  batch: RecordBatch,
  { codec, records }: Opened,
  magic: MessageMagic,
  bytesMax: number,
  mustGive: boolean,
): Converted {
  if (codec === codecs.none) return convertAlone(batch, records, magic, bytesMax, mustGive);
  const wrapper = wrapped(batch, codec, records, magic);
  const isTooLarge = messageBytes(wrapper) > bytesMax && !mustGive;
  return isTooLarge ? nothing : { bytes: encode([wrapper]), isWhole: true };
}

/** Each record becomes a message of its own, so they may end anywhere. */
function convertAlone(
  batch: RecordBatch,
  records: readonly LogRecord[],
  magic: MessageMagic,
  bytesMax: number,
  mustGive: boolean,
): Converted {
  const messages: Message[] = [];
  let bytes = 0;
  for (const record of records) {
    const message = messageOf(batch, record, magic, record.offset);
    bytes += messageBytes(message);
    if (bytes > bytesMax && !(mustGive && messages.length === 0)) break;
    messages.push(message);
  }
  return { bytes: encode(messages), isWhole: messages.length === records.length };
}

/**
 * One message with the others, compressed, in its value. It has the offset of its last one. Those inside have their
 * own in magic 0; in magic 1 they count from the first one (KIP-31).
 */
function wrapped(batch: RecordBatch, codec: MessageCodec, records: readonly LogRecord[], magic: MessageMagic): Message {
  const baseOffset = magic === 1 ? (records[0]?.offset ?? 0) : 0;
  const inner = records.map((record) => messageOf(batch, record, magic, record.offset - baseOffset));
  const timestampMs = records.reduce((latest, record) => Math.max(latest, record.timestampMs), -1);
  return {
    magic,
    offset: records.at(-1)?.offset ?? 0,
    codec,
    timestampType: batch.timestampType,
    timestampMs,
    key: null,
    value: wrap(codec, magic, encode(inner)),
  };
}

function messageOf(
  { timestampType }: RecordBatch,
  { timestampMs, key, value }: LogRecord,
  magic: MessageMagic,
  offset: number,
): Message {
  return { magic, offset, codec: codecs.none, timestampType, timestampMs, key, value };
}

/** Measured first, then written once. */
function encode(messages: readonly Message[]): Buffer {
  const bytes = Buffer.allocUnsafe(messages.reduce((sum, message) => sum + messageBytes(message), 0));
  let at = 0;
  for (const message of messages) at = writeMessage(bytes, message, at);
  return bytes;
}

/**
 * One message of magic 0 or 1, as clients before Apache Kafka 0.11 write and read them: alone, or as the wrapper of
 * compressed ones. Magic 1 has a timestamp (KIP-32); headers and producers came with record batches.
 */
import { errors } from "../../errors.js";
import type { TimestampType } from "../batch.js";
import type { Refusal } from "../check-batch.js";
import { readInt64, writeInt64 } from "../int64.js";
import { CODEC_MASK, LOG_APPEND_TIME_BIT, NO_TIMESTAMP } from "../layout.js";
import { crc32 } from "./crc32.js";

export type MessageMagic = 0 | 1;

export interface Message {
  readonly magic: MessageMagic;
  readonly offset: number;
  /** None, or what is in the value of a wrapper. */
  readonly codec: number;
  readonly timestampType: TimestampType;
  /** Always −1 in magic 0. */
  readonly timestampMs: number;
  /** Key and value are views of the bytes that were read. */
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
}

/** Of what is compressed so many are opened at once: each takes memory, and a hostile megabyte can hold millions of them. */
export const MESSAGES_MAX = 250_000;

/** Where the fields lie. Behind the attributes: the timestamp in magic 1, then key and value, each behind its length. */
const OFFSET = 0;
/** Counts the bytes behind itself. */
const SIZE = 8;
/** CRC-32 of everything from `MAGIC` to the end of the message. */
const CRC = 12;
const MAGIC = 16;
const ATTRIBUTES = 17;
const TIMESTAMP = 18;
/** Offset and size. */
const PREFIX_BYTES = 12;
const NULL_LENGTH = -1;

/** Where key and value begin. */
const bodyAt: Readonly<Record<MessageMagic, number>> = { 0: 18, 1: 26 };
const LENGTH_BYTES = 4;

/** The message at `at`, and where it ends. */
export function readMessage(bytes: Buffer, at: number): { readonly message: Message; readonly end: number } | Refusal {
  const left = bytes.length - at;
  if (left < PREFIX_BYTES) return corrupt(`Message at byte ${at} is torn`);
  const size = bytes.readInt32BE(at + SIZE);
  if (size > left - PREFIX_BYTES) return corrupt(`Message at byte ${at} is longer than what was sent`);
  if (size < minSize(0)) return corrupt(`Message at byte ${at} is shorter than its header`);
  const magic = bytes.readInt8(at + MAGIC);
  if (magic !== 0 && magic !== 1) return corrupt(`Message at byte ${at} has magic ${magic}, not 0 or 1`);
  if (size < minSize(magic)) return corrupt(`Message at byte ${at} is shorter than its header`);
  const end = at + PREFIX_BYTES + size;
  if (bytes.readUInt32BE(at + CRC) !== crc32(bytes.subarray(at + MAGIC, end))) {
    return corrupt(`Message at byte ${at} has a wrong CRC`);
  }
  const key = readNullable(bytes, at + bodyAt[magic], end);
  const value = key === null ? null : readNullable(bytes, key.end, end);
  if (key === null || value === null || value.end !== end) return corrupt(`Message at byte ${at} is malformed`);
  const attributes = bytes.readUInt8(at + ATTRIBUTES);
  const message: Message = {
    magic,
    offset: readInt64(bytes, at + OFFSET),
    codec: attributes & CODEC_MASK,
    timestampType: magic === 1 && attributes & LOG_APPEND_TIME_BIT ? "LogAppendTime" : "CreateTime",
    timestampMs: magic === 1 ? readInt64(bytes, at + TIMESTAMP) : NO_TIMESTAMP,
    key: key.bytes,
    value: value.bytes,
  };
  return { message, end };
}

function readNullable(
  bytes: Buffer,
  at: number,
  end: number,
): { readonly bytes: Buffer | null; readonly end: number } | null {
  if (at + LENGTH_BYTES > end) return null;
  const length = bytes.readInt32BE(at);
  const start = at + LENGTH_BYTES;
  if (length === NULL_LENGTH) return { bytes: null, end: start };
  if (length < 0 || length > end - start) return null;
  return { bytes: bytes.subarray(start, start + length), end: start + length };
}

function minSize(magic: MessageMagic): number {
  return bodyAt[magic] - PREFIX_BYTES + 2 * LENGTH_BYTES;
}

export function messageBytes({ magic, key, value }: Pick<Message, "magic" | "key" | "value">): number {
  return bodyAt[magic] + 2 * LENGTH_BYTES + (key?.length ?? 0) + (value?.length ?? 0);
}

/** Returns where the message ends. */
export function writeMessage(to: Buffer, message: Message, at: number): number {
  const { magic, codec, timestampType, timestampMs, key, value } = message;
  const hasAppendTime = magic === 1 && timestampType === "LogAppendTime";
  const end = at + messageBytes(message);
  writeInt64(to, message.offset, at + OFFSET);
  to.writeInt32BE(end - at - PREFIX_BYTES, at + SIZE);
  to.writeInt8(magic, at + MAGIC);
  to.writeUInt8(codec | (hasAppendTime ? LOG_APPEND_TIME_BIT : 0), at + ATTRIBUTES);
  if (magic === 1) writeInt64(to, timestampMs, at + TIMESTAMP);
  writeNullable(to, value, writeNullable(to, key, at + bodyAt[magic]));
  to.writeUInt32BE(crc32(to.subarray(at + MAGIC, end)), at + CRC);
  return end;
}

function writeNullable(to: Buffer, bytes: Uint8Array | null, at: number): number {
  const start = to.writeInt32BE(bytes?.length ?? NULL_LENGTH, at);
  if (bytes === null) return start;
  to.set(bytes, start);
  return start + bytes.length;
}

function corrupt(errorMessage: string): Refusal {
  return { errorCode: errors.CORRUPT_MESSAGE.code, errorMessage };
}

/** A record of a coordinator as bytes: 16 bits, the record's type in a key and the version in a value, and a message. */
import { invariant } from "../lib/invariant.js";
import { decode, writeMessage } from "../protocol/schema/codec.js";
import type { DecodedOf, EncodableOf, Message } from "../protocol/schema/message.js";
import { Writer } from "../protocol/wire/writer.js";

export interface EncodedRecord {
  readonly key: Uint8Array;
  readonly value: Uint8Array | null;
}

const KEY_VERSION = 0;
const VALUE_VERSION = 0;

/** A record of a kind whose values have only one version. */
export function recordOf<K extends Message, V extends Message>(
  type: number,
  keyMessage: K,
  key: EncodableOf<K>,
  valueMessage: V,
  value: EncodableOf<V> | null,
): EncodedRecord {
  return {
    key: prefixed(type, keyMessage, KEY_VERSION, key),
    value: value === null ? null : prefixed(VALUE_VERSION, valueMessage, VALUE_VERSION, value),
  };
}

/** What it gives may be part of a larger buffer: who keeps it, copies it. */
export function prefixed<M extends Message>(
  prefix: number,
  message: M,
  version: number,
  value: EncodableOf<M>,
): Uint8Array {
  const writer = new Writer();
  writer.int16(prefix);
  writeMessage(message, version, value, writer);
  const [bytes, ...lent] = writer.chunks();
  invariant(bytes !== undefined && lent.length === 0, "a coordinator's record is written, not lent");
  return bytes;
}

export function readKey<M extends Message>(message: M, key: Uint8Array): DecodedOf<M> {
  return read(message, KEY_VERSION, key);
}

/** A newer version adds only tagged fields, and reads as this one (KIP-915). */
export function readValue<M extends Message>(message: M, value: Uint8Array | null): DecodedOf<M> | null {
  return value === null ? null : read(message, VALUE_VERSION, value);
}

/** Reads what stands behind the 16 bits. A record that does not decode means that the log is not what it says. */
export function read<M extends Message>(message: M, version: number, bytes: Uint8Array): DecodedOf<M> {
  const decoded = decode(message, version, bytes.subarray(2));
  if (!decoded.ok) throw new Error(`A coordinator's record does not decode: ${decoded.malformed}`);
  return decoded.value;
}

export function int16At(bytes: Uint8Array): number {
  return (((bytes[0] ?? 0) << 24) >> 16) | (bytes[1] ?? 0);
}

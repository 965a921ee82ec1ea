/**
 * Encodes and decodes messages at a version. The codec of a message and version is compiled when it is first needed
 * and kept: declarations are constants, so the caches know nothing of any one broker.
 */
import type { Decoding } from "../wire/malformed.js";
import { decoding } from "../wire/malformed.js";
import { REQUEST_ELEMENTS_MAX, Reader } from "../wire/reader.js";
import { Writer } from "../wire/writer.js";
import type { Decoder, Encoder } from "./compile.js";
import { compileDecoder, compileEncoder } from "./compile.js";
import { layoutOf } from "./layout.js";
import type { DecodedOf, EncodableOf, Message } from "./message.js";

/** The message in one piece: for metadata records and coordinator records. */
export function encodeMessage<M extends Message>(message: M, version: number, value: EncodableOf<M>): Uint8Array {
  const writer = new Writer();
  writeMessage(message, version, value, writer);
  const chunks = writer.chunks();
  const [first] = chunks;
  return first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks);
}

/** `bytes` and `records` fields are views of the input. Bytes behind the message are ignored, as Kafka does. */
export function decode<M extends Message>(message: M, version: number, bytes: Uint8Array): Decoding<DecodedOf<M>> {
  return decoding(
    () => `${message.name} version ${version}`,
    () => readMessage(message, version, new Reader(bytes)),
  );
}

/** As `decode`, for what anybody may send. */
export function decodeRequest<M extends Message>(
  message: M,
  version: number,
  bytes: Uint8Array,
): Decoding<DecodedOf<M>> {
  return decoding(
    () => `${message.name} version ${version}`,
    () => readMessage(message, version, new Reader(bytes, 0, REQUEST_ELEMENTS_MAX)),
  );
}

/** Writes a message into a larger whole. Chunks of `records` fields are lent, not copied. */
export function writeMessage<M extends Message>(
  message: M,
  version: number,
  value: EncodableOf<M>,
  writer: Writer,
): void {
  encoderOf(message, version)(writer, value);
}

/** Reads a message out of a larger whole; throws `MalformedError`. */
export function readMessage<M extends Message>(message: M, version: number, reader: Reader): DecodedOf<M> {
  // The decoder was compiled from the declaration from which the type is inferred.
  return decoderOf(message, version)(reader) as DecodedOf<M>;
}

type ByVersion<Codec> = WeakMap<Message, Codec[]>;
const decoders: ByVersion<Decoder> = new WeakMap();
const encoders: ByVersion<Encoder> = new WeakMap();

function decoderOf(message: Message, version: number): Decoder {
  return (
    decoders.get(message)?.[version] ?? keep(decoders, message, version, compileDecoder(layoutOf(message, version)))
  );
}

function encoderOf(message: Message, version: number): Encoder {
  const drops = message.dropsUnplaced === true;
  return (
    encoders.get(message)?.[version] ??
    keep(encoders, message, version, compileEncoder(layoutOf(message, version), drops))
  );
}

function keep<Codec>(kept: ByVersion<Codec>, message: Message, version: number, codec: Codec): Codec {
  const ofMessage = kept.get(message) ?? [];
  ofMessage[version] = codec;
  kept.set(message, ofMessage);
  return codec;
}

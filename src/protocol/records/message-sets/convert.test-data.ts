/** For tests: reads messages as a client of their time does, and makes arbitrary ones. */
import fc from "fast-check";
import { codecs } from "../codecs.js";
import { isRefusal } from "../record.js";
import { type Message, type MessageMagic, messageBytes, readMessage, writeMessage } from "./message.js";
import { isMessageCodec, unwrap, wrap } from "./message-codecs.js";

export const messageCodecs = [codecs.none, codecs.gzip, codecs.snappy, codecs.lz4] as const;

/** What a client sees: wrappers opened, offsets absolute. Throws on whatever it would not accept. */
export function readAsClient(messageSet: Uint8Array): readonly Message[] {
  return shallow(messageSet).flatMap((message) => {
    const { codec, magic, offset, timestampType, timestampMs } = message;
    if (codec === codecs.none) return [message];
    if (!isMessageCodec(codec)) throw new Error(`no codec ${codec}`);
    const opened = unwrap(codec, message, 1_000_000);
    if (isRefusal(opened)) throw new Error(opened.errorMessage);
    const inner = shallow(opened);
    // KIP-31: relative to the last one, whose offset the wrapper has.
    const baseOffset = magic === 1 ? offset - (inner.at(-1)?.offset ?? 0) : 0;
    return inner.map((one) => ({
      ...one,
      offset: baseOffset + one.offset,
      timestampType,
      timestampMs: timestampType === "LogAppendTime" ? timestampMs : one.timestampMs,
    }));
  });
}

export function shallow(messageSet: Uint8Array): readonly Message[] {
  const messages: Message[] = [];
  for (let at = 0; at < messageSet.length; ) {
    const read = readMessage(Buffer.from(messageSet), at);
    if (isRefusal(read)) throw new Error(read.errorMessage);
    messages.push(read.message);
    at = read.end;
  }
  return messages;
}

export function encodeMessages(messages: readonly Message[]): Buffer {
  const bytes = Buffer.alloc(messages.reduce((sum, message) => sum + messageBytes(message), 0));
  let at = 0;
  for (const message of messages) at = writeMessage(bytes, message, at);
  return bytes;
}

/** The messages compressed into one, as a producer does it. */
export function wrapMessages(
  messages: readonly Message[],
  magic: MessageMagic,
  codec: (typeof messageCodecs)[number],
): Buffer {
  if (codec === codecs.none) return encodeMessages(messages);
  const value = wrap(codec, magic, encodeMessages(messages));
  return encodeMessages([message({ magic, codec, value, offset: messages.at(-1)?.offset ?? 0 })]);
}

export function message(given: Partial<Message>): Message {
  return {
    magic: 1,
    offset: 0,
    codec: codecs.none,
    timestampType: "CreateTime",
    timestampMs: given.magic === 0 ? -1 : 1_700_000_000_000,
    key: null,
    value: null,
    ...given,
  };
}

const nullableBytes = fc.option(fc.uint8Array({ maxLength: 60 }), { nil: null });

export const arbitraryRecords = fc.array(
  fc.record({ timestampMs: fc.integer({ min: -1, max: 2 ** 45 }), key: nullableBytes, value: nullableBytes }),
  { minLength: 1, maxLength: 20 },
);

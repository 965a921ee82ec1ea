import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { errors } from "../../errors.js";
import { RecordBatch } from "../batch.js";
import { buildBatch } from "../build-batch.js";
import { codecs } from "../codecs.js";
import { buildEndTxnMarker } from "../control.js";
import { asBuffer } from "../int64.js";
import { HEADER_BYTES, RECORDS_COUNT } from "../layout.js";
import { isRefusal } from "../record.js";
import { arbitraryRecords, messageCodecs, readAsClient, shallow } from "./convert.test-data.js";
import { batchOfMessages } from "./convert-in.js";
import { type MessagesWanted, messagesOfBatches } from "./convert-out.js";
import { javaMessageRecords, javaMessages } from "./java-messages.test-data.js";
import { MESSAGES_MAX, type MessageMagic } from "./message.js";

const magics: readonly MessageMagic[] = [0, 1];

function convert(batches: Uint8Array, wanted: Partial<MessagesWanted> = {}) {
  const all = { magic: 1, fromOffset: 0, bytesMax: 1_000_000, minOneMessage: true, openedBytesMax: 1_000_000 } as const;
  return messagesOfBatches(batches, { ...all, ...wanted });
}

function messagesOf(batches: Uint8Array, wanted: Partial<MessagesWanted> = {}): Uint8Array {
  const converted = convert(batches, wanted);
  if (isRefusal(converted)) throw new Error(converted.errorMessage);
  return converted.messages;
}

const offsetsOf = (messageSet: Uint8Array) => readAsClient(messageSet).map(({ offset }) => offset);

/** Records with these offsets from `baseOffset` on, one byte each. */
function batch(baseOffset: number, count: number, codec: (typeof messageCodecs)[number] = codecs.none): Uint8Array {
  const records = Array.from({ length: count }, () => ({ timestampMs: 5, key: null, value: Buffer.from("v") }));
  return buildBatch({ records, baseOffset, codec });
}

describe("for the Java client", () => {
  test.each(magics)("messages of magic %i are to the byte what it writes itself", (magic) => {
    const java = javaMessages.find((one) => one.magic === magic && one.codec === "none");
    const written = messagesOf(buildBatch({ records: javaMessageRecords, baseOffset: 100 }), { magic });
    expect(Buffer.from(written).toString("base64")).toBe(java?.base64);
  });

  test("the header of an lz4 frame has the checksum that its magic wants (KAFKA-3160)", () => {
    const checksumAt = 6;
    for (const { magic, base64 } of javaMessages.filter(({ codec }) => codec === "lz4")) {
      const records = buildBatch({ records: javaMessageRecords, codec: codecs.lz4 });
      const headers = [messagesOf(records, { magic }), Buffer.from(base64, "base64")].map(
        (messages) => shallow(messages)[0]?.value?.subarray(0, checksumAt + 1) ?? null,
      );
      expect(headers[0]).toEqual(headers[1]);
    }
  });
});

describe("any batches", () => {
  test("come out as they were, and go in again", () => {
    const given = fc.tuple(
      fc.constantFrom(...magics),
      fc.constantFrom(...messageCodecs),
      arbitraryRecords,
      fc.nat({ max: 2 ** 40 }),
    );
    fc.assert(
      fc.property(given, ([magic, codec, records, baseOffset]) => {
        const messages = messagesOf(buildBatch({ records, codec, baseOffset }), { magic });
        const wanted = records.map(({ timestampMs, key, value }, delta) => ({
          magic,
          offset: baseOffset + delta,
          timestampMs: magic === 0 ? -1 : timestampMs,
          key: key === null ? null : Buffer.from(key),
          value: value === null ? null : Buffer.from(value),
        }));
        expect(readAsClient(messages)).toMatchObject(wanted);
        const back = batchOfMessages(messages, 1_000_000);
        if (isRefusal(back)) throw new Error(back.errorMessage);
        expect(readAsClient(messagesOf(back, { magic }))).toMatchObject(
          wanted.map((message, offset) => ({ ...message, offset })),
        );
      }),
      { seed: 9, numRuns: 200 },
    );
  });

  test("are converted from the wanted offset on, within the limit, and go on where they ended", () => {
    const given = fc.tuple(
      fc.constantFrom(...magics),
      fc.array(fc.tuple(fc.constantFrom(...messageCodecs), fc.integer({ min: 1, max: 9 })), {
        minLength: 1,
        maxLength: 6,
      }),
      fc.integer({ min: 1, max: 400 }),
    );
    fc.assert(
      fc.property(given, ([magic, shapes, bytesMax]) => {
        const batches: Uint8Array[] = [];
        let end = 0;
        for (const [codec, count] of shapes) {
          batches.push(batch(end, count, codec));
          end += count;
        }
        const read: number[] = [];
        while (read.length < end) {
          const fromOffset = read.length;
          const messages = messagesOf(Buffer.concat(batches), { magic, fromOffset, bytesMax });
          expect(messages.length <= bytesMax || shallow(messages).length === 1).toBe(true);
          read.push(...offsetsOf(messages));
          expect(read.length).toBeGreaterThan(fromOffset);
        }
        expect(read).toEqual(Array.from({ length: end }, (_, offset) => offset));
      }),
      { seed: 10, numRuns: 100 },
    );
  });
});

describe("a batch with a byte changed", () => {
  test("is refused or converted, but never thrown about, and stays within the limit", () => {
    const records = [...javaMessageRecords, { timestampMs: 1, key: null, value: Buffer.alloc(300) }];
    const given = fc.tuple(fc.constantFrom(...messageCodecs), fc.nat(), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(given, ([codec, place, change]) => {
        const bytes = Buffer.from(buildBatch({ records, codec }));
        // A batch that a client sent is opened here for the first time: only its header was looked at before.
        const at = HEADER_BYTES + (place % (bytes.length - HEADER_BYTES));
        bytes.writeUInt8(bytes.readUInt8(at) ^ change, at);
        const converted = convert(bytes, { bytesMax: 400, minOneMessage: false });
        if (!isRefusal(converted)) expect(converted.messages.length).toBeLessThanOrEqual(400);
      }),
      { seed: 12, numRuns: 500 },
    );
  });

  test("that says it holds more records than can be opened at once is refused", () => {
    const bytes = Buffer.from(batch(0, 1, codecs.gzip));
    bytes.writeInt32BE(MESSAGES_MAX + 1, RECORDS_COUNT);
    expect(convert(bytes)).toMatchObject({ errorCode: errors.MESSAGE_TOO_LARGE.code });
  });
});

describe("what old clients cannot know", () => {
  test("headers and control batches are left out; the offsets stay", () => {
    const marker = buildEndTxnMarker({ commit: true, coordinatorEpoch: 0 }, { id: 1, epoch: 0 }, 5);
    new RecordBatch(asBuffer(marker), 0).place(2, 0);
    const withHeaders = buildBatch({
      records: [{ timestampMs: 5, key: null, value: null, headers: [{ key: "trace", value: null }] }],
      baseOffset: 3,
    });
    expect(offsetsOf(messagesOf(Buffer.concat([batch(0, 2), marker, withHeaders])))).toEqual([0, 1, 3]);
    expect(convert(marker)).toEqual({ messages: Buffer.alloc(0), isCut: false });
  });

  test("zstd is refused where it comes first, else it ends the messages", () => {
    const zstd = buildBatch({ records: javaMessageRecords, codec: codecs.zstd, baseOffset: 2 });
    expect(convert(zstd)).toMatchObject({ errorCode: errors.UNSUPPORTED_COMPRESSION_TYPE.code });
    const both = convert(Buffer.concat([batch(0, 2), zstd]));
    expect(both).toMatchObject({ isCut: true });
    expect(isRefusal(both) ? [] : offsetsOf(both.messages)).toEqual([0, 1]);
  });
});

test.each(messageCodecs)("the broker's time (codec %i) is told as such in magic 1", (codec) => {
  const bytes = Buffer.from(batch(0, 2, codec));
  new RecordBatch(bytes, 0).stampLogAppendTime(77);
  expect(readAsClient(messagesOf(bytes))).toMatchObject(
    [0, 1].map((offset) => ({ offset, timestampType: "LogAppendTime", timestampMs: 77 })),
  );
  expect(readAsClient(messagesOf(bytes, { magic: 0 }))).toMatchObject([
    { timestampType: "CreateTime", timestampMs: -1 },
    {},
  ]);
});

describe("the limit", () => {
  test("a first message that is larger is given only if one must be", () => {
    expect(messagesOf(batch(0, 3), { bytesMax: 1 }).length).toBeGreaterThan(1);
    expect(convert(batch(0, 3), { bytesMax: 1, minOneMessage: false })).toMatchObject({
      messages: Buffer.alloc(0),
      isCut: true,
    });
  });

  test("a batch that opens to more than is allowed is refused", () => {
    const bomb = buildBatch({
      records: [{ timestampMs: 5, key: null, value: Buffer.alloc(50_000) }],
      codec: codecs.gzip,
    });
    expect(convert(bomb, { openedBytesMax: 10_000 })).toMatchObject({ errorCode: errors.MESSAGE_TOO_LARGE.code });
  });
});

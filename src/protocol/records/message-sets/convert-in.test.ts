import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { errors } from "../../errors.js";
import { RecordBatch } from "../batch.js";
import { codecs } from "../codecs.js";
import { asBuffer } from "../int64.js";
import { isRefusal, readRecords } from "../record.js";
import { arbitraryRecords, encodeMessages, message, messageCodecs, wrapMessages } from "./convert.test-data.js";
import { batchOfMessages } from "./convert-in.js";
import { javaMessageRecords, javaMessages } from "./java-messages.test-data.js";
import { MESSAGES_MAX, type MessageMagic } from "./message.js";
import { wrap } from "./message-codecs.js";

const BYTES_MAX = 1_000_000;
const magics: readonly MessageMagic[] = [0, 1];

function batchOf(messageSet: Uint8Array, bytesMax = BYTES_MAX): RecordBatch {
  const bytes = batchOfMessages(messageSet, bytesMax);
  if (isRefusal(bytes)) throw new Error(bytes.errorMessage);
  return new RecordBatch(asBuffer(bytes), 0);
}

function recordsOf(batch: RecordBatch) {
  const records = readRecords(batch, BYTES_MAX);
  if (isRefusal(records)) throw new Error(records.errorMessage);
  return records;
}

const bytesOf = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString("hex"));

describe("messages of the Java client", () => {
  test.each(javaMessages)(
    "of magic $magic, $codec, become one batch of the same records",
    ({ magic, codec, base64 }) => {
      const batch = batchOf(Buffer.from(base64, "base64"));
      expect(batch.hasValidCrc()).toBe(true);
      expect(batch.codec).toBe(codecs[codec]);
      expect([batch.baseOffset, batch.recordsCount, batch.producerId]).toEqual([0, 3, -1]);
      const wanted = javaMessageRecords.map(({ timestampMs, key, value }, offset) => ({
        offset,
        timestampMs: magic === 0 ? -1 : timestampMs,
        key: bytesOf(key),
        value: bytesOf(value),
        headers: [],
      }));
      expect(recordsOf(batch).map((one) => ({ ...one, key: bytesOf(one.key), value: bytesOf(one.value) }))).toEqual(
        wanted,
      );
    },
  );

  test("may come one behind the other, wrappers among them: all go into one batch", () => {
    const all = javaMessages.map(({ base64 }) => Buffer.from(base64, "base64"));
    const batch = batchOf(Buffer.concat(all));
    expect(batch.recordsCount).toBe(24);
    expect(batch.codec).toBe(codecs.lz4);
  });
});

describe("any messages", () => {
  test("keep key, value, timestamp and order in the batch", () => {
    const given = fc.tuple(fc.constantFrom(...magics), fc.constantFrom(...messageCodecs), arbitraryRecords);
    fc.assert(
      fc.property(given, ([magic, codec, records]) => {
        const messages = records.map((record, offset) =>
          message({ ...record, magic, offset, timestampMs: magic === 0 ? -1 : record.timestampMs }),
        );
        const batch = batchOf(wrapMessages(messages, magic, codec));
        expect(batch.hasValidCrc()).toBe(true);
        expect(batch.codec).toBe(codec);
        const come = recordsOf(batch).map(({ timestampMs, key, value }) => [timestampMs, bytesOf(key), bytesOf(value)]);
        expect(come).toEqual(messages.map((one) => [one.timestampMs, bytesOf(one.key), bytesOf(one.value)]));
      }),
      { seed: 6, numRuns: 200 },
    );
  });

  test("that are no messages at all are refused, and never thrown about", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(isRefusal(batchOfMessages(bytes, BYTES_MAX))).toBe(true);
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  test("with a byte changed are refused, or differ only where no checksum covers them", () => {
    const given = fc.tuple(fc.constantFrom(...javaMessages), fc.nat(), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(given, ([{ base64 }, place, change]) => {
        const bytes = Buffer.from(base64, "base64");
        const at = place % bytes.length;
        bytes.writeUInt8(bytes.readUInt8(at) ^ change, at);
        const batch = batchOfMessages(bytes, BYTES_MAX);
        if (isRefusal(batch)) return;
        expect(recordsOf(new RecordBatch(asBuffer(batch), 0))).toHaveLength(3);
      }),
      { seed: 8, numRuns: 1000 },
    );
  });
});

describe("what is refused", () => {
  const codeOf = (messageSet: Uint8Array, bytesMax = BYTES_MAX) => {
    const result = batchOfMessages(messageSet, bytesMax);
    return isRefusal(result) ? result.errorCode : null;
  };

  test("nothing at all, and a wrapper around nothing", () => {
    expect(codeOf(new Uint8Array())).toBe(errors.INVALID_RECORD.code);
    expect(codeOf(wrapMessages([], 1, codecs.gzip))).toBe(errors.INVALID_RECORD.code);
    expect(codeOf(encodeMessages([message({ codec: codecs.gzip })]))).toBe(errors.INVALID_RECORD.code);
  });

  test("a wrapper inside a wrapper, and one of another magic", () => {
    const inner = message({ codec: codecs.gzip, value: wrapMessages([message({})], 1, codecs.gzip) });
    expect(codeOf(wrapMessages([inner], 1, codecs.gzip))).toBe(errors.INVALID_RECORD.code);
    expect(codeOf(wrapMessages([message({ magic: 0 })], 1, codecs.gzip))).toBe(errors.INVALID_RECORD.code);
  });

  test("zstd, which came after messages, and codecs that nobody has assigned", () => {
    for (const codec of [4, 5, 7]) {
      const wrapper = encodeMessages([message({ codec, value: Buffer.from("x") })]);
      expect(codeOf(wrapper)).toBe(errors.UNSUPPORTED_COMPRESSION_TYPE.code);
    }
  });

  test("a time that the broker is to set, and one that cannot be", () => {
    const timestampType = "LogAppendTime";
    expect(codeOf(encodeMessages([message({ timestampType })]))).toBe(errors.INVALID_TIMESTAMP.code);
    for (const timestampMs of [-2, 2 ** 52]) {
      expect(codeOf(encodeMessages([message({ timestampMs })]))).toBe(errors.INVALID_TIMESTAMP.code);
    }
  });

  test("a wrapper around more messages than can be opened at once", () => {
    const one = encodeMessages([message({ magic: 0 })]);
    const inner = Buffer.alloc(one.length * (MESSAGES_MAX + 1), one);
    const bomb = encodeMessages([message({ magic: 0, codec: codecs.gzip, value: wrap(codecs.gzip, 0, inner) })]);
    expect(codeOf(bomb, inner.length)).toBe(errors.MESSAGE_TOO_LARGE.code);
  });

  test.each([codecs.gzip, codecs.snappy, codecs.lz4])(
    "wrappers (codec %i) that open to more than is allowed, also together",
    (codec) => {
      const wrapper = wrapMessages([message({ value: Buffer.alloc(40_000) })], 1, codec);
      expect(codeOf(wrapper, 50_000)).toBeNull();
      expect(codeOf(wrapper, 30_000)).toBe(errors.MESSAGE_TOO_LARGE.code);
      expect(codeOf(Buffer.concat([wrapper, wrapper]), 50_000)).toBe(errors.MESSAGE_TOO_LARGE.code);
    },
  );
});

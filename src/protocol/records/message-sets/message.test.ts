import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { errors } from "../../errors.js";
import { isRefusal } from "../record.js";
import { encodeMessages, message } from "./convert.test-data.js";
import { crc32 } from "./crc32.js";
import { readMessage } from "./message.js";

const SIZE = 8;
const MAGIC = 16;
const valid = encodeMessages([message({ key: Buffer.from("key"), value: Buffer.from("value") })]);

test("the checksum is CRC-32, with its published value", () => {
  expect(crc32(Buffer.from("123456789"))).toBe(0xcbf43926);
});

describe("a message", () => {
  test("that ends early anywhere is refused", () => {
    for (let end = 0; end < valid.length; end++) {
      expect(readMessage(valid.subarray(0, end), 0)).toMatchObject({ errorCode: errors.CORRUPT_MESSAGE.code });
    }
  });

  test("with any byte changed behind its offset is refused", () => {
    for (let at = SIZE; at < valid.length; at++) {
      const bytes = Buffer.from(valid);
      bytes.writeUInt8(bytes.readUInt8(at) ^ 0x55, at);
      expect(isRefusal(readMessage(bytes, 0)), `byte ${at}`).toBe(true);
    }
  });

  test("whose checksum is right may still say nonsense of its lengths, and is refused", () => {
    const given = fc.tuple(fc.integer({ min: MAGIC, max: valid.length - 4 }), fc.integer());
    fc.assert(
      fc.property(given, ([at, length]) => {
        const bytes = Buffer.from(valid);
        bytes.writeInt32BE(length | 0, at);
        bytes.writeUInt32BE(crc32(bytes.subarray(MAGIC)), MAGIC - 4);
        const read = readMessage(bytes, 0);
        if (!isRefusal(read)) expect(read.end).toBe(valid.length);
      }),
      { seed: 13, numRuns: 500 },
    );
  });
});

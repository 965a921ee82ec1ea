import { describe, expect, test } from "vitest";
import { errors } from "../errors.js";
import { RecordBatch } from "./batch.js";
import { type BatchToBuild, buildBatch } from "./build-batch.js";
import { isRefusal, refuseClientBatch, refuseWrongCrc, wholeBatches } from "./check-batch.js";
import { asBuffer } from "./int64.js";
import * as layout from "./layout.js";

const records = [{ timestampMs: 1_700_000_000_000, key: null, value: Buffer.from("v") }];

function verdict(batch: Partial<BatchToBuild>, spoil: (bytes: Buffer) => void = () => {}): number {
  const bytes = asBuffer(buildBatch({ records, ...batch }));
  spoil(bytes);
  return refuseClientBatch(new RecordBatch(bytes, 0))?.errorCode ?? errors.NONE.code;
}

describe("a produced batch", () => {
  test("passes when it is as clients make them", () => {
    expect(verdict({})).toBe(errors.NONE.code);
    expect(verdict({ producer: { id: 5, epoch: 0, baseSequence: 0 }, isTransactional: true })).toBe(errors.NONE.code);
  });

  test("is refused when its count disagrees with its offsets", () => {
    const count = (value: number) => verdict({}, (bytes) => bytes.writeInt32BE(value, layout.RECORDS_COUNT));
    expect([count(0), count(-1), count(2), count(0x7fff_ffff)]).toEqual(Array(4).fill(errors.INVALID_RECORD.code));
    const delta = verdict({}, (bytes) => bytes.writeInt32BE(-1, layout.LAST_OFFSET_DELTA));
    expect(delta).toBe(errors.INVALID_RECORD.code);
  });

  test("may not claim an offset, nor control the transaction log", () => {
    expect(verdict({ baseOffset: 5 })).toBe(errors.INVALID_RECORD.code);
    expect(verdict({ isControl: true })).toBe(errors.INVALID_RECORD.code);
  });

  test("needs sensible producer fields", () => {
    expect(verdict({ producer: { id: 5, epoch: 0, baseSequence: -1 } })).toBe(errors.INVALID_RECORD.code);
    // Apache Kafka takes these as they are: without a producer there is no transaction.
    expect(verdict({ isTransactional: true })).toBe(errors.NONE.code);
    expect(verdict({ producer: { id: 5, epoch: -1, baseSequence: 0 } })).toBe(errors.NONE.code);
    expect(verdict({ producer: { id: -7, epoch: 0, baseSequence: 0 } })).toBe(errors.INVALID_RECORD.code);
  });

  test("is refused with a codec that nobody knows, or a timestamp beyond 2^53", () => {
    expect(verdict({}, (bytes) => bytes.writeInt16BE(5, layout.ATTRIBUTES))).toBe(
      errors.UNSUPPORTED_COMPRESSION_TYPE.code,
    );
    expect(verdict({}, (bytes) => bytes.writeInt32BE(0x7fff_ffff, layout.MAX_TIMESTAMP))).toBe(
      errors.INVALID_TIMESTAMP.code,
    );
  });
});

describe("cutting bytes into batches", () => {
  test("answers CORRUPT_MESSAGE for a wrong CRC, a torn batch and a wrong length", () => {
    const good = asBuffer(buildBatch({ records }));
    const wrongCrc = Buffer.from(good);
    wrongCrc.writeUInt8(wrongCrc.readUInt8(good.length - 1) ^ 1, good.length - 1);
    const wrongLength = Buffer.from(good);
    wrongLength.writeInt32BE(10, layout.LENGTH);
    for (const bytes of [wrongLength, good.subarray(0, good.length - 1), good.subarray(0, 5)]) {
      expect(wholeBatches(bytes)).toMatchObject({ errorCode: errors.CORRUPT_MESSAGE.code });
    }
    expect(refuseWrongCrc(new RecordBatch(wrongCrc, 0))).toMatchObject({ errorCode: errors.CORRUPT_MESSAGE.code });
    expect(refuseWrongCrc(new RecordBatch(good, 0))).toBeNull();
    const batches = wholeBatches(good);
    expect(isRefusal(batches)).toBe(false);
    expect(batches).toHaveLength(1);
  });

  test("answers CORRUPT_MESSAGE for another magic", () => {
    const old = asBuffer(buildBatch({ records }));
    old.writeInt8(1, layout.MAGIC);
    expect(wholeBatches(old)).toMatchObject({ errorCode: errors.CORRUPT_MESSAGE.code });
  });
});

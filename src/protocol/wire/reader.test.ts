import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MalformedError } from "./malformed.js";
import { Reader } from "./reader.js";

function read<Value>(bytes: readonly number[], how: (reader: Reader) => Value): Value {
  return how(new Reader(Uint8Array.from(bytes)));
}

describe("a length that the frame cannot hold is refused before anything is allocated", () => {
  const huge = [0x7f, 0xff, 0xff, 0xff];
  const hugeVarint = [0xff, 0xff, 0xff, 0xff, 0x07];
  const cases: readonly [string, readonly number[], (reader: Reader) => unknown][] = [
    ["an array", huge, (reader) => reader.arrayLength(1)],
    ["a compact array", hugeVarint, (reader) => reader.compactArrayLength(1)],
    ["bytes", huge, (reader) => reader.bytes()],
    ["compact bytes", hugeVarint, (reader) => reader.compactBytes()],
    ["a string", [0x7f, 0xff], (reader) => reader.string()],
    ["a compact string", hugeVarint, (reader) => reader.compactString()],
    ["a tagged field", hugeVarint, (reader) => reader.taggedFieldSize()],
    ["a section of tagged fields", hugeVarint, (reader) => reader.skipTaggedFields()],
  ];
  test.each(cases)("%s", (_, bytes, how) => {
    expect(() => read([...bytes, 1, 2, 3], how)).toThrow(MalformedError);
  });
});

test("an array counts with what its elements take at least", () => {
  const count = [0, 0, 0, 2];
  expect(read([...count, 1, 2, 3, 4], (reader) => reader.arrayLength(2))).toBe(2);
  expect(() => read([...count, 1, 2, 3, 4], (reader) => reader.arrayLength(3))).toThrow(MalformedError);
});

test("the arrays of one message are bounded together", () => {
  const bytes = Buffer.alloc(3_000_000);
  bytes.writeInt32BE(1_500_000, 0);
  bytes.writeInt32BE(600_000, 4);
  const hostile = new Reader(bytes);
  expect(hostile.arrayLength(1)).toBe(1_500_000);
  expect(() => hostile.arrayLength(1)).toThrow(MalformedError);
});

test("a compact string may be no longer than an old one", () => {
  const reader = new Reader(Buffer.concat([Uint8Array.of(0x81, 0x80, 0x02), Buffer.alloc(40_000)]));
  expect(() => reader.compactString()).toThrow(/a string of 32768 bytes/);
});

test("text is strict UTF-8, and keeps its byte order mark", () => {
  expect(read([0, 4, 0xef, 0xbb, 0xbf, 0x41], (reader) => reader.string())).toBe("\ufeffA");
  // The character that decoders put in place of what is wrong is a character like any other where it was sent.
  expect(read([0, 3, 0xef, 0xbf, 0xbd], (reader) => reader.string())).toBe("\ufffd");
  for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82]]) {
    expect(() => read([0, bytes.length, ...bytes], (reader) => reader.string())).toThrow(/not UTF-8/);
  }
});

test("null is refused where a value must be", () => {
  expect(read([0xff, 0xff], (reader) => reader.nullableString())).toBeNull();
  expect(read([0], (reader) => reader.nullableCompactString())).toBeNull();
  expect(read([0xff, 0xff, 0xff, 0xff], (reader) => reader.nullableArrayLength(1))).toBe(-1);
  expect(() => read([0xff, 0xff], (reader) => reader.string())).toThrow(MalformedError);
  expect(() => read([0], (reader) => reader.compactString())).toThrow(MalformedError);
  expect(() => read([0], (reader) => reader.compactBytes())).toThrow(MalformedError);
  expect(() => read([0], (reader) => reader.compactArrayLength(1))).toThrow(MalformedError);
});

test("a 64-bit number is exact or malformed", () => {
  const check = (value: bigint) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64BE(value);
    const safe = value > -(2n ** 53n) && value < 2n ** 53n;
    if (safe) expect(BigInt(new Reader(bytes).safeInt64())).toBe(value);
    else expect(() => new Reader(bytes).safeInt64()).toThrow(MalformedError);
    expect(new Reader(bytes).int64()).toBe(value);
  };
  const near = fc.bigInt({ min: 2n ** 53n - 3n, max: 2n ** 53n + 3n });
  const any = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  const values = fc.oneof(
    any,
    near,
    near.map((value) => -value),
    fc.maxSafeInteger().map(BigInt),
  );
  fc.assert(fc.property(values, check), { seed: 20261121 });
});

test("a variable-length number ends within five bytes", () => {
  expect(read([0xff, 0xff, 0xff, 0xff, 0x0f], (reader) => reader.unsignedVarint())).toBe(0xffffffff);
  expect(() => read([0x80, 0x80, 0x80, 0x80, 0x80, 0x01], (reader) => reader.unsignedVarint())).toThrow(MalformedError);
});

test("bytes are a view of the frame", () => {
  const frame = Uint8Array.of(0, 0, 0, 2, 7, 8);
  const bytes = new Reader(frame).bytes();
  frame[4] = 9;
  expect([...bytes]).toEqual([9, 8]);
});

test("an all-zero UUID and any other have 22 characters", () => {
  expect(read(new Array(16).fill(0), (reader) => reader.uuid())).toBe("AAAAAAAAAAAAAAAAAAAAAA");
  expect(read(new Array(16).fill(0xff), (reader) => reader.uuid())).toBe("_____________________w");
});

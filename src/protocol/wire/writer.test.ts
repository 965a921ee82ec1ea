import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Reader } from "./reader.js";
import { Writer } from "./writer.js";

function written(how: (writer: Writer) => void): Buffer {
  const writer = new Writer();
  how(writer);
  return Buffer.concat(writer.chunks());
}

test("records are lent, not copied", () => {
  const batch = Uint8Array.of(1, 2, 3);
  const writer = new Writer();
  writer.int8(7);
  writer.compactRecords([batch, Uint8Array.of(4)]);
  writer.int8(8);
  const chunks = writer.chunks();
  expect(chunks.map((chunk) => [...chunk])).toEqual([[7, 5], [1, 2, 3], [4], [8]]);
  expect(chunks[1]).toBe(batch);
  expect(writer.byteLength).toBe(7);
});

test("growing keeps what was written, also behind lent chunks", () => {
  const check = (texts: readonly string[]) => {
    const bytes = written((writer) => {
      for (const text of texts) {
        writer.string(text);
        writer.records(Uint8Array.of(0xaa));
        writer.compactString(text);
      }
    });
    const reader = new Reader(bytes);
    const read = texts.map(() => [reader.string(), [...reader.bytes()], reader.compactString()]);
    expect(read).toEqual(texts.map((text) => [text, [0xaa], text]));
    expect(reader.remaining).toBe(0);
  };
  fc.assert(fc.property(fc.array(fc.string({ unit: "grapheme", maxLength: 400 })), check), { seed: 20261121 });
});

test("every type comes back as it was wherever the buffer has to grow", () => {
  for (let before = 500; before <= 512; before++) {
    const filled = (how: (writer: Writer) => void) => {
      const reader = new Reader(
        written((writer) => {
          for (let i = 0; i < before; i++) writer.int8(1);
          how(writer);
        }),
      );
      reader.skip(before);
      return reader;
    };
    expect(filled((writer) => writer.bool(true)).bool()).toBe(true);
    expect(filled((writer) => writer.int8(-3)).int8()).toBe(-3);
    expect(filled((writer) => writer.int16(-300)).int16()).toBe(-300);
    expect(filled((writer) => writer.uint16(65_000)).uint16()).toBe(65_000);
    expect(filled((writer) => writer.int32(-70_000)).int32()).toBe(-70_000);
    expect(filled((writer) => writer.uint32(4_000_000_000)).uint32()).toBe(4_000_000_000);
    expect(filled((writer) => writer.int64(-5_000_000_000n)).int64()).toBe(-5_000_000_000n);
    expect(filled((writer) => writer.safeInt64(-5_000_000_000)).safeInt64()).toBe(-5_000_000_000);
    expect(filled((writer) => writer.float64(0.1)).float64()).toBe(0.1);
    expect(filled((writer) => writer.unsignedVarint(300)).unsignedVarint()).toBe(300);
  }
});

test("the length of a compact text takes as many bytes as it needs", () => {
  for (const text of ["", "a".repeat(126), "a".repeat(127), "é".repeat(63), "é".repeat(64), "あ".repeat(126)]) {
    const bytes = written((writer) => writer.compactString(text));
    expect(new Reader(bytes).compactString()).toBe(text);
    expect(bytes.length - Buffer.byteLength(text)).toBe(Buffer.byteLength(text) > 126 ? 2 : 1);
  }
});

test("a tagged field has its size in front, in as many bytes as it needs", () => {
  for (const size of [0, 1, 127, 128, 300, 16_383, 16_384]) {
    const bytes = written((writer) => {
      const field = writer.beginTaggedField(5);
      for (let i = 0; i < size; i++) writer.int8(i % 100);
      writer.endTaggedField(field);
      writer.int8(99);
    });
    const reader = new Reader(bytes);
    expect([reader.unsignedVarint(), reader.taggedFieldSize()]).toEqual([5, size]);
    for (let i = 0; i < size; i++) expect(reader.int8()).toBe(i % 100);
    expect(reader.int8()).toBe(99);
  }
});

test("the size of a frame counts the lent chunks", () => {
  const writer = new Writer();
  writer.reserveSize();
  writer.records(Uint8Array.of(1, 2, 3));
  expect(Buffer.concat(writer.chunksWithSize()).toString("hex")).toBe("0000000700000003010203");
});

test("64-bit numbers of both kinds are written alike", () => {
  const check = (value: number) => {
    const bytes = written((writer) => {
      writer.safeInt64(value);
      writer.int64(BigInt(value));
    });
    expect(bytes.readBigInt64BE(0)).toBe(BigInt(value));
    expect(bytes.readBigInt64BE(8)).toBe(BigInt(value));
  };
  fc.assert(fc.property(fc.maxSafeInteger(), check), { seed: 20261121 });
});

describe("a value that does not fit its type is a bug", () => {
  const cases: readonly [string, (writer: Writer) => void][] = [
    ["int8", (writer) => writer.int8(128)],
    ["int16", (writer) => writer.int16(-32769)],
    ["uint16", (writer) => writer.uint16(-1)],
    ["int32", (writer) => writer.int32(2 ** 31)],
    ["int32 that is none", (writer) => writer.int32(Number.NaN)],
    ["uint32", (writer) => writer.uint32(-1)],
    ["int64", (writer) => writer.int64(2n ** 63n)],
    ["safe int64", (writer) => writer.safeInt64(2 ** 53)],
    ["string", (writer) => writer.string("é".repeat(20_000))],
    ["compact string", (writer) => writer.compactString("é".repeat(20_000))],
    ["UUID", (writer) => writer.uuid("short")],
    ["UUID of other letters", (writer) => writer.uuid("!".repeat(22))],
  ];
  test.each(cases)("%s", (_, write) => {
    expect(() => write(new Writer())).toThrow(/Invariant broken/);
  });
});

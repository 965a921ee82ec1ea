import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bool, bytes, decode, encode, id64, inner, int32, int64, message, repeated, string } from "./message.js";

const Point = message({ x: int32(1), label: string(2) });
const Shape = message({
  name: string(1),
  area: int64(2),
  id: id64(3),
  isClosed: bool(4),
  image: bytes(16),
  center: inner(5, Point),
  corners: repeated(64, Point),
});

const point = fc.record({ x: fc.integer(), label: fc.string() });
const shape = fc.record({
  name: fc.string(),
  area: fc.maxSafeInteger(),
  id: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  isClosed: fc.boolean(),
  image: fc.uint8Array(),
  center: fc.option(point),
  corners: fc.array(point),
});

describe("a message", () => {
  test("is read as it was written", () => {
    fc.assert(
      fc.property(shape, (value) => {
        expect(decode(Shape, Uint8Array.from(encode(Shape, value)))).toEqual(value);
      }),
      { seed: 5 },
    );
  });

  test("has the bytes of protobuf", () => {
    expect(encode(Shape, { name: "a", area: 300, center: { x: -1 } }).toString("hex")).toBe(
      "0a0161" + "10ac02" + "2a0b" + "08ffffffffffffffffff01",
    );
  });

  test("has what is absent when nothing came, and takes no notice of what it does not declare", () => {
    const absent = { name: "", area: 0, id: 0n, isClosed: false, image: new Uint8Array(0), center: null, corners: [] };
    expect(decode(Shape, new Uint8Array(0))).toEqual(absent);
    const Newer = message({ other: string(9), more: repeated(10, Point), name: string(1) });
    const bytesOfNewer = encode(Newer, { other: "x", more: [{ x: 1 }, { x: 2 }], name: "known" });
    expect(decode(Shape, bytesOfNewer)).toEqual({ ...absent, name: "known" });
  });

  test("of arbitrary bytes is read or refused, nothing else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (any) => {
        try {
          expect(Object.keys(decode(Shape, any))).toHaveLength(7);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
      { seed: 5, numRuns: 2000 },
    );
  });
});

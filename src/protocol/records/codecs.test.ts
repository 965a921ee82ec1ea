import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compressByWasm, decompressByWasm } from "./codecs/zstd-wasm.js";
import { type CodecId, codecs, compress, decompress } from "./codecs.js";

const KIB = 1024;
const compressing = Object.entries(codecs).filter(([name]) => name !== "none");

describe.each(Object.entries(codecs))("%s", (_name, codec: CodecId) => {
  test("gives back what it was given, random or repetitive, from nothing to several blocks", () => {
    const body = fc
      .tuple(fc.uint8Array({ maxLength: 500 }), fc.integer({ min: 1, max: 400 }))
      .map(([part, times]) => Buffer.concat(Array.from({ length: times }, () => part)));
    fc.assert(
      fc.property(body, (bytes) => {
        expect(Buffer.from(decompressed(codec, compress(codec, bytes), bytes.length))).toEqual(bytes);
      }),
      { seed: 4, numRuns: 60 },
    );
  });

  test("carries 8 MiB", () => {
    const bytes = Buffer.alloc(8 * KIB * KIB, "a broker is its log; ");
    expect(bytes.equals(decompressed(codec, compress(codec, bytes), bytes.length))).toBe(true);
  });
});

describe.each(compressing)("hostile %s", (_name, codec: CodecId) => {
  const bomb = compress(codec, Buffer.alloc(4 * KIB * KIB));

  test("a bomb is refused at the bound", () => {
    expect(bomb.length).toBeLessThan(300 * KIB);
    expect(decompress(codec, bomb, 4 * KIB * KIB)).toHaveLength(4 * KIB * KIB);
    expect(decompress(codec, bomb, 4 * KIB * KIB - 1)).toEqual({ refused: "too large" });
    expect(decompress(codec, bomb, 1)).toEqual({ refused: "too large" });
  });

  test("what is cut off is corrupt or short, never a throw", () => {
    const whole = compress(codec, Buffer.alloc(70 * KIB, "0123456789"));
    for (let cut = 0; cut < whole.length; cut += 7) expectBounded(codec, whole.subarray(0, cut), 70 * KIB);
  });

  test("flipped bytes and noise are answered, never a throw, never beyond the bound", () => {
    const whole = compress(codec, Buffer.alloc(3 * KIB, "0123456789abcdef"));
    const spoiled = fc.tuple(fc.nat(whole.length - 1), fc.nat(255)).map(([at, value]) => {
      const bytes = Buffer.from(whole);
      bytes.writeUInt8(value, at);
      return bytes;
    });
    fc.assert(
      fc.property(fc.oneof(spoiled, fc.uint8Array({ maxLength: 200 })), (bytes) =>
        expectBounded(codec, bytes, 4 * KIB),
      ),
      { seed: 5, numRuns: 500 },
    );
  });
});

describe("framings of other clients", () => {
  test("a bare snappy block is read like Java's stream", () => {
    // 5 bytes, one literal.
    const block = Buffer.from([5, 16, ...Buffer.from("hello")]);
    expect(decompress(codecs.snappy, block, 100)).toEqual(Buffer.from("hello"));
  });

  test("a snappy block that claims 4 GiB is refused before memory is taken", () => {
    expect(decompress(codecs.snappy, Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0]), 100)).toEqual({
      refused: "too large",
    });
  });

  test("zstd as WebAssembly reads a frame without a content size and several frames", () => {
    // "streamed", from the streaming encoder of zstd-jni: no content size in its header.
    const streamed = Buffer.from("28b52ffd0058410000", "hex").subarray(0, 6);
    const literal = Buffer.concat([streamed, Buffer.from([0x41, 0, 0]), Buffer.from("streamed")]);
    expect(decompressByWasm(literal, 8)).toEqual(Buffer.from("streamed"));
    expect(decompressByWasm(literal, 7)).toEqual({ refused: "too large" });
    expect(decompressByWasm(Buffer.concat([literal, compressByWasm(Buffer.from("!"))]), 100)).toEqual(
      Buffer.from("streamed!"),
    );
  });
});

function decompressed(codec: CodecId, body: Uint8Array, bytesMax: number): Uint8Array {
  const result = decompress(codec, body, bytesMax);
  if ("refused" in result) throw new Error(`refused: ${result.refused}`);
  return result;
}

function expectBounded(codec: CodecId, body: Uint8Array, bytesMax: number): void {
  const result = decompress(codec, body, bytesMax);
  expect("refused" in result ? 0 : result.length).toBeLessThanOrEqual(bytesMax);
}

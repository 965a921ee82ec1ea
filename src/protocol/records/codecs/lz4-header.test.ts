import fc from "fast-check";
import { expect, test } from "vitest";
import { compressLz4 } from "./lz4.js";
import { writeLz4HeaderChecksum, xxHash32 } from "./lz4-header.js";

test("xxHash32 gives the published values", () => {
  expect(xxHash32(Buffer.from(""))).toBe(0x02cc5d05);
  expect(xxHash32(Buffer.from("abc"))).toBe(0x32d153ff);
  expect(xxHash32(Buffer.from("Nobody inspects the spammish repetition"))).toBe(0xe2293b2f);
});

test("the right checksum is the one that the library writes", () => {
  const written = Buffer.from(compressLz4(Buffer.from("hello")));
  const again = Buffer.from(written);
  writeLz4HeaderChecksum(again, "as in magic 0");
  expect(again).not.toEqual(written);
  writeLz4HeaderChecksum(again, "right");
  expect(again).toEqual(written);
});

test("any bytes may be said to be a frame", () => {
  const anyFrame = fc.uint8Array({ maxLength: 30 });
  fc.assert(
    fc.property(anyFrame, (bytes) => {
      const frame = Buffer.from(bytes);
      writeLz4HeaderChecksum(frame, "right");
      expect(frame).toHaveLength(bytes.length);
    }),
    { seed: 11 },
  );
});

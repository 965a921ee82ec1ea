import fc from "fast-check";
import { expect, test } from "vitest";
import { crc32c, loadNativeCrc32c, portableCrc32c } from "./crc32c.js";

const nativeCrc32c = loadNativeCrc32c();

test("the check value of CRC-32C is right", () => {
  expect(crc32c(Buffer.from("123456789"))).toBe(0xe3069283);
  expect(portableCrc32c(Buffer.from("123456789"))).toBe(0xe3069283);
});

test.runIf(nativeCrc32c !== null)("the native and the portable checksum agree on any bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5_000 }), fc.nat(8), (bytes, skipped) => {
      const view = bytes.subarray(Math.min(skipped, bytes.length));
      expect(nativeCrc32c?.(view)).toBe(portableCrc32c(view));
    }),
    { seed: 1 },
  );
});

test("the checksum stays the same when many bytes have been summed", () => {
  const bytes = Buffer.alloc(1024 * 1024, "samsa");
  const sums = new Set(Array.from({ length: 20 }, () => crc32c(bytes)));
  expect([...sums]).toEqual([portableCrc32c(bytes)]);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { crc32c, nativeCrc32c, portableCrc32c } from "./crc32c.js";

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

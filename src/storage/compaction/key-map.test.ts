import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KeyHash } from "./key-hash.js";
import { KeyMap, SLOT_BYTES } from "./key-map.js";

const size = { bytesMax: 1024 * 1024, loadFactor: 0.9, keysExpected: 1_000 };

function mapWith(changes: Partial<typeof size> = {}) {
  return new KeyMap(new KeyHash(new Uint8Array(16).fill(1)), { ...size, ...changes });
}

describe("the hash of a key", () => {
  // The vectors that the authors of Chaskey-12 publish: the message of n bytes is 0, 1, 2, …, n − 1.
  const secret = Buffer.from("33343d839f389f004fe6982339cf7a41", "hex");
  const message = Buffer.from(Array.from({ length: 64 }, (_, index) => index));
  test.each([
    [0, [0x43cb1f41, 0x51eba0c2, 0xff0a8ac3, 0x7ee3f642]],
    [1, [0xf9ac2067, 0x9c35a846, 0x441aad3d, 0x777b7330]],
    [15, [0x03cfb44b, 0x283c8163, 0xfca71448, 0xc40a0aea]],
    [16, [0x5dd0e2a9, 0xfb5eac8c, 0x633a392e, 0x500c36f3]],
    [17, [0x8b5f6d5a, 0x202314f6, 0x22092368, 0x9639e606]],
    [32, [0x77962784, 0x07c647fa, 0xdd752c0f, 0xd2f5a799]],
    [63, [0x2dd072e1, 0x42b89efe, 0xfb26b615, 0x049aa451]],
  ])("of %i bytes is that of the published vector", (length, expected) => {
    const hash = new KeyHash(secret);
    hash.update(message, 0, length);
    expect([hash.h0, hash.h1, hash.h2, hash.h3].map((word) => word >>> 0)).toEqual(expected);
  });
});

describe("the key map", () => {
  test("tells the last offset of each key, as a map of all keys would", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ maxLength: 40 }), fc.maxSafeNat()), { maxLength: 300 }), (entries) => {
        const map = mapWith();
        const expected = new Map<string, number>();
        for (const [key, offset] of entries) {
          const bytes = Buffer.from(`..${key}`);
          expect(map.put(bytes, 2, bytes.length, offset)).toBe(true);
          expected.set(key, offset);
        }
        expect(map.size).toBe(expected.size);
        for (const [key, offset] of expected) {
          const bytes = Buffer.from(key);
          expect(map.offsetOf(bytes, 0, bytes.length)).toBe(offset);
        }
        const other = Buffer.from("a key that nobody has put there, for it is longer than all");
        expect(map.offsetOf(other, 0, other.length)).toBe(-1);
      }),
      { seed: 4 },
    );
  });

  test("takes no more memory than it may, and refuses the key that does not fit", () => {
    const map = mapWith({ bytesMax: 64 * SLOT_BYTES, keysExpected: 1e9 });
    expect(map.bytes).toBe(64 * SLOT_BYTES);
    const keys = Array.from({ length: 57 }, (_, index) => Buffer.from(`key ${index}`));
    for (const key of keys) expect(map.put(key, 0, key.length, 1)).toBe(true);
    const oneMore = Buffer.from("one more");
    expect(map.put(oneMore, 0, oneMore.length, 2)).toBe(false);
    for (const key of keys) expect(map.put(key, 0, key.length, 3)).toBe(true);
  });

  test("takes only as much memory as the expected keys need", () => {
    expect(mapWith({ keysExpected: 10 }).bytes).toBe(16 * SLOT_BYTES);
  });
});

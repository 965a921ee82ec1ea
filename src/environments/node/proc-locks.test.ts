import { expect, test } from "vitest";
import { isFlocked, javaLockHolder } from "./proc-locks.js";

const device = 0xfe00n;
const locks = `1: POSIX  ADVISORY  WRITE 19266 fe:00:9978119 0 EOF
2: FLOCK  ADVISORY  WRITE 7142 fe:00:9977907 0 EOF
3: POSIX  ADVISORY  READ  7143 fe:00:9977908 128 128
4: OFDLCK ADVISORY  WRITE -1 08:101:9977909 0 EOF
`;

test("an Apache Kafka on the folder is found by the lock that Linux lists", () => {
  expect(javaLockHolder(locks, device, 9978119n)).toBe("19266");
});

test("locks of our own kind, readers, other files and other disks do not count", () => {
  expect(javaLockHolder(locks, device, 9977907n)).toBeNull();
  expect(javaLockHolder(locks, device, 9977908n)).toBeNull();
  expect(javaLockHolder(locks, 0xfe01n, 9978119n)).toBeNull();
  expect(javaLockHolder("", device, 9978119n)).toBeNull();
});

test("a lock of our own kind is found, and no other is taken for one", () => {
  expect(isFlocked(locks, device, 9977907n)).toBe(true);
  expect(isFlocked(locks, device, 9978119n)).toBe(false);
});

test("device numbers above 255 are unpacked as Linux packs them", () => {
  const device = (0x101n & 0xffn) | ((0x101n & ~0xffn) << 12n) | (0x08n << 8n);
  expect(javaLockHolder(locks, device, 9977909n)).toBe("-1");
});

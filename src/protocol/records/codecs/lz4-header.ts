/** The checksum in the header of an lz4 frame: one byte of the xxHash32 of the header's other bytes. */

const DESCRIPTOR = 4;
const FLAGS_AND_BLOCK_SIZE_BYTES = 2;
const CONTENT_SIZE_FLAG = 0x08;
const CONTENT_SIZE_BYTES = 8;
const DICTIONARY_FLAG = 0x01;
const DICTIONARY_BYTES = 4;

/**
 * Puts the checksum in its place. KAFKA-3160: in magic 0 it covers the frame's magic number as well, which is wrong, and
 * the clients of that time insist on it. A frame that is too short is left as it is: it will not decompress.
 */
export function writeLz4HeaderChecksum(frame: Buffer, kind: "right" | "as in magic 0"): void {
  const flags = frame[DESCRIPTOR];
  if (flags === undefined) return;
  const checksumAt =
    DESCRIPTOR +
    FLAGS_AND_BLOCK_SIZE_BYTES +
    (flags & CONTENT_SIZE_FLAG ? CONTENT_SIZE_BYTES : 0) +
    (flags & DICTIONARY_FLAG ? DICTIONARY_BYTES : 0);
  if (checksumAt >= frame.length) return;
  const covered = frame.subarray(kind === "right" ? DESCRIPTOR : 0, checksumAt);
  frame[checksumAt] = (xxHash32(covered) >>> 8) & 0xff;
}

const PRIMES = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f, 0x165667b1] as const;

/** xxHash32 with seed 0, for the few bytes of a header. */
export function xxHash32(bytes: Buffer): number {
  const [prime1, prime2, prime3, prime4, prime5] = PRIMES;
  const round = (lane: number, at: number) =>
    Math.imul(rotateLeft(lane + Math.imul(bytes.readInt32LE(at), prime2), 13), prime1);
  let at = 0;
  let hash: number = prime5;
  if (bytes.length >= 16) {
    let [one, two, three, four] = [(prime1 + prime2) | 0, prime2 | 0, 0, -prime1 | 0];
    for (; at + 16 <= bytes.length; at += 16) {
      one = round(one, at);
      two = round(two, at + 4);
      three = round(three, at + 8);
      four = round(four, at + 12);
    }
    hash = rotateLeft(one, 1) + rotateLeft(two, 7) + rotateLeft(three, 12) + rotateLeft(four, 18);
  }
  hash = (hash + bytes.length) | 0;
  for (; at + 4 <= bytes.length; at += 4) {
    hash = Math.imul(rotateLeft(hash + Math.imul(bytes.readInt32LE(at), prime3), 17), prime4);
  }
  for (; at < bytes.length; at++) {
    hash = Math.imul(rotateLeft(hash + Math.imul(bytes.readUInt8(at), prime5), 11), prime1);
  }
  hash = Math.imul(hash ^ (hash >>> 15), prime2);
  hash = Math.imul(hash ^ (hash >>> 13), prime3);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

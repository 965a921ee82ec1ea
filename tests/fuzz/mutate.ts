/** Spoils the frames of requests: every way in which bytes from the network can be wrong. */
import type { RandomStream } from "../../src/environments/simulated/random-stream.js";

const SIZE_BYTES = 4;
const API_VERSION_AT = SIZE_BYTES + 2;
const GARBAGE_BYTES_MAX = 300;
/** Lengths and counts that a careless reader would allocate for, or loop over. */
const hugeNumbers = [0x7fffffff, -1, -2, 0x10000000, 1_000_000, 0xffff];

type Mutation = (frame: Buffer, dice: RandomStream) => Buffer;

const mutations: readonly Mutation[] = [
  flipBits,
  flipBits,
  writeHugeNumber,
  writeHugeVarint,
  flipBits,
  writeHugeNumber,
  writeHugeVarint,
  cutInside,
  repeatPart,
  changeVersion,
  changeSize,
  replaceWithGarbage,
  twice,
];

/** `frame` begins with its size. The result mostly does so too, and mostly with the right one. */
export function mutate(frame: Uint8Array, dice: RandomStream): Buffer {
  let mutated: Buffer = Buffer.from(frame);
  for (let round = dice.pick(1, 1, 3); round > 0; round -= 1) {
    const mutation = mutations[dice.below(mutations.length)] ?? flipBits;
    mutated = mutation(mutated, dice);
  }
  return mutated;
}

function flipBits(frame: Buffer, dice: RandomStream): Buffer {
  if (frame.length <= SIZE_BYTES) return frame;
  for (let bits = dice.between(1, 8); bits > 0; bits -= 1) {
    const at = dice.between(SIZE_BYTES, frame.length - 1);
    frame[at] = (frame[at] ?? 0) ^ (1 << dice.below(8));
  }
  return frame;
}

function writeHugeNumber(frame: Buffer, dice: RandomStream): Buffer {
  if (frame.length < SIZE_BYTES * 2) return frame;
  const value = hugeNumbers[dice.below(hugeNumbers.length)] ?? 0;
  if (dice.chance(0.5)) frame.writeInt16BE((value << 16) >> 16, dice.between(SIZE_BYTES, frame.length - 2));
  else frame.writeInt32BE(value, dice.between(SIZE_BYTES, frame.length - 4));
  return frame;
}

function writeHugeVarint(frame: Buffer, dice: RandomStream): Buffer {
  const at = dice.between(SIZE_BYTES, Math.max(SIZE_BYTES, frame.length - 5));
  Buffer.from([0xff, 0xff, 0xff, 0xff, dice.pick(0x07, 0x0f, 0xff)]).copy(frame, at);
  return frame;
}

function cutInside(frame: Buffer, dice: RandomStream): Buffer {
  return resized(frame.subarray(0, dice.between(Math.min(SIZE_BYTES, frame.length), frame.length)));
}

function repeatPart(frame: Buffer, dice: RandomStream): Buffer {
  if (frame.length <= SIZE_BYTES) return frame;
  const from = dice.between(SIZE_BYTES, frame.length - 1);
  const part = frame.subarray(from, Math.min(frame.length, from + dice.between(1, 40)));
  return resized(Buffer.concat([frame.subarray(0, from), part, part, part, frame.subarray(from)]));
}

function changeVersion(frame: Buffer, dice: RandomStream): Buffer {
  if (frame.length < API_VERSION_AT + 2) return frame;
  if (dice.chance(0.3)) frame.writeInt16BE(dice.between(-1, 100), SIZE_BYTES);
  else frame.writeInt16BE(dice.between(-1, 20), API_VERSION_AT);
  return frame;
}

/** Now the frame is longer or shorter than it says: what follows is read at the wrong place. */
function changeSize(frame: Buffer, dice: RandomStream): Buffer {
  if (frame.length < SIZE_BYTES) return frame;
  frame.writeInt32BE(dice.pick(0, -1, 3, 7, frame.length + 100, frame.length - 9, 0x7fffffff, 150_000_000));
  return frame;
}

function replaceWithGarbage(_frame: Buffer, dice: RandomStream): Buffer {
  return Buffer.from(dice.bytes(dice.between(1, GARBAGE_BYTES_MAX)));
}

function twice(frame: Buffer): Buffer {
  return Buffer.concat([frame, frame]);
}

function resized(frame: Buffer): Buffer {
  const copy = Buffer.from(frame);
  if (copy.length >= SIZE_BYTES) copy.writeInt32BE(copy.length - SIZE_BYTES);
  return copy;
}

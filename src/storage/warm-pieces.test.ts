import { expect, test } from "vitest";
import { Segment } from "./segment.js";
import { logConfig, memoryFiles, NOW_MS } from "./storage.test-data.js";
import { WarmPieces } from "./warm-pieces.js";

const MIB = 1024 * 1024;

function segments(): readonly [Segment, Segment] {
  const files = memoryFiles();
  files.createFolder("/log");
  const at = (baseOffset: number) => Segment.create(files, "/log", baseOffset, logConfig, NOW_MS);
  return [at(0), at(10)];
}

test("what was touched is warm, in pieces of a megabyte, and of this segment alone", () => {
  const [one, other] = segments();
  const warm = new WarmPieces(10 * MIB);
  warm.touch(one, MIB + 5, 100);
  expect(warm.holds(one, MIB, MIB)).toBe(true);
  expect(warm.holds(one, MIB - 1, 2)).toBe(false);
  expect(warm.holds(one, MIB, MIB + 1)).toBe(false);
  expect(warm.holds(other, MIB, 1)).toBe(false);
});

test("what was not touched for longest grows cold first", () => {
  const [one] = segments();
  const warm = new WarmPieces(3 * MIB);
  warm.touch(one, 0, 3 * MIB);
  warm.touch(one, 0, 1);
  warm.touch(one, 7 * MIB, 1);
  expect([0, 1, 2, 7].map((piece) => warm.holds(one, piece * MIB, 1))).toEqual([true, false, true, true]);
});

test("with no memory everything is cold", () => {
  const [one] = segments();
  const warm = new WarmPieces(0);
  warm.touch(one, 0, 1);
  expect(warm.holds(one, 0, 1)).toBe(false);
});

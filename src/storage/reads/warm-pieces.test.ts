import { expect, test } from "vitest";
import { Segment } from "../segments/segment.js";
import { logConfig, memoryFiles, NOW_MS } from "../storage.test-data.js";
import { WarmPieces } from "./warm-pieces.js";

const PIECE = 256 * 1024;

function segments(): readonly [Segment, Segment] {
  const files = memoryFiles();
  files.createFolder("/log");
  const at = (baseOffset: number) => Segment.create(files, "/log", baseOffset, logConfig, NOW_MS);
  return [at(0), at(10)];
}

test("what was touched is warm, it alone, and in this segment alone", () => {
  const [one, other] = segments();
  const warm = new WarmPieces(10 * PIECE);
  warm.touch(one, PIECE + 5, 100);
  expect(warm.holds(one, PIECE + 5, 100)).toBe(true);
  expect(warm.holds(one, PIECE + 4, 2)).toBe(false);
  expect(warm.holds(one, PIECE + 5, 101)).toBe(false);
  expect(warm.holds(other, PIECE + 5, 1)).toBe(false);
});

test("what was touched in one go or step by step is warm as a whole", () => {
  const [one] = segments();
  const warm = new WarmPieces(10 * PIECE);
  warm.touch(one, PIECE / 2, 2 * PIECE);
  warm.touch(one, 2.5 * PIECE, PIECE);
  expect(warm.holds(one, PIECE / 2, 3 * PIECE)).toBe(true);
  expect(warm.holds(one, PIECE / 2, 3 * PIECE + 1)).toBe(false);
});

test("of a piece that was touched in two places far apart, the latter is warm", () => {
  const [one] = segments();
  const warm = new WarmPieces(10 * PIECE);
  warm.touch(one, 0, 100);
  warm.touch(one, 1_000, 100);
  expect(warm.holds(one, 1_000, 100)).toBe(true);
  expect(warm.holds(one, 0, 100)).toBe(false);
});

test("what was not touched for longest grows cold first", () => {
  const [one] = segments();
  const warm = new WarmPieces(3 * PIECE);
  warm.touch(one, 0, 3 * PIECE);
  warm.touch(one, 0, 1);
  warm.touch(one, 7 * PIECE, 1);
  expect([0, 1, 2, 7].map((piece) => warm.holds(one, piece * PIECE, 1))).toEqual([true, false, true, true]);
});

test("with no memory everything is cold", () => {
  const [one] = segments();
  const warm = new WarmPieces(0);
  warm.touch(one, 0, 1);
  expect(warm.holds(one, 0, 1)).toBe(false);
});

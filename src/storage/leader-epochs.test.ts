import { expect, test } from "vitest";
import { LeaderEpochs } from "./leader-epochs.js";

const epochs = () =>
  new LeaderEpochs([
    { epoch: 2, startOffset: 0 },
    { epoch: 4, startOffset: 10 },
    { epoch: 7, startOffset: 30 },
  ]);

test("the end of an epoch is where the next one began", () => {
  expect(epochs().endOf(2, 50)).toEqual({ epoch: 2, endOffset: 10 });
  expect(epochs().endOf(4, 50)).toEqual({ epoch: 4, endOffset: 30 });
  expect(epochs().endOf(7, 50)).toEqual({ epoch: 7, endOffset: 50 });
});

test("an epoch that the log never had ends with the one before it", () => {
  expect(epochs().endOf(5, 50)).toEqual({ epoch: 4, endOffset: 30 });
  expect(epochs().endOf(1, 50)).toEqual({ epoch: 1, endOffset: 0 });
  expect(epochs().endOf(8, 50)).toEqual({ epoch: -1, endOffset: -1 });
  expect(epochs().endOf(-1, 50)).toEqual({ epoch: -1, endOffset: -1 });
});

test("an epoch that begins where others began takes their place", () => {
  const list = epochs();
  list.assign(9, 10);
  expect(list.unsaved(50)).toEqual([
    { epoch: 2, startOffset: 0 },
    { epoch: 9, startOffset: 10 },
  ]);
});

test("who has led without a record, and follows the leader before again, still knows where its epoch began", () => {
  const list = epochs();
  list.assign(8, 40);
  list.assign(7, 40);
  expect(list.unsaved(50)).toBeNull();
  expect(list.epochAt(35)).toBe(7);
  expect(list.endOf(4, 50)).toEqual({ epoch: 4, endOffset: 30 });
  expect(list.endOf(7, 50)).toEqual({ epoch: 7, endOffset: 50 });
});

test("cutting keeps the epoch of what is left", () => {
  const list = epochs();
  list.truncateEnd(30);
  list.truncateStart(15);
  expect(list.unsaved(30)).toEqual([{ epoch: 4, startOffset: 15 }]);
  expect(list.epochAt(14)).toBe(-1);
  expect(list.epochAt(15)).toBe(4);
});

test("epochs before the start of the log are not told, but kept: after a crash the start may be where it was", () => {
  const list = epochs();
  list.hideBefore(15);
  expect(list.epochAt(14)).toBe(-1);
  expect(list.epochAt(15)).toBe(4);
  expect(list.endOf(2, 50)).toEqual({ epoch: 2, endOffset: 15 });
  expect(list.endOf(3, 50)).toEqual({ epoch: 3, endOffset: 15 });
  expect(list.endOf(4, 50)).toEqual({ epoch: 4, endOffset: 30 });
  expect(list.endOfKept(2, 50)).toEqual({ epoch: 2, endOffset: 10 });
  expect(list.endOfKept(3, 50)).toEqual({ epoch: 2, endOffset: 10 });
  expect(list.unsaved(50)).toBeNull();
  list.truncateEnd(5);
  list.assign(8, 5);
  expect(list.epochAt(5)).toBe(8);
});

test("an epoch is written down once it has a record", () => {
  const list = new LeaderEpochs([{ epoch: 2, startOffset: 0 }]);
  list.assign(3, 10);
  list.assign(4, 10);
  expect(list.unsaved(10)).toBeNull();
  const entries = [
    { epoch: 2, startOffset: 0 },
    { epoch: 4, startOffset: 10 },
  ];
  expect(list.unsaved(11)).toEqual(entries);
  list.saved(entries);
  expect(list.unsaved(11)).toBeNull();
});

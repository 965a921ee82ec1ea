import { expect, test } from "vitest";
import { allThere, whenThere } from "./when-there.js";

test("what is there costs no promise", () => {
  const answers = [1, 2];
  expect(allThere(answers)).toBe(answers);
  expect(whenThere(1, (one) => one + 1)).toBe(2);
});

test("what comes later stands in its place, however often", async () => {
  const later = Promise.resolve(2);
  expect(await allThere([1, later, 3, later])).toEqual([1, 2, 3, 2]);
  expect(await whenThere(later, (two) => two + 1)).toBe(3);
});

test("one that fails spoils all", async () => {
  await expect(allThere([1, Promise.reject(new Error("a bug"))])).rejects.toThrow("a bug");
});

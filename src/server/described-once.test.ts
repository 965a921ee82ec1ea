import { expect, test } from "vitest";
import { describedOnce } from "./described-once.js";

/** What was looked at, and an answer for each. */
function looker(keyOf: (name: string) => string | null) {
  const looked: string[] = [];
  const describe = (name: string) => {
    looked.push(name);
    return { name };
  };
  return { looked, answerOf: describedOnce(keyOf, describe) };
}

test("what is asked for again is not looked at again, and has the same answer", () => {
  const { looked, answerOf } = looker(String);
  const [first, , again] = ["a", "b", "a"].map(answerOf);
  expect(looked).toEqual(["a", "b"]);
  expect(again).toBe(first);
});

test("what has no key is looked at each time", () => {
  const { looked, answerOf } = looker(() => null);
  expect(["a", "a"].map(answerOf)).toEqual([{ name: "a" }, { name: "a" }]);
  expect(looked).toEqual(["a", "a"]);
});

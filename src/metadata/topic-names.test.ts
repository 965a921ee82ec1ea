import { describe, expect, test } from "vitest";
import { collidingName, topicNameProblem } from "./topic-names.js";

describe("topic names", () => {
  test.each(["a", "A.b_c-9", "__consumer_offsets", "...", "x".repeat(249)])("%s may be one", (name) => {
    expect(topicNameProblem(name)).toBeNull();
  });

  test.each([
    ["", "the empty string is not allowed"],
    [".", "'.' is not allowed"],
    ["..", "'..' is not allowed"],
    ["a/b", "'a/b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'"],
    ["ä", "'ä' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'"],
    ["a\n", "'a\n' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'"],
    ["x".repeat(250), `the length of '${"x".repeat(250)}' is longer than the max allowed length 249`],
  ])("%j may not", (name, reason) => {
    expect(topicNameProblem(name)).toBe(`Topic name is invalid: ${reason}`);
  });

  test("a dot and an underscore look the same in metrics", () => {
    expect(collidingName("a.b")).toBe(collidingName("a_b"));
    expect(collidingName("ab")).toBeNull();
  });
});

import { expect, test } from "vitest";
import { groupedBy } from "./grouped-by.js";

test("items of one key stay in their order, and so do the keys", () => {
  const grouped = groupedBy(["b1", "a1", "b2"], (item) => item.charAt(0));
  expect([...grouped]).toEqual([
    ["b", ["b1", "b2"]],
    ["a", ["a1"]],
  ]);
});

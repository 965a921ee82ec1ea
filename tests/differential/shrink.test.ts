import { expect, test } from "vitest";
import { shrink } from "./shrink.js";

const steps = ["a", "b", "c", "d", "e"];

test("what has nothing to do with the failure is left out", async () => {
  const failing = await shrink(steps, async (fewer) => fewer.includes("b") && fewer.includes("d"));
  expect(failing).toEqual(["b", "d"]);
});

test("what can go only after something else has gone is found as well", async () => {
  const failing = await shrink(
    steps,
    async (fewer) => fewer.includes("c") && (fewer.includes("b") || !fewer.includes("e")),
  );
  expect(failing).toEqual(["c"]);
});

test("a failure that needs everything stays as it is", async () => {
  expect(await shrink(steps, async () => false)).toEqual(steps);
});

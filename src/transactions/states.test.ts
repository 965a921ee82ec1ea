import { expect, test } from "vitest";
import {
  bumpsEpoch,
  epochAfter,
  isExhausted,
  isPrepared,
  isStateName,
  mayBecome,
  transactionStates,
} from "./states.js";

test("the numbers are those of the log", () => {
  expect(Object.values(transactionStates).map(({ id }) => id)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test("what is prepared can only be completed, as it was prepared", () => {
  for (const state of Object.keys(transactionStates).filter(isStateName)) {
    expect(mayBecome("PrepareCommit", state)).toBe(state === "CompleteCommit");
    expect(mayBecome("PrepareAbort", state)).toBe(state === "CompleteAbort");
  }
  expect(isPrepared("PrepareCommit") && isPrepared("PrepareAbort")).toBe(true);
  expect(isPrepared("Ongoing")).toBe(false);
});

test("only what is not under way is forgotten", () => {
  expect(transactionStates.Dead.from).toEqual(["Empty", "CompleteAbort", "CompleteCommit"]);
});

test("the highest epoch is given to no producer, and is not exceeded", () => {
  expect([isExhausted(32765), isExhausted(32766), isExhausted(32767)]).toEqual([false, true, true]);
  expect([epochAfter(0), epochAfter(32766), epochAfter(32767)]).toEqual([1, 32767, 32767]);
});

test("epochs are bumped at every end since version 2", () => {
  expect([0, 1, 2, 3].map(bumpsEpoch)).toEqual([false, false, true, true]);
});

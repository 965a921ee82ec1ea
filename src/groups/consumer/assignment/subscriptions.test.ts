import { expect, test } from "vitest";
import { Subscriptions } from "./subscriptions.js";

const t = { topicNames: ["t"], topicRegex: null };
const regex = { topicNames: [], topicRegex: "t.*" };

test("a subscription is there as long as some member has it", () => {
  const subscriptions = new Subscriptions();
  subscriptions.add(t);
  subscriptions.add({ ...t });
  subscriptions.add(regex);
  expect([...subscriptions]).toEqual([t, regex]);
  subscriptions.remove(t);
  expect([...subscriptions]).toEqual([t, regex]);
  subscriptions.remove({ ...t });
  expect([...subscriptions]).toEqual([regex]);
});

test("names that only look alike when they are joined are different subscriptions", () => {
  const subscriptions = new Subscriptions();
  subscriptions.add({ topicNames: ["a", "b"], topicRegex: null });
  subscriptions.add({ topicNames: ["a,b"], topicRegex: null });
  subscriptions.add({ topicNames: ['a","b'], topicRegex: null });
  expect([...subscriptions]).toHaveLength(3);
});

test("a copy goes its own way", () => {
  const subscriptions = new Subscriptions();
  subscriptions.add(t);
  const copy = subscriptions.copy();
  copy.remove(t);
  copy.add(regex);
  expect([...subscriptions]).toEqual([t]);
  expect([...copy]).toEqual([regex]);
});

import { expect, test } from "vitest";
import type { BrokerImage } from "../../../metadata/image/image.js";
import { broker1 } from "../../../metadata/image/image.test-data.js";
import { nearestFollower } from "./replica-selector.js";

const broker = (id: number, rack: string | null, fenced = false): [number, BrokerImage] => [
  id,
  { ...broker1, id, rack, fenced },
];
const brokers = new Map([broker(1, "a"), broker(2, "b"), broker(3, "b"), broker(4, "c", true)]);
const follower = (brokerId: number, endOffset: number, changes = {}) => ({
  ...{ brokerId, endOffset, logStartOffset: 0, caughtUpMs: 0, isInMaximalIsr: true },
  ...changes,
});

test("a consumer is sent to the furthest replica in its rack, unless the leader is there", () => {
  const followers = [follower(2, 8), follower(3, 9)];
  expect(nearestFollower("b", 5, 1, followers, brokers)).toBe(3);
  expect(nearestFollower("a", 5, 1, followers, brokers)).toBeNull();
  expect(nearestFollower("d", 5, 1, followers, brokers)).toBeNull();
});

test("only to one that serves, is in sync and has what is asked for", () => {
  expect(nearestFollower("b", 5, 1, [follower(2, 4)], brokers)).toBeNull();
  expect(nearestFollower("b", 5, 1, [follower(2, 8, { logStartOffset: 6 })], brokers)).toBeNull();
  expect(nearestFollower("b", 5, 1, [follower(2, 8, { isInMaximalIsr: false })], brokers)).toBeNull();
  expect(nearestFollower("c", 5, 1, [follower(4, 8)], brokers)).toBeNull();
});

test("of two alike, to the one that caught up last", () => {
  expect(nearestFollower("b", 5, 1, [follower(2, 8, { caughtUpMs: 5 }), follower(3, 8)], brokers)).toBe(2);
});

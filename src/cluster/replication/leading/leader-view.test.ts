import { describe, expect, test } from "vitest";
import type { BrokerImage, PartitionImage } from "../../../metadata/image/image.js";
import { broker1, partitionOfBroker1 } from "../../../metadata/image/image.test-data.js";
import { errors } from "../../../protocol/errors.js";
import { LeaderView } from "./leader-view.js";

const LAG_MAX_MS = 1_000;
const ends = { endOffset: 10, settledOffset: 10, highWatermark: 4 };
const brokers: ReadonlyMap<number, BrokerImage> = new Map([1, 2, 3].map((id) => [id, { ...broker1, id, epoch: 7 }]));

function at(nowMs: number) {
  return { brokers, nowMs, lagTimeMaxMs: LAG_MAX_MS };
}

function image(changes: Partial<PartitionImage> = {}): PartitionImage {
  return { ...partitionOfBroker1, replicas: [1, 2, 3], isr: [1, 2, 3], leaderEpoch: 3, partitionEpoch: 5, ...changes };
}

function viewOf(changes: Partial<PartitionImage> = {}): LeaderView {
  return new LeaderView(image(changes), 1, 4, 0);
}

function fetches(view: LeaderView, brokerId: number, fetchOffset: number, nowMs: number): void {
  const follower = view.follower(brokerId);
  follower?.fetched({ brokerId, brokerEpoch: 7, fetchOffset, logStartOffset: 0, nowMs }, ends.endOffset);
}

describe("a leader's view of its followers", () => {
  test("a follower that is behind for too long leaves the ISR; until the controller says so it counts", () => {
    const view = viewOf();
    fetches(view, 2, 10, 500);
    fetches(view, 3, 8, 500);
    expect(view.shrunk(ends, at(LAG_MAX_MS))).toBeNull();
    const change = view.shrunk(ends, at(LAG_MAX_MS + 1));
    expect(change).toMatchObject({ leaderEpoch: 3, partitionEpoch: 5 });
    expect(change?.newIsr.map(({ brokerId }) => brokerId)).toEqual([1, 2]);
    expect(view.committedUpTo(ends, 2, at(LAG_MAX_MS + 1))).toBe(8);
    expect(view.shrunk(ends, at(LAG_MAX_MS + 2))).toBeNull();
    if (change === null) throw new Error("one has to leave");
    expect(view.answered(change, { isr: [1, 2], leaderEpoch: 3, partitionEpoch: 6 }, 0)).toBe(true);
    expect(view.isr).toEqual([1, 2]);
    expect(view.committedUpTo(ends, 2, at(LAG_MAX_MS + 2))).toBe(10);
  });

  test("one that came late to each fetch, but always for all that had been there, keeps up", () => {
    const view = viewOf();
    for (const brokerId of [2, 3]) fetches(view, brokerId, 10, 100);
    const follower = view.follower(3);
    follower?.fetched({ brokerId: 3, brokerEpoch: 7, fetchOffset: 10, logStartOffset: 0, nowMs: 900 }, 20);
    follower?.fetched({ brokerId: 3, brokerEpoch: 7, fetchOffset: 20, logStartOffset: 0, nowMs: 1_500 }, 30);
    expect(follower?.caughtUpMs).toBe(900);
  });

  test("one that had all when it fell silent is behind since its session was last used, whenever the next records come", () => {
    const view = viewOf();
    const session = { lastUsedMs: 600 };
    for (const brokerId of [2, 3]) fetches(view, brokerId, 10, 100);
    for (const brokerId of [2, 3]) view.follower(brokerId)?.restsIn(brokerId === 3 ? session : { lastUsedMs: 90_000 });
    expect(view.shrunk(ends, at(90_000))).toBeNull();
    view.appended(10);
    const change = view.shrunk({ ...ends, endOffset: 11 }, at(90_001));
    expect(change?.newIsr.map(({ brokerId }) => brokerId)).toEqual([1, 2]);
  });

  test("a follower joins once it has what the epoch began with, together with the registration that fetched", () => {
    const view = viewOf({ isr: [1, 2] });
    fetches(view, 3, 3, 10);
    expect(view.expanded(ends, at(10))).toBeNull();
    fetches(view, 3, 4, 20);
    const change = view.expanded(ends, at(20));
    expect(change?.newIsr).toContainEqual({ brokerId: 3, brokerEpoch: 7 });
    // From the proposal on it is waited for (KIP-497).
    fetches(view, 2, 9, 20);
    expect(view.committedUpTo(ends, 2, at(20 + 10 * LAG_MAX_MS))).toBe(4);
  });

  test("what the controller refuses is proposed again, but not at once", () => {
    const view = viewOf({ isr: [1, 2] });
    fetches(view, 3, 10, 10);
    const change = view.expanded(ends, at(10));
    if (change === null) throw new Error("one may join");
    expect(view.answered(change, { errorCode: errors.INELIGIBLE_REPLICA.code }, 10)).toBe(true);
    expect(view.expanded(ends, at(20))).toBeNull();
    expect(view.expanded(ends, at(600))).not.toBeNull();
  });

  test("after an answer that tells of newer metadata, the proposal counts until that has come", () => {
    const view = viewOf({ isr: [1, 2] });
    fetches(view, 2, 10, 10);
    fetches(view, 3, 6, 10);
    const change = view.expanded(ends, at(10));
    if (change === null) throw new Error("one may join");
    const isStale = { errorCode: errors.INVALID_UPDATE_VERSION.code };
    expect(view.answered(change, isStale, 10)).toBe(false);
    expect(view.committedUpTo(ends, 2, at(10 * LAG_MAX_MS))).toBe(6);
    view.update(image({ isr: [1, 2], partitionEpoch: 6 }), 20);
    expect(view.committedUpTo(ends, 2, at(10 * LAG_MAX_MS))).toBe(10);
    expect(view.answered(change, { isr: [1, 2, 3], leaderEpoch: 3, partitionEpoch: 6 }, 20)).toBe(false);
  });

  test("metadata that is older than the controller's answer changes nothing", () => {
    const view = viewOf({ isr: [1, 2] });
    fetches(view, 3, 10, 10);
    const change = view.expanded(ends, at(10));
    if (change === null) throw new Error("one may join");
    view.answered(change, { isr: [1, 2, 3], leaderEpoch: 3, partitionEpoch: 6 }, 10);
    view.update(image({ isr: [1, 2], partitionEpoch: 6 }), 20);
    expect(view.isr).toEqual([1, 2, 3]);
  });

  test("a replica that is added is followed from nothing, and those that stay keep what is known of them", () => {
    const view = viewOf({ replicas: [1, 2], isr: [1, 2] });
    fetches(view, 2, 10, 10);
    view.update(image({ isr: [1, 2], partitionEpoch: 6 }), 20);
    expect(view.followers.map(({ brokerId, endOffset }) => [brokerId, endOffset])).toEqual([
      [2, 10],
      [3, -1],
    ]);
  });

  test("a new leader may know of less that is committed than the one before (KIP-207)", () => {
    const view = viewOf();
    expect([view.knowsCommitted(3), view.knowsCommitted(4)]).toEqual([false, true]);
  });

  test("while too few are in sync nothing more is committed (KIP-966)", () => {
    const view = viewOf({ isr: [1] });
    expect(view.committedUpTo(ends, 2, at(0))).toBeNull();
    expect(view.committedUpTo(ends, 1, at(0))).toBe(10);
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BrokerImage } from "../../../metadata/image/image.js";
import { broker1 } from "../../../metadata/image/image.test-data.js";
import { committedUpTo, type FollowerState, hasCaughtUp, isEligible, keepsUp, neededInSync } from "./isr.js";

const LAG_MAX_MS = 30_000;

function broker(id: number, changes: Partial<BrokerImage> = {}): BrokerImage {
  return { ...broker1, id, epoch: 7, ...changes };
}

function follower(brokerId: number, changes: Partial<FollowerState> = {}): FollowerState {
  return { brokerId, endOffset: 0, caughtUpMs: 0, brokerEpoch: 7, isInMaximalIsr: true, ...changes };
}

describe("who may be in sync", () => {
  test("a broker that serves, in the run in which it fetched (KIP-903)", () => {
    expect(isEligible(follower(2), broker(2))).toBe(true);
    expect(isEligible(follower(2, { brokerEpoch: -1 }), broker(2))).toBe(true);
    expect(isEligible(follower(2), broker(2, { epoch: 8 }))).toBe(false);
    expect(isEligible(follower(2), broker(2, { fenced: true }))).toBe(false);
    expect(isEligible(follower(2), broker(2, { inControlledShutdown: true }))).toBe(false);
    expect(isEligible(follower(2), undefined)).toBe(false);
  });

  test("who has all that is committed, and all that the leader began with", () => {
    const leader = { highWatermark: 5, epochStartOffset: 9 };
    expect(hasCaughtUp({ endOffset: 9 }, leader)).toBe(true);
    expect(hasCaughtUp({ endOffset: 8 }, leader)).toBe(false);
    expect(hasCaughtUp({ endOffset: 9 }, { ...leader, highWatermark: 10 })).toBe(false);
  });

  test("who has all there is keeps up, however long ago it fetched", () => {
    expect(keepsUp({ endOffset: 5, caughtUpMs: 0 }, 5, 1_000_000, LAG_MAX_MS)).toBe(true);
    expect(keepsUp({ endOffset: 4, caughtUpMs: 0 }, 5, LAG_MAX_MS, LAG_MAX_MS)).toBe(true);
    expect(keepsUp({ endOffset: 4, caughtUpMs: 0 }, 5, LAG_MAX_MS + 1, LAG_MAX_MS)).toBe(false);
  });

  test("a topic with fewer replicas than min.insync.replicas wants all of them", () => {
    expect([neededInSync(2, 3), neededInSync(2, 1)]).toEqual([2, 1]);
  });
});

describe("the high watermark", () => {
  const brokers = new Map([2, 3].map((id) => [id, broker(id)]));
  const at = (followers: readonly FollowerState[], nowMs = 0) =>
    committedUpTo({ settledOffset: 10, endOffset: 12 }, followers, brokers, nowMs, LAG_MAX_MS);

  test("is where the last one in sync is, and no further than what the leader itself keeps", () => {
    expect(at([])).toBe(10);
    expect(at([follower(2, { endOffset: 8 }), follower(3, { endOffset: 9 })])).toBe(8);
    expect(at([follower(2, { endOffset: 12 })])).toBe(10);
  });

  test("stays while one in sync has not fetched from this leader yet", () => {
    expect(at([follower(2, { endOffset: 12 }), follower(3, { endOffset: -1 })])).toBe(-1);
  });

  test("does not wait for one that is out of sync, unless it keeps up and is about to join", () => {
    const joining = follower(3, { endOffset: 6, isInMaximalIsr: false });
    expect(at([follower(2, { endOffset: 9 }), joining])).toBe(6);
    expect(at([follower(2, { endOffset: 9 }), joining], LAG_MAX_MS + 1)).toBe(9);
    expect(at([follower(2, { endOffset: 9 }), { ...joining, brokerEpoch: 6 }])).toBe(9);
  });

  test("is never beyond what any member has, whoever else there is", () => {
    const anyFollower = fc.record({
      brokerId: fc.integer({ min: 2, max: 4 }),
      endOffset: fc.integer({ min: -1, max: 20 }),
      caughtUpMs: fc.integer({ min: 0, max: 60_000 }),
      brokerEpoch: fc.integer({ min: -1, max: 8 }),
      isInMaximalIsr: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(anyFollower, { maxLength: 4 }), fc.integer({ min: 0, max: 60_000 }), (followers, nowMs) => {
        const offset = at(followers, nowMs);
        const members = followers.filter((one) => one.isInMaximalIsr);
        expect(members.every(({ endOffset }) => offset <= endOffset)).toBe(true);
        expect(offset).toBeLessThanOrEqual(10);
        // It is somebody's end, so that it moves as soon as that one does.
        expect([10, ...followers.map(({ endOffset }) => endOffset)]).toContain(offset);
      }),
    );
  });
});

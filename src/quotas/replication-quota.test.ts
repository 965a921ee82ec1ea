import { describe, expect, test } from "vitest";
import { NO_LIMIT, ReplicationQuota, throttledOnBroker } from "./replication-quota.js";

describe("the throttle of replication", () => {
  test("is for the partitions that are named, on the brokers that are named", () => {
    expect(throttledOnBroker("*", 1)).toBe("all");
    expect(throttledOnBroker("0:1,1:2, 2:1", 1)).toEqual(new Set([0, 2]));
    expect(throttledOnBroker("0:11", 1)).toBeNull();
    expect(throttledOnBroker("", 1)).toBeNull();
  });

  test("holds back while more has moved than may", () => {
    let nowMs = 0;
    const quota = new ReplicationQuota({ monotonicMs: () => nowMs }, { windows: 11, windowMs: 1_000 });
    quota.throttle("t", new Set([1]));
    expect([quota.isThrottled("t", 0), quota.isThrottled("t", 1), quota.isThrottled("u", 1)]).toEqual([
      false,
      true,
      false,
    ]);
    quota.record(3_000);
    expect(quota.pauseMs()).toBe(0);
    quota.limit(1_500);
    expect(quota.pauseMs()).toBe(1_000);
    nowMs = 1_600;
    expect(quota.pauseMs()).toBe(400);
    nowMs = 2_000;
    expect(quota.pauseMs()).toBe(0);
    quota.record(3_000);
    expect(quota.pauseMs()).toBe(1_000);
    quota.limit(NO_LIMIT);
    expect(quota.pauseMs()).toBe(0);
    quota.throttle("t", null);
    expect(quota.isThrottled("t", 1)).toBe(false);
  });
});

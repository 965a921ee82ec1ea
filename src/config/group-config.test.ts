import { describe, expect, test } from "vitest";
import { configWith } from "./config.test-data.js";
import { resolveGroupConfig, validateGroupConfig } from "./group-config.js";

const overrides = (values: Record<string, string>) => new Map(Object.entries(values));

describe("a group's configuration", () => {
  test("takes from the broker what it does not say itself", () => {
    const config = resolveGroupConfig(
      overrides({ "consumer.heartbeat.interval.ms": "6000", "share.auto.offset.reset": "earliest" }),
      configWith("group.consumer.session.timeout.ms=50000"),
    );
    expect(config).toMatchObject({
      consumerHeartbeatIntervalMs: 6000,
      consumerSessionTimeoutMs: 50_000,
      consumerAssignmentIntervalMs: 0,
      shareAutoOffsetReset: "earliest",
      shareIsolationLevel: "read_uncommitted",
    });
  });

  test("stays within the broker's bounds", () => {
    const judge = (name: string, value: string) => validateGroupConfig(name, value, configWith());
    expect(judge("consumer.session.timeout.ms", "1")).toBe(
      "consumer.session.timeout.ms must be greater than or equal to group.consumer.min.session.timeout.ms",
    );
    expect(judge("streams.num.standby.replicas", "5")).toBe(
      "streams.num.standby.replicas must be less than or equal to group.streams.max.standby.replicas",
    );
    expect(judge("consumer.session.timeout.ms", "46000")).toBeNull();
    expect(judge("foo", "1")).toBe("Unknown group config name: foo");
    expect(judge("share.isolation.level", "x")).toContain("String must be one of: read_committed, read_uncommitted");
  });
});

import { describe, expect, test } from "vitest";
import { configWith } from "./config.test-data.js";
import { resolveTopicConfig, validateTopicConfig, validateTopicConfigs } from "./topic-config.js";

const overrides = (values: Record<string, string>) => new Map(Object.entries(values));

describe("a topic's configuration", () => {
  test("is Apache Kafka's where nobody said anything", () => {
    expect(resolveTopicConfig(new Map(), configWith())).toMatchObject({
      cleanupPolicy: ["delete"],
      retentionMs: 604_800_000,
      segmentMs: 604_800_000,
      segmentBytes: 1_073_741_824,
      flushMs: Number.MAX_SAFE_INTEGER,
      minInsyncReplicas: 1,
    });
  });

  test("takes from the broker what it does not say itself", () => {
    const config = resolveTopicConfig(
      overrides({ "segment.ms": "5000" }),
      configWith("log.segment.bytes=2000000", "log.roll.ms=1", "log.cleanup.policy=compact,delete"),
    );
    expect(config).toMatchObject({ segmentMs: 5000, segmentBytes: 2_000_000, cleanupPolicy: ["compact", "delete"] });
  });

  test("takes milliseconds before minutes before hours, and -1 as for ever", () => {
    const retention = (...sets: string[]) => resolveTopicConfig(new Map(), configWith(...sets)).retentionMs;
    expect(retention("log.retention.hours=1")).toBe(3_600_000);
    expect(retention("log.retention.hours=1", "log.retention.minutes=2")).toBe(120_000);
    expect(retention("log.retention.hours=1", "log.retention.minutes=2", "log.retention.ms=3")).toBe(3);
    expect(retention("log.retention.hours=-1")).toBe(-1);
  });

  test("falls back to the default where a stored value is not valid", () => {
    expect(resolveTopicConfig(overrides({ "segment.bytes": "x", nonsense: "1" }), configWith()).segmentBytes).toBe(
      1_073_741_824,
    );
  });

  test("is judged in Apache Kafka's words", () => {
    expect(validateTopicConfig("retention.ms", "-2")).toBe(
      "Invalid value -2 for configuration retention.ms: Value must be at least -1",
    );
    expect(validateTopicConfig("foo", "1")).toBe("Unknown topic config name: foo");
    expect(validateTopicConfig("cleanup.policy", "delete,delete")).toBeNull();
    const lags = overrides({ "min.compaction.lag.ms": "10", "max.compaction.lag.ms": "5" });
    expect(validateTopicConfigs(lags, configWith())).toBe(
      "conflict topic config setting min.compaction.lag.ms (10) > max.compaction.lag.ms (5)",
    );
    expect(validateTopicConfigs(overrides({ "remote.storage.enable": "true" }), configWith())).toContain(
      "Tiered Storage",
    );
    expect(validateTopicConfigs(overrides({ "retention.ms": "1" }), configWith())).toBeNull();
  });
});

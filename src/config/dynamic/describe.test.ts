import { describe, expect, test } from "vitest";
import { configWith } from "../config.test-data.js";
import { describeBroker, describeGroup, describeTopic } from "./describe.js";

const overrides = (values: Record<string, string>) => new Map(Object.entries(values));

describe("descriptions", () => {
  const find = <T extends { name: string }>(all: readonly T[], name: string) => all.find((one) => one.name === name);

  test("a topic's own value goes before the broker's, and both are shown", () => {
    const described = describeTopic(overrides({ "segment.bytes": "2000000" }), configWith("log.segment.bytes=3000000"));
    expect(find(described, "segment.bytes")).toMatchObject({
      value: "2000000",
      source: "resource",
      isReadOnly: false,
      type: "INT",
      synonyms: [
        { name: "segment.bytes", value: "2000000", source: "resource" },
        { name: "log.segment.bytes", value: "3000000", source: "static" },
        { name: "log.segment.bytes", value: "1073741824", source: "default" },
      ],
    });
  });

  test("hours are shown as the topic's milliseconds, and the largest value keeps all its digits", () => {
    const described = describeTopic(new Map(), configWith());
    expect(find(described, "retention.ms")?.value).toBe("604800000");
    expect(find(described, "flush.messages")?.value).toBe("9223372036854775807");
  });

  test("behind a broker's milliseconds stand its hours, and behind its hours nothing", () => {
    const described = describeBroker(configWith("log.retention.ms=5"));
    const ms = { name: "log.retention.ms", value: "5", source: "static" };
    const hours = { name: "log.retention.hours", value: "168", source: "default" };
    expect(find(described, "log.retention.ms")).toMatchObject({ value: "5", synonyms: [ms, hours] });
    expect(find(described, "log.retention.hours")).toMatchObject({ value: "168", synonyms: [hours] });
    expect(find(describeBroker(configWith()), "log.retention.ms")).toMatchObject({ value: null, synonyms: [] });
  });

  test("a broker's passwords are hidden, internal properties too unless they are set", () => {
    const described = describeBroker(configWith("ssl.key.password=open-sesame"));
    expect(find(described, "ssl.key.password")).toMatchObject({ value: null, isSensitive: true, source: "static" });
    expect(JSON.stringify(described)).not.toContain("open-sesame");
    expect(find(described, "server.max.startup.time.ms")).toBeUndefined();
    expect(find(describeBroker(configWith("server.max.startup.time.ms=5")), "server.max.startup.time.ms")?.value).toBe(
      "5",
    );
  });

  test("only dynamic properties of a broker can be changed", () => {
    const described = describeBroker(configWith());
    expect(find(described, "log.segment.bytes")?.isReadOnly).toBe(false);
    expect(find(described, "node.id")?.isReadOnly).toBe(true);
  });

  test("a group's own properties are described with the broker's behind them", () => {
    const described = describeGroup(new Map(), configWith("group.consumer.session.timeout.ms=50000"));
    expect(find(described, "consumer.session.timeout.ms")).toMatchObject({ value: "50000", source: "static" });
    expect(find(described, "share.auto.offset.reset")).toMatchObject({ value: "latest", source: "default" });
  });
});

import { describe, expect, test } from "vitest";
import { configWith } from "../config.test-data.js";
import { describeAllBrokers, describeBroker, describeTopic } from "./describe.js";
import { dynamicSettingsProblem } from "./dynamic-rules.js";
import { replicationRates, withDynamicSettings } from "./dynamic-settings.js";

const settings = (values: Record<string, string>) => new Map(Object.entries(values));
const nothing = settings({});

describe("settings of a running broker", () => {
  test("its own go before those of all brokers, and both before what was written", () => {
    const written = configWith("log.retention.bytes=1", "message.max.bytes=2", "log.segment.bytes=3000000");
    const live = withDynamicSettings(written, {
      ofThisBroker: settings({ "log.retention.bytes": "10" }),
      ofAllBrokers: settings({ "log.retention.bytes": "20", "message.max.bytes": "30" }),
    });
    expect(live.log.logRetentionBytes).toBe(10);
    expect(live.topicDefaults).toMatchObject({ retentionBytes: 10, maxMessageBytes: 30, segmentBytes: 3_000_000 });
    const again = withDynamicSettings(live, { ofThisBroker: nothing, ofAllBrokers: nothing });
    expect(again.topicDefaults).toMatchObject({ retentionBytes: 1, maxMessageBytes: 2 });
  });

  test("what is not valid, not dynamic or not known gives way", () => {
    const live = withDynamicSettings(configWith(), {
      ofThisBroker: settings({ "log.segment.bytes": "many", "node.id": "9", "no.such.config": "1" }),
      ofAllBrokers: nothing,
    });
    expect(live.log.logSegmentBytes).toBe(1_073_741_824);
    expect(live.value("node.id")).toBe(1);
  });

  test("rates that move replicas have no limit until one is set", () => {
    const none = Number.POSITIVE_INFINITY;
    expect(replicationRates({ ofThisBroker: nothing, ofAllBrokers: nothing })).toEqual({
      ...{ leader: none, follower: none, betweenFolders: none },
    });
    const ofThisBroker = settings({
      "leader.replication.throttled.rate": "1",
      "replica.alter.log.dirs.io.max.bytes.per.second": "3",
    });
    const ofAllBrokers = settings({
      "follower.replication.throttled.rate": "2",
      "replica.alter.log.dirs.io.max.bytes.per.second": "4",
    });
    expect(replicationRates({ ofThisBroker, ofAllBrokers })).toEqual({ leader: 1, follower: 2, betweenFolders: 3 });
  });

  test("every layer is shown, the strongest first", () => {
    const live = withDynamicSettings(configWith("log.segment.bytes=3000000"), {
      ofThisBroker: settings({ "log.segment.bytes": "1100000" }),
      ofAllBrokers: settings({ "log.segment.bytes": "1200000", "some.secret": "x" }),
    });
    const layers = [
      { name: "log.segment.bytes", value: "1100000", source: "this broker" },
      { name: "log.segment.bytes", value: "1200000", source: "all brokers" },
      { name: "log.segment.bytes", value: "3000000", source: "static" },
      { name: "log.segment.bytes", value: "1073741824", source: "default" },
    ];
    expect(describeBroker(live).find(({ name }) => name === "log.segment.bytes")).toMatchObject({
      ...{ value: "1100000", synonyms: layers },
    });
    expect(describeTopic(nothing, live).find(({ name }) => name === "segment.bytes")?.synonyms).toEqual(layers);
    expect(describeAllBrokers(live).map(({ name, value }) => [name, value])).toEqual([
      ["log.segment.bytes", "1200000"],
      ["some.secret", null],
    ]);
  });
});

describe("what a running broker does not take", () => {
  const refusals: [name: string, value: string, complaint: string][] = [
    ["node.id", "5", "Cannot update these configs dynamically: [node.id]"],
    ["listeners", "PLAINTEXT://:1", "Samsa takes these configs only where the broker is started: [listeners]"],
    ["config.providers", "x", "Samsa takes these configs only where the broker is started: [config.providers]"],
    ["log.cleaner.threads", "3", "Dynamic thread count update validation failed for log.cleaner.threads=3"],
    ["background.threads", "4", "Dynamic thread count update validation failed for background.threads=4"],
    ["follower.replication.throttled.rate", "-1", "Invalid value -1 for configuration"],
    ["max.connections.per.ip.overrides", "somewhere", "Error parsing configuration property"],
  ];
  test.each(refusals)("%s=%s", (name, value, complaint) => {
    expect(dynamicSettingsProblem(configWith(), "this broker", settings({ [name]: value }))).toContain(complaint);
  });

  test("some belong to one broker", () => {
    const given = settings({ "principal.builder.class": "x" });
    expect(dynamicSettingsProblem(configWith(), "this broker", given)).toBeNull();
    expect(dynamicSettingsProblem(configWith(), "all brokers", given)).toContain("broker id must be specified");
  });

  test("the settings of the others count as well", () => {
    const live = withDynamicSettings(configWith(), {
      ofThisBroker: nothing,
      ofAllBrokers: settings({ "max.connections.per.ip.overrides": "10.0.0.1:5" }),
    });
    const given = settings({ "max.connections.per.ip": "0" });
    expect(dynamicSettingsProblem(live, "this broker", given)).toBeNull();
    expect(dynamicSettingsProblem(live, "all brokers", given)).toContain("max.connections.per.ip");
  });
});

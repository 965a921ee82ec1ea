import { expect, test } from "vitest";
import { loadClusterConfigs } from "./load-cluster.js";
import type { ConfigSources } from "./sources/sources.js";

function loaded(sources: Partial<ConfigSources>, brokers = 3) {
  const read = loadClusterConfigs({ env: {}, sets: [], flags: {}, ...sources }, brokers);
  if ("errors" in read) throw new Error(read.errors.join("\n"));
  return read;
}

test("each broker has an id, consecutive ports and a folder of its own", () => {
  const { configs, metadataFolder } = loaded({ flags: { port: 9092, data: "/srv/data" } });
  expect(configs.map(({ nodeId }) => nodeId)).toEqual([1, 2, 3]);
  expect(configs.map(({ listeners }) => listeners.opened[0]?.port)).toEqual([9092, 9093, 9094]);
  expect(configs.map(({ dataFolders }) => dataFolders)).toEqual([
    ["/srv/data/broker-1"],
    ["/srv/data/broker-2"],
    ["/srv/data/broker-3"],
  ]);
  expect(metadataFolder).toBe("/srv/data/metadata");
  expect(configs.every(({ listeners }) => !listeners.hostWasChosen)).toBe(true);
});

test.each([
  [1, 1],
  [2, 2],
  [5, 3],
])(
  "with %i brokers a topic has %i replicas unless it says so, as long as nobody set another number",
  (brokers, replicas) => {
    const factors = (sources: Partial<ConfigSources>) =>
      new Set(loaded(sources, brokers).configs.map(({ topics }) => topics.defaultReplicationFactor));
    expect(factors({})).toEqual(new Set([replicas]));
    expect(factors({ sets: ["default.replication.factor=1"] })).toEqual(new Set([1]));
    expect(factors({ env: { KAFKA_DEFAULT_REPLICATION_FACTOR: "1" } })).toEqual(new Set([1]));
    expect(loaded({}, brokers).configs[0]?.topics.minInsyncReplicas).toBe(1);
  },
);

test("free ports stay free, and several listeners keep their names and hosts", () => {
  const sets = ["listener.security.protocol.map=A:PLAINTEXT,B:PLAINTEXT", "advertised.listeners=A://example:7000"];
  const { configs } = loaded({ sets, flags: { listen: "A://[::1]:0,B://0.0.0.0:5000" } }, 2);
  expect(configs[1]?.listeners.opened).toMatchObject([
    { name: "A", host: "::1", port: 0 },
    { name: "B", host: "0.0.0.0", port: 5001 },
  ]);
  expect(configs[1]?.listeners.advertised.get("A")).toEqual({ host: "example", port: 7001 });
});

test("what is wrong for one is wrong for all", () => {
  const read = loadClusterConfigs({ env: {}, sets: ["num.partitions=many"], flags: {} }, 3);
  expect(read).toMatchObject({ errors: [expect.stringContaining("num.partitions")] });
});

test("ports that do not exist are refused", () => {
  const read = loadClusterConfigs({ env: {}, sets: [], flags: { port: 65_535 } }, 2);
  expect(read).toEqual({ errors: ["2 brokers need ports up to 65536, and a port is at most 65535"] });
});

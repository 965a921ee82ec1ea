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

test("listeners whose ports would run into each other are refused, and the ports are named", () => {
  const listening = (listen: string) => {
    const sets = ["listener.security.protocol.map=A:PLAINTEXT,B:PLAINTEXT", "inter.broker.listener.name=A"];
    return (brokers: number) => loadClusterConfigs({ env: {}, sets, flags: { listen } }, brokers);
  };
  const neighbours = listening("A://127.0.0.1:9092,B://127.0.0.1:9093");
  expect(neighbours(2)).toEqual({
    errors: [
      "listeners: 2 brokers take 2 ports from each on, so A (from 9092) and B (from 9093) would both take 9093; " +
        "put them 2 apart or more",
    ],
  });
  expect(neighbours(1)).toMatchObject({ configs: [{}] });
  expect(listening("B://:9094,A://:9092")(2)).toMatchObject({ configs: [{}, {}] });
  expect(listening("B://:9094,A://:9092")(3)).toMatchObject({ errors: [expect.stringContaining("9094")] });
  expect(listening("A://:0,B://:0")(3)).toMatchObject({ configs: [{}, {}, {}] });
  // KIP-797: one port may be used over IPv4 and over IPv6.
  expect(listening("A://127.0.0.1:9092,B://[::1]:9093")(2)).toMatchObject({ configs: [{}, {}] });
});

test("a node.id that is not the first's is refused, as it would be no broker's, and that of a usual file is taken", () => {
  const read = (...sets: readonly string[]) => loadClusterConfigs({ env: {}, sets, flags: {} }, 2);
  const sentence = "is for a broker by itself: with --brokers the ids are 1, 2 and so on; leave it out";
  expect(read("node.id=4")).toEqual({ errors: [`node.id=4 (--set) ${sentence}`] });
  expect(read("broker.id=0")).toEqual({ errors: [`broker.id=0 (--set) ${sentence}`] });
  expect(read("node.id=1")).toMatchObject({ configs: [{ nodeId: 1 }, { nodeId: 2 }] });
});

test("ports that do not exist are refused", () => {
  const read = loadClusterConfigs({ env: {}, sets: [], flags: { port: 65_535 } }, 2);
  expect(read).toEqual({ errors: ["2 brokers need ports up to 65536, and a port is at most 65535"] });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BrokerConfig } from "./broker-config.js";
import { loadConfig } from "./load.js";
import type { ConfigSources } from "./sources/sources.js";

function load(sources: Partial<ConfigSources> = {}) {
  return loadConfig({ env: {}, sets: [], flags: {}, ...sources });
}

function good(sources: Partial<ConfigSources> = {}): { config: BrokerConfig; warnings: readonly string[] } {
  const loaded = load(sources);
  if ("errors" in loaded) throw new Error(loaded.errors.join("\n"));
  return loaded;
}

function errorsOf(sources: Partial<ConfigSources>): readonly string[] {
  const loaded = load(sources);
  return "errors" in loaded ? loaded.errors : [];
}

const file = (text: string) => ({ path: "server.properties", text });

describe("the sources", () => {
  test("without any, the defaults hold and nothing is said", () => {
    const { config, warnings } = good();
    expect(warnings).toEqual([]);
    expect(config.nodeId).toBe(1);
    expect(config.dataFolders).toEqual(["./samsa-data"]);
    expect(config.listeners.opened).toEqual([
      { name: "PLAINTEXT", host: "127.0.0.1", port: 9092, securityProtocol: "PLAINTEXT" },
    ]);
    expect(config.listeners.hostWasChosen).toBe(false);
    expect(config.topics.autoCreateTopicsEnable).toBe(true);
    expect(config.groups.groupInitialRebalanceDelayMs).toBe(0);
  });

  test("the command line goes before the environment, that before the file, that before the default", () => {
    const text = "num.partitions=2\nlog.retention.ms=20\nmin.insync.replicas=2\n";
    const { config } = good({
      file: file(text),
      env: { KAFKA_NUM_PARTITIONS: "3", KAFKA_LOG_RETENTION_MS: "30" },
      sets: ["num.partitions=4"],
    });
    expect(config.topics.numPartitions).toBe(4);
    expect(config.log.logRetentionMs).toBe(30);
    expect(config.topics.minInsyncReplicas).toBe(2);
    expect(config.topics.defaultReplicationFactor).toBe(1);
    expect(config.originals.get("log.retention.ms")).toEqual({
      text: "30",
      source: "environment",
      where: "KAFKA_LOG_RETENTION_MS",
    });
    expect(config.originals.get("min.insync.replicas")?.where).toBe("server.properties line 3");
    expect(config.originals.has("default.replication.factor")).toBe(false);
  });

  test("whichever sources name a property, the strongest of them is taken", () => {
    const strength = ["file", "environment", "command line"] as const;
    fc.assert(
      fc.property(fc.subarray([...strength], { minLength: 1 }), (named) => {
        const { config } = good({
          ...(named.includes("file") ? { file: file("num.partitions=11") } : {}),
          env: named.includes("environment") ? { KAFKA_NUM_PARTITIONS: "12" } : {},
          sets: named.includes("command line") ? ["num.partitions=13"] : [],
        });
        const strongest = strength.findLastIndex((source) => named.includes(source));
        expect(config.topics.numPartitions).toBe(11 + strongest);
        expect(config.originals.get("num.partitions")?.source).toBe(strength[strongest]);
      }),
      { seed: 6 },
    );
  });

  test("the flags stand for their properties", () => {
    expect(good({ flags: { data: "/srv/d" } }).config.dataFolders).toEqual(["/srv/d"]);
    const listening = good({ flags: { listen: "A://h:1" }, sets: ["listener.security.protocol.map=A:PLAINTEXT"] });
    expect(listening.config.listeners.opened).toMatchObject([{ name: "A", host: "h", port: 1 }]);
    const { listeners } = good({ flags: { port: 0 } }).config;
    expect(listeners.opened).toMatchObject([{ name: "PLAINTEXT", port: 0 }]);
    expect(listeners.hostWasChosen).toBe(false);
    expect(errorsOf({ flags: { port: 1, listen: "A://h:1" } })).toEqual(["Give either --port or --listen, not both"]);
  });

  test("values may hold equals signs, but a set without one is an error", () => {
    expect(good({ sets: ["broker.rack=a=b"] }).config.node.brokerRack).toBe("a=b");
    expect(errorsOf({ sets: ["broker.rack"] })).toEqual(["--set broker.rack: the form is KEY=VALUE"]);
  });

  test("CLUSTER_ID may be any name, as in Apache Kafka, but none that meta.properties cannot hold for Kafka's tools", () => {
    for (const id of ["4L6g3nShT-eMCtK--X86sw", "my-cluster", "a/b=c!", "x".repeat(255)]) {
      expect(good({ env: { CLUSTER_ID: id } }).config.clusterId).toBe(id);
    }
    for (const id of ["not valid!", "two\nlines", "back\\slash", "größe", "x".repeat(256)]) {
      expect(errorsOf({ env: { KAFKA_CLUSTER_ID: id } }), id).toEqual([
        expect.stringMatching(/^KAFKA_CLUSTER_ID: ".{5,42}" cannot be the id of a cluster, .* without blanks and \\/),
      ]);
    }
  });

  test("an error of syntax names file and line", () => {
    expect(errorsOf({ file: file("a=1\nb=\\u00") })).toEqual([
      "server.properties, line 2: \\u must be followed by four hexadecimal digits",
    ]);
  });
});

describe("names", () => {
  test("an unknown name is a warning with where it stands and the nearest known name", () => {
    expect(good({ env: { KAFKA_LOG_RETENTION_MSS: "7" } }).warnings).toEqual([
      "Unknown property log.retention.mss (KAFKA_LOG_RETENTION_MSS) is ignored: did you mean log.retention.ms?",
    ]);
    expect(good({ sets: ["qqqqqq=1"] }).warnings).toEqual([
      "Unknown property qqqqqq (--set) is ignored: no such property is known",
    ]);
  });

  test("a retired name says what became of it", () => {
    expect(good({ sets: ["zookeeper.connect=zk:2181"] }).warnings[0]).toContain("ZooKeeper is gone");
  });

  test("names of one listener, of plug-ins and of other editions pass in silence", () => {
    const sets = [
      "listener.name.internal.ssl.keystore.location=/k",
      "listener.name.sasl_ssl.plain.sasl.jaas.config=x",
      "confluent.balancer.enable=true",
      "rsm.config.bucket=b",
    ];
    expect(good({ sets }).warnings).toEqual([]);
    expect(good({ sets: ["listener.name.internal.nonsense=1"] }).warnings).toHaveLength(1);
  });
});

describe("values", () => {
  test("a bad value is an error with property, value, reason and where it stands", () => {
    expect(errorsOf({ env: { KAFKA_NUM_PARTITIONS: "x" }, sets: ["compression.type=gz"] })).toEqual([
      "Invalid value gz for configuration compression.type: String must be one of: uncompressed, zstd, lz4, snappy, " +
        "gzip, producer (--set)",
      "Invalid value x for configuration num.partitions: Not a number of type INT (KAFKA_NUM_PARTITIONS)",
    ]);
  });

  test("what would be unsafe to ignore is refused, but not when it asks for nothing", () => {
    const authorizer = "org.apache.kafka.metadata.authorizer.StandardAuthorizer";
    expect(errorsOf({ sets: [`authorizer.class.name=${authorizer}`] })[0]).toContain("there is no authorizer yet");
    expect(errorsOf({ sets: ["authorizer.class.name=", "remote.log.storage.system.enable=False"] })).toEqual([]);
  });

  test("no limit is a very large number", () => {
    const { config } = good();
    expect(config.log.logFlushIntervalMessages).toBe(Number.MAX_SAFE_INTEGER);
  });

  test("the configuration cannot be changed", () => {
    const { config } = good();
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.log)).toBe(true);
    expect(Object.isFrozen(config.log.logCleanupPolicy)).toBe(true);
  });

  test("no set makes loading crash", () => {
    const names = fc.constantFrom(
      "listeners",
      "advertised.listeners",
      "log.dirs",
      "samsa.advertised.by.peer",
      "node.id",
    );
    fc.assert(
      fc.property(names, fc.string(), (name, value) => {
        const loaded = load({ sets: [`${name}=${value}`] });
        expect("config" in loaded || loaded.errors.length > 0).toBe(true);
      }),
      { seed: 7, numRuns: 1000 },
    );
  });
});

describe("rules between properties", () => {
  test.each([
    [["node.id=1", "broker.id=2"], "You must set `node.id` to the same value as `broker.id`."],
    [["process.roles=controller"], "process.roles: a node that is only a controller is not supported"],
    [["log.retention.ms=0"], "log.retention.ms must be unlimited (-1) or, greater than or equal to 1"],
    [["group.coordinator.rebalance.protocols=consumer"], "disabling the 'classic' protocol is not supported"],
    [["max.connections.per.ip=0"], "max.connections.per.ip can be set to zero only if"],
    [
      ["group.consumer.heartbeat.interval.ms=99999"],
      "group.consumer.heartbeat.interval.ms must be less than or equal to group.consumer.max.heartbeat.interval.ms",
    ],
    [
      ["socket.request.max.bytes=1000000000"],
      "socket.request.max.bytes must be less than or equal to samsa.request.memory.bytes",
    ],
  ])("%j is refused", (sets, error) => {
    expect(errorsOf({ sets })[0]).toContain(error);
  });

  test("the older broker.id names the node where node.id is not set", () => {
    expect(good({ sets: ["broker.id=7"] }).config.nodeId).toBe(7);
    expect(good({ sets: ["broker.id=-1"] }).config.nodeId).toBe(1);
  });

  test("rules for peers are read, and a bad one says the form", () => {
    const { config } = good({ sets: ["samsa.advertised.by.peer=10.0.0.0/8=broker.example:9092, fd00::1=[::1]:1"] });
    expect(config.advertisedByPeer).toEqual([
      { cidr: "10.0.0.0/8", host: "broker.example", port: 9092 },
      { cidr: "fd00::1/128", host: "::1", port: 1 },
    ]);
    for (const rule of ["10.0.0.0/33=h:1", "h=h:1", "10.0.0.0/8=h", "10.0.0.0/8=h:0", "10.0.0.256/8=h:1"]) {
      expect(errorsOf({ sets: [`samsa.advertised.by.peer=${rule}`] })[0]).toContain("The form is CIDR=host:port");
    }
  });

  test("a file for one of several nodes is told that this one is alone", () => {
    const sets = ["controller.quorum.voters=1@a:9093,2@b:9093,3@c:9093"];
    expect(good({ sets }).warnings).toEqual([
      "controller.quorum.voters names 3 nodes, but this broker is a cluster of its own: several need samsa.metadata.engine=etcd",
    ]);
  });
});

describe("compose files made for other images", () => {
  const apache = {
    KAFKA_NODE_ID: "1",
    KAFKA_PROCESS_ROLES: "broker,controller",
    KAFKA_LISTENERS: "PLAINTEXT_HOST://:9092,PLAINTEXT://:19092,CONTROLLER://:29093",
    KAFKA_ADVERTISED_LISTENERS: "PLAINTEXT_HOST://localhost:9092,PLAINTEXT://broker:19092",
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,PLAINTEXT_HOST:PLAINTEXT",
    KAFKA_CONTROLLER_LISTENER_NAMES: "CONTROLLER",
    KAFKA_INTER_BROKER_LISTENER_NAME: "PLAINTEXT",
    KAFKA_CONTROLLER_QUORUM_VOTERS: "1@broker:29093",
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: "1",
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: "0",
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: "1",
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: "1",
    KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR: "1",
    KAFKA_LOG_DIRS: "/tmp/kraft-combined-logs",
    KAFKA_HEAP_OPTS: "-Xmx512m",
    CLUSTER_ID: "4L6g3nShT-eMCtK--X86sw",
  };

  test("the official image's is taken without a word", () => {
    const { config, warnings } = good({ env: apache });
    expect(warnings).toEqual([]);
    expect(config.clusterId).toBe("4L6g3nShT-eMCtK--X86sw");
    expect(config.dataFolders).toEqual(["/tmp/kraft-combined-logs"]);
    expect(config.listeners.opened.map(({ name, host, port }) => [name, host, port])).toEqual([
      ["PLAINTEXT_HOST", "", 9092],
      ["PLAINTEXT", "", 19092],
    ]);
    expect([...config.listeners.advertised]).toEqual([
      ["PLAINTEXT_HOST", { host: "localhost", port: 9092 }],
      ["PLAINTEXT", { host: "broker", port: 19092 }],
    ]);
    expect(config.listeners.interBrokerName).toBe("PLAINTEXT");
    expect(config.listeners.hostWasChosen).toBe(true);
  });

  test("bitnami's is taken too", () => {
    const { config, warnings } = good({
      env: {
        KAFKA_CFG_NODE_ID: "0",
        KAFKA_CFG_PROCESS_ROLES: "controller,broker",
        KAFKA_CFG_LISTENERS: "PLAINTEXT://:9092,CONTROLLER://:9093",
        KAFKA_CFG_LISTENER_SECURITY_PROTOCOL_MAP: "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
        KAFKA_CFG_CONTROLLER_QUORUM_VOTERS: "0@kafka:9093",
        KAFKA_CFG_CONTROLLER_LISTENER_NAMES: "CONTROLLER",
        ALLOW_PLAINTEXT_LISTENER: "yes",
      },
    });
    expect(warnings).toEqual([]);
    expect(config.nodeId).toBe(0);
  });
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { brokerConfigDefinitions } from "../properties/broker-properties.js";
import { propertyName, readEnvironment } from "./environment-variables.js";

test("one underscore is a dot, two are an underscore, three are a dash", () => {
  expect(propertyName("KAFKA_LOG_RETENTION_MS")).toBe("log.retention.ms");
  expect(propertyName("KAFKA_A__B_C___D")).toBe("a_b.c-d");
});

test("the prefix of bitnami's images is understood", () => {
  expect(propertyName("KAFKA_CFG_NODE_ID")).toBe("node.id");
});

test("every known property has a variable", () => {
  for (const name of brokerConfigDefinitions.keys()) {
    expect(propertyName(`KAFKA_${name.toUpperCase().replaceAll(".", "_")}`)).toBe(name);
  }
});

test("what is meant for the Java machine, for scripts and by Kubernetes passes in silence", () => {
  const silent = [
    "KAFKA_HEAP_OPTS",
    "KAFKA_OPTS",
    "KAFKA_JMX_PORT",
    "KAFKA_JMX_OPTS",
    "KAFKA_LOG4J_LOGGERS",
    "KAFKA_LOG4J_ROOT_LOGLEVEL",
    "KAFKA_TOOLS_LOG4J_LOGLEVEL",
    "KAFKA_HOME",
    "KAFKA_GC_LOG_OPTS",
    "KAFKA_JVM_PERFORMANCE_OPTS",
    "KAFKA_PORT",
    "KAFKA_PORT_9092_TCP_ADDR",
    "KAFKA_SERVICE_HOST",
    "KAFKA_",
    "KAFKA_CFG_",
    "PATH",
    "KAFKACTL_X",
  ];
  expect(silent.map(propertyName)).toEqual(silent.map(() => null));
});

test("the cluster id of the official images is found, and bitnami's", () => {
  expect(readEnvironment({ CLUSTER_ID: "4L6g3nShT-eMCtK--X86sw" })).toEqual({
    entries: [],
    clusterId: { text: "4L6g3nShT-eMCtK--X86sw", variable: "CLUSTER_ID" },
  });
  expect(readEnvironment({ KAFKA_KRAFT_CLUSTER_ID: "abc", CLUSTER_ID: " " }).clusterId).toEqual({
    text: "abc",
    variable: "KAFKA_KRAFT_CLUSTER_ID",
  });
  expect(readEnvironment({}).clusterId).toBeNull();
});

test("variables come in one order, however the process was given them", () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(["KAFKA_NODE_ID", "KAFKA_NUM_PARTITIONS", "KAFKA_LISTENERS"]), (names) => {
      const entries = readEnvironment(Object.fromEntries(names.map((name) => [name, "1"]))).entries;
      expect(entries.map(({ variable }) => variable)).toEqual([...names].sort());
    }),
    { seed: 3 },
  );
});

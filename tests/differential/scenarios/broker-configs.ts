/** Configuration that brokers take while they run (KIP-226), for one broker and for all of them. */
import { setTimeout as sleep } from "node:timers/promises";
import { Produce } from "../../../src/protocol/messages/00-produce.js";
import { DescribeConfigs } from "../../../src/protocol/messages/32-describe-configs.js";
import { AlterConfigs } from "../../../src/protocol/messages/33-alter-configs.js";
import { IncrementalAlterConfigs } from "../../../src/protocol/messages/44-incremental-alter-configs.js";
import { batchOf, produceTo } from "../requests.js";
import { type Connection, scenario } from "../scenario.js";

const [TOPIC, BROKER, LOGGER] = [2, 4, 8];
const [SET, DELETE, APPEND, SUBTRACT] = [0, 1, 2, 3];
/** A broker takes new metadata a moment after the controller has answered. */
const SETTLED_MS = 300;

type Change = readonly [name: string, operation: number | undefined, value: string | null];

function alter(connection: Connection, name: string, changes: readonly Change[], resourceType = BROKER) {
  const configs = changes.map(([key, operation, value]) => ({ name: key, configOperation: operation ?? 0, value }));
  const resources = [{ resourceType, resourceName: name, configs }];
  return connection.send(IncrementalAlterConfigs, 1, { resources, validateOnly: false });
}

async function describe(connection: Connection, name: string, keys: string[] | null, resourceType = BROKER) {
  await sleep(SETTLED_MS);
  await connection.send(DescribeConfigs, 4, {
    resources: [{ resourceType, resourceName: name, configurationKeys: keys }],
    includeSynonyms: true,
  });
}

export const brokerConfigs = scenario("broker-configs", async (session) => {
  const connection = await session.connect();
  const keys = ["log.segment.bytes", "log.retention.bytes", "num.io.threads", "log.cleanup.policy"];
  await alter(connection, "", [
    ["log.segment.bytes", SET, "2000000"],
    ["log.retention.bytes", SET, "5000000"],
  ]);
  await describe(connection, "1", keys);
  await describe(connection, "", keys);
  await describe(connection, "", null);
  // What is set for one broker goes before what is set for all.
  await alter(connection, "1", [["log.segment.bytes", SET, "3000000"]]);
  await describe(connection, "1", keys);
  await describe(connection, "", keys);
  await alter(connection, "", [["log.cleanup.policy", APPEND, "compact"]]);
  await describe(connection, "1", keys);
  await alter(connection, "", [["log.cleanup.policy", SUBTRACT, "delete"]]);
  await describe(connection, "1", keys);
  await alter(connection, "1", [["log.segment.bytes", DELETE, null]]);
  await describe(connection, "1", keys);
  await alter(
    connection,
    "",
    ["log.segment.bytes", "log.retention.bytes", "log.cleanup.policy"].map((name) => [name, DELETE, null] as const),
  );
  await describe(connection, "1", keys);
  await describe(connection, "", null);
});

export const brokerConfigsOfTopics = scenario("broker-configs-of-topics", async (session) => {
  await session.topic("inherits", 1);
  await session.topic("has-its-own", 1, { "segment.bytes": "4000000", "max.message.bytes": "2000000" });
  const connection = await session.connect();
  const keys = ["segment.bytes", "max.message.bytes", "retention.ms", "message.timestamp.type"];
  await alter(connection, "", [
    ["log.segment.bytes", SET, "2000000"],
    ["message.max.bytes", SET, "1000"],
    ["log.message.timestamp.type", SET, "LogAppendTime"],
  ]);
  await describe(connection, "inherits", keys, TOPIC);
  await describe(connection, "has-its-own", keys, TOPIC);
  const large = batchOf(["x".repeat(2000)]);
  await connection.send(Produce, 9, produceTo("inherits", large));
  await connection.send(Produce, 9, produceTo("has-its-own", large));
  await connection.send(Produce, 9, produceTo("inherits", batchOf(["small"])));
  await alter(connection, "1", [["message.max.bytes", SET, "5000"]]);
  await describe(connection, "inherits", keys, TOPIC);
  await connection.send(Produce, 9, produceTo("inherits", large));
  await alter(connection, "1", [["message.max.bytes", DELETE, null]]);
  await describe(connection, "inherits", keys, TOPIC);
  await alter(
    connection,
    "",
    ["log.segment.bytes", "message.max.bytes", "log.message.timestamp.type"].map(
      (name) => [name, DELETE, null] as const,
    ),
  );
  await describe(connection, "inherits", keys, TOPIC);
  await connection.send(Produce, 9, produceTo("inherits", large));
});

export const brokerConfigErrors = scenario("broker-config-errors", async (session) => {
  const connection = await session.connect();
  const set = (name: string, property: string, value: string | null) =>
    alter(connection, name, [[property, SET, value]]);
  for (const name of ["1", ""]) {
    await set(name, "no.such.config", "1");
    await set(name, "node.id", "5");
    await set(name, "log.segment.bytes", "many");
    await set(name, "log.segment.bytes", "1");
    await set(name, "log.segment.bytes", null);
    await set(name, "log.cleanup.policy", "shrink");
    await set(name, "log.retention.hours", "5");
    await set(name, "ssl.keystore.location", "/nowhere");
    await alter(connection, name, [["log.segment.bytes", APPEND, "1"]]);
    await alter(connection, name, [["log.segment.bytes", SUBTRACT, "1"]]);
    await alter(connection, name, [["no.such.config", DELETE, null]]);
    await alter(connection, name, [["node.id", DELETE, null]]);
    await alter(connection, name, []);
    await alter(connection, name, [
      ["log.segment.bytes", SET, "2000000"],
      ["node.id", SET, "7"],
    ]);
    await set(name, "num.io.threads", "100");
    await set(name, "num.io.threads", "0");
    await set(name, "log.retention.ms", "0");
    await set(name, "min.insync.replicas", "0");
    await set(name, "message.timestamp.type", "CreateTime");
    await set(name, "background.threads", "-1");
    await set(name, "max.connections.per.ip", "0");
    await set(name, "max.connections.per.ip.overrides", "nonsense");
    await set(name, "log.cleaner.threads", "0");
    await set(name, "log.message.timestamp.after.max.ms", "-1");
  }
  for (const name of ["9", "-1", "one", "1.5", " 1"]) await set(name, "log.segment.bytes", "2000000");
  await describe(connection, "", null);
});

export const alterBrokerConfigs = scenario("alter-broker-configs", async (session) => {
  const connection = await session.connect();
  const keys = ["log.segment.bytes", "log.retention.bytes"];
  const replace = async (version: number, given: { name: string; value: string | null }[], name = "") => {
    // Apache Kafka wrote it down for the whole cluster, and insists on it.
    const configs = name === "" ? [...given, { name: "min.insync.replicas", value: "1" }] : given;
    const resources = [{ resourceType: BROKER, resourceName: name, configs }];
    await connection.send(AlterConfigs, version, { resources, validateOnly: false });
    await describe(connection, "1", keys);
  };
  await replace(0, [{ name: "log.segment.bytes", value: "2000000" }]);
  await replace(1, [{ name: "log.retention.bytes", value: "5000000" }]);
  await replace(2, [{ name: "node.id", value: "5" }]);
  await replace(2, [{ name: "log.segment.bytes", value: null }]);
  await replace(2, [{ name: "no.such.config", value: "1" }], "1");
  await replace(2, [{ name: "log.segment.bytes", value: "1" }], "1");
  await replace(2, [{ name: "log.segment.bytes", value: "2500000" }], "9");
  await replace(2, [{ name: "log.segment.bytes", value: "2500000" }], "1");
  await replace(2, [], "1");
  await replace(2, []);
});

export const brokerLoggers = scenario("broker-loggers", async (session) => {
  const connection = await session.connect();
  for (const name of ["", "7", "one"]) await describe(connection, name, null, LOGGER);
  await describe(connection, "1", ["root"], LOGGER);
  await describe(connection, "1", ["no.such.logger"], LOGGER);
  const set = (logger: string, operation: number, level: string | null, name = "1") =>
    alter(connection, name, [[logger, operation, level]], LOGGER);
  await set("no.such.logger", SET, "DEBUG");
  await set("root", SET, "LOUD");
  await set("root", APPEND, "DEBUG");
  await set("root", SUBTRACT, "DEBUG");
  await set("root", DELETE, null);
  await set("root", SET, "error");
  await set("root", SET, "ERROR");
  await describe(connection, "1", ["root"], LOGGER);
  await set("root", SET, "WARN");
  await set("root", SET, "INFO", "7");
  await set("root", SET, "INFO", "");
  await set("root", SET, "INFO", "one");
});

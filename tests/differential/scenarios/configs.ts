import { DescribeConfigs } from "../../../src/protocol/messages/32-describe-configs.js";
import { AlterConfigs } from "../../../src/protocol/messages/33-alter-configs.js";
import { IncrementalAlterConfigs } from "../../../src/protocol/messages/44-incremental-alter-configs.js";
import { type Connection, scenario } from "../scenario.js";

const [TOPIC, BROKER] = [2, 4];
const [SET, DELETE, APPEND, SUBTRACT] = [0, 1, 2, 3];

function describe(connection: Connection, version: number, name: string, keys: string[] | null, resourceType = TOPIC) {
  return connection.send(DescribeConfigs, version, {
    resources: [{ resourceType, resourceName: name, configurationKeys: keys }],
    ...(version >= 1 ? { includeSynonyms: true } : {}),
  });
}

export const describeConfigs = scenario("describe-configs", async (session) => {
  await session.topic("described", 1, { "retention.ms": "3600000", "cleanup.policy": "compact,delete" });
  const connection = await session.connect();
  const keys = ["retention.ms", "cleanup.policy", "max.message.bytes", "no.such.config"];
  for (let version = 1; version <= 4; version += 1) await describe(connection, version, "described", keys);
  await describe(connection, 4, "described", []);
  await describe(connection, 4, "described-unknown", null);
  await describe(connection, 4, "with space", null);
  await describe(connection, 4, "", null);
  await describe(connection, 4, "1", ["auto.create.topics.enable", "log.retention.hours", "node.id"], BROKER);
  await describe(connection, 4, "", ["log.retention.ms"], BROKER);
  await describe(connection, 4, "7", ["log.retention.ms"], BROKER);
  await describe(connection, 4, "one", ["log.retention.ms"], BROKER);
  await describe(connection, 4, "described", null, 9);
});

export const describeAllTopicConfigs = scenario("describe-all-topic-configs", async (session) => {
  await session.topic("described-whole");
  const connection = await session.connect();
  await describe(connection, 4, "described-whole", null);
});

export const incrementalAlterConfigs = scenario("incremental-alter-configs", async (session) => {
  await session.topic("altered");
  const connection = await session.connect();
  const keys = ["retention.ms", "cleanup.policy", "segment.bytes"];
  const alter = (
    version: number,
    changes: [string, number, string | null][],
    resource: { name?: string; type?: number; validateOnly?: boolean } = {},
  ) => {
    const configs = changes.map(([name, configOperation, value]) => ({ name, configOperation, value }));
    const resources = [{ resourceType: resource.type ?? TOPIC, resourceName: resource.name ?? "altered", configs }];
    return connection.send(IncrementalAlterConfigs, version, {
      resources,
      validateOnly: resource.validateOnly ?? false,
    });
  };
  const settled = async () => {
    await new Promise((resolve) => setTimeout(resolve, 200));
    await describe(connection, 4, "altered", keys);
  };
  await alter(0, [["retention.ms", SET, "1000000"]]);
  await settled();
  await alter(1, [["cleanup.policy", APPEND, "compact"]]);
  await settled();
  await alter(1, [["cleanup.policy", SUBTRACT, "delete"]]);
  await settled();
  await alter(1, [["retention.ms", DELETE, null]]);
  await settled();
  await alter(1, [["segment.bytes", SET, "2000000"]], { validateOnly: true });
  await settled();
  await alter(1, [["no.such.config", SET, "1"]]);
  await alter(1, [["retention.ms", SET, "soon"]]);
  await alter(1, [["retention.ms", SET, null]]);
  await alter(1, [["retention.ms", APPEND, "1"]]);
  await alter(1, [["segment.bytes", SET, "1"]]);
  await alter(1, [["retention.ms", 9, "1"]]);
  await alter(1, [
    ["retention.ms", SET, "1"],
    ["retention.ms", SET, "2"],
  ]);
  await alter(1, [["retention.ms", SET, "1"]], { name: "altered-unknown" });
  await alter(1, [["retention.ms", SET, "1"]], { name: "" });
  await alter(1, [["retention.ms", SET, "1"]], { type: 9 });
  await alter(1, [["node.id", SET, "5"]], { type: BROKER, name: "1" });
  await alter(1, [["log.retention.ms", SET, "1000000"]], { type: BROKER, name: "9" });
  await alter(1, []);
  await settled();
});

export const alterConfigs = scenario("alter-configs", async (session) => {
  await session.topic("reset", 1, { "retention.ms": "3600000", "segment.bytes": "2000000" });
  const connection = await session.connect();
  const alter = (version: number, name: string, configs: { name: string; value: string | null }[]) =>
    connection.send(AlterConfigs, version, {
      resources: [{ resourceType: TOPIC, resourceName: name, configs }],
      validateOnly: false,
    });
  // What is not named goes back to its default.
  for (const version of [0, 1, 2]) {
    await alter(version, "reset", [{ name: "retention.ms", value: String(1000 + version) }]);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await describe(connection, 4, "reset", ["retention.ms", "segment.bytes"]);
  }
  await alter(2, "reset", [{ name: "retention.ms", value: null }]);
  await alter(2, "reset", [{ name: "no.such.config", value: "1" }]);
  await alter(2, "reset-unknown", [{ name: "retention.ms", value: "1" }]);
  await alter(2, "reset", []);
  await new Promise((resolve) => setTimeout(resolve, 200));
  await describe(connection, 4, "reset", ["retention.ms", "segment.bytes"]);
});

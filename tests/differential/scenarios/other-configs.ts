/** Configuration of groups (KIP-848) and of the metrics that clients send (KIP-714), and the list of what has any. */
import { setTimeout as sleep } from "node:timers/promises";
import { DescribeConfigs } from "../../../src/protocol/messages/32-describe-configs.js";
import { AlterConfigs } from "../../../src/protocol/messages/33-alter-configs.js";
import { IncrementalAlterConfigs } from "../../../src/protocol/messages/44-incremental-alter-configs.js";
import { ListConfigResources } from "../../../src/protocol/messages/74-list-config-resources.js";
import { type Connection, scenario } from "../scenario.js";

const [TOPIC, BROKER, LOGGER, METRICS, GROUP] = [2, 4, 8, 16, 32];
const [SET, DELETE, APPEND, SUBTRACT] = [0, 1, 2, 3];
/** A broker takes new metadata a moment after the controller has answered. */
const SETTLED_MS = 300;

type Change = readonly [name: string, operation: number | undefined, value: string | null];

function alter(connection: Connection, resourceType: number, name: string, ...changes: Change[]) {
  const configs = changes.map(([key, operation, value]) => ({ name: key, configOperation: operation ?? 0, value }));
  const resources = [{ resourceType, resourceName: name, configs }];
  return connection.send(IncrementalAlterConfigs, 1, { resources, validateOnly: false });
}

async function describe(connection: Connection, resourceType: number, name: string, keys: string[] | null = null) {
  await sleep(SETTLED_MS);
  const resources = [{ resourceType, resourceName: name, configurationKeys: keys }];
  await connection.send(DescribeConfigs, 4, { resources, includeSynonyms: true });
}

export const groupConfigs = scenario("group-configs", async (session) => {
  const connection = await session.connect();
  const change = (...changes: Change[]) => alter(connection, GROUP, "configured", ...changes);
  const keys = ["consumer.session.timeout.ms", "consumer.heartbeat.interval.ms", "share.auto.offset.reset"];
  await describe(connection, GROUP, "configured", keys);
  await change(["consumer.session.timeout.ms", SET, "50000"], ["consumer.heartbeat.interval.ms", SET, "6000"]);
  await describe(connection, GROUP, "configured", keys);
  await change(["consumer.session.timeout.ms", SET, "1"]);
  await change(["consumer.session.timeout.ms", SET, "999999999"]);
  await change(["consumer.heartbeat.interval.ms", SET, "soon"]);
  await change(["consumer.heartbeat.interval.ms", SET, "15000"], ["consumer.session.timeout.ms", SET, "45000"]);
  await change(["no.such.config", SET, "1"]);
  await change(["consumer.session.timeout.ms", APPEND, "1"]);
  await change(["share.auto.offset.reset", SET, "sometimes"]);
  await change(["share.auto.offset.reset", SET, "earliest"]);
  await alter(connection, GROUP, "", ["consumer.session.timeout.ms", SET, "50000"]);
  await describe(connection, GROUP, "configured", keys);
  for (const version of [0, 1, 2]) {
    const configs = [{ name: "consumer.session.timeout.ms", value: "48000" }];
    const resources = [{ resourceType: GROUP, resourceName: "configured", configs }];
    await connection.send(AlterConfigs, version, { resources, validateOnly: version === 1 });
    await describe(connection, GROUP, "configured", keys);
  }
  await change(["consumer.session.timeout.ms", DELETE, null]);
  await describe(connection, GROUP, "configured", keys);
});

export const clientMetricsConfigs = scenario("client-metrics-configs", async (session) => {
  const connection = await session.connect();
  const change = (...changes: Change[]) => alter(connection, METRICS, "subscribed", ...changes);
  await describe(connection, METRICS, "subscribed");
  await change(["metrics", SET, "org.apache.kafka.producer."], ["interval.ms", SET, "5000"]);
  await describe(connection, METRICS, "subscribed");
  await change(["metrics", APPEND, "org.apache.kafka.consumer."]);
  await change(["match", SET, "client_id=abc.*,client_software_version=3.*"]);
  await describe(connection, METRICS, "subscribed");
  await describe(connection, METRICS, "subscribed", ["match"]);
  await change(["metrics", SUBTRACT, "org.apache.kafka.producer."]);
  await change(["interval.ms", SET, "99"]);
  await change(["interval.ms", SET, "3600001"]);
  await change(["interval.ms", SET, "often"]);
  await change(["match", SET, "colour=blue"]);
  await change(["match", SET, "client_id=["]);
  await change(["match", SET, "client_id"]);
  await change(["match", SET, ""]);
  await change(["metrics", SET, ""]);
  await change(["metrics", SET, "*"]);
  await change(["no.such.config", SET, "1"]);
  await change(["interval.ms", APPEND, "1"]);
  await alter(connection, METRICS, "", ["interval.ms", SET, "5000"]);
  await describe(connection, METRICS, "");
  await describe(connection, METRICS, "subscribed");
  await change(["metrics", DELETE, null], ["interval.ms", DELETE, null], ["match", DELETE, null]);
  await describe(connection, METRICS, "subscribed");
});

export const listConfigResources = scenario("list-config-resources", async (session) => {
  await session.topic("listed-topic");
  const connection = await session.connect();
  await alter(connection, METRICS, "listed-metrics", ["interval.ms", SET, "5000"]);
  await alter(connection, GROUP, "listed-group", ["consumer.session.timeout.ms", SET, "50000"]);
  await sleep(SETTLED_MS);
  await connection.send(ListConfigResources, 0, { resourceTypes: [] });
  for (const types of [[METRICS], [GROUP], [BROKER], [LOGGER], [METRICS, GROUP], [9], [METRICS, 9], [GROUP, GROUP]]) {
    await connection.send(ListConfigResources, 1, { resourceTypes: types });
  }
  // The other topics of the run are on both brokers, but not the internal ones.
  const answer = await connection.send(ListConfigResources, 1, { resourceTypes: [GROUP, METRICS, BROKER, LOGGER] });
  if (!answer.configResources.some(({ resourceName }) => resourceName === "listed-group")) throw new Error("no group");
  await alter(connection, METRICS, "listed-metrics", ["interval.ms", DELETE, null]);
  await alter(connection, GROUP, "listed-group", ["consumer.session.timeout.ms", DELETE, null]);
  await alter(connection, TOPIC, "listed-topic", ["retention.ms", SET, "1000000"]);
});

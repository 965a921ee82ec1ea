/** Configuration of one broker that is asked of another, and of all of them. */
import { DescribeConfigs } from "../../../../src/protocol/messages/32-describe-configs.js";
import { AlterConfigs } from "../../../../src/protocol/messages/33-alter-configs.js";
import { IncrementalAlterConfigs } from "../../../../src/protocol/messages/44-incremental-alter-configs.js";
import { ListConfigResources } from "../../../../src/protocol/messages/74-list-config-resources.js";
import { type ClusterSession, story } from "../story.js";

const [TOPIC, BROKER, BROKER_LOGGER] = [2, 4, 8];
const [SET, DELETE, APPEND] = [0, 1, 2];

interface Alteration {
  readonly whom: number;
  readonly resource: string;
  readonly name: string;
  readonly value: string | null;
  readonly operation?: number;
  readonly type?: number;
  readonly validateOnly?: boolean;
}

function alter(cluster: ClusterSession, { whom, resource, name, value, ...more }: Alteration, version = 1) {
  const { operation = SET, type = BROKER, validateOnly = false } = more;
  return cluster.ask(whom, IncrementalAlterConfigs, version, {
    resources: [{ resourceType: type, resourceName: resource, configs: [{ name, configOperation: operation, value }] }],
    validateOnly,
  });
}

function describe(cluster: ClusterSession, whom: number, resourceName: string, ...configurationKeys: string[]) {
  const resources = [{ resourceType: BROKER, resourceName, configurationKeys }];
  return cluster.ask(whom, DescribeConfigs, 4, { resources, includeSynonyms: true });
}

export const configsOfOtherBrokers = story("configs-of-other-brokers", async (cluster) => {
  const names = ["log.cleaner.threads", "log.retention.ms", "broker.rack", "node.id", "message.max.bytes"];
  for (const whom of [1, 2, 3]) {
    for (const resource of ["", "1", "2", "3", "4", "-1", "x"]) await describe(cluster, whom, resource, ...names);
  }
  for (const version of [1, 2, 3, 4]) {
    const resources = [{ resourceType: BROKER, resourceName: "2", configurationKeys: ["broker.rack"] }];
    await cluster.ask(2, DescribeConfigs, version, { resources });
    await cluster.ask(1, DescribeConfigs, version, { resources });
  }
  const set = { name: "log.cleaner.threads", value: "2" };
  for (const whom of [1, 2, 3]) {
    for (const resource of ["", "1", "2", "4", "-1", "x"]) {
      await alter(cluster, { whom, resource, ...set, validateOnly: true });
    }
  }
  for (const version of [0, 1]) await alter(cluster, { whom: 3, resource: "2", ...set }, version);
  await alter(cluster, { whom: 1, resource: "2", name: "broker.rack", value: "elsewhere" });
  await alter(cluster, { whom: 1, resource: "2", name: "no.such.property", value: "1" });
  await alter(cluster, { whom: 1, resource: "2", name: "log.cleaner.threads", value: "many" });
  await alter(cluster, { whom: 2, resource: "", name: "message.max.bytes", value: "900000" });
  const isSeen = (value: string) => (answer: { readonly results: readonly Described[] }) =>
    answer.results[0]?.configs[0]?.value === value;
  for (const whom of [1, 2, 3]) {
    const asked = [{ resourceType: BROKER, resourceName: String(whom), configurationKeys: ["message.max.bytes"] }];
    await cluster.silently(whom, DescribeConfigs, 4, { resources: asked }, isSeen("900000"));
    await describe(cluster, whom, "", "message.max.bytes", "log.cleaner.threads");
    await describe(cluster, whom, String(whom), "message.max.bytes", "log.cleaner.threads");
  }
  await cluster.topic("configured", [[3, 1]]);
  const topics = [{ resourceType: TOPIC, resourceName: "configured", configurationKeys: ["max.message.bytes"] }];
  for (const whom of [1, 2]) {
    await cluster.ask(whom, DescribeConfigs, 4, { resources: topics, includeSynonyms: true });
  }
  await alter(cluster, { whom: 1, resource: "", name: "message.max.bytes", value: null, operation: DELETE });
  await alter(cluster, { whom: 1, resource: "2", name: "log.cleaner.threads", value: null, operation: DELETE });
  await alter(cluster, { whom: 1, resource: "2", name: "log.cleanup.policy", value: "compact", operation: APPEND });
  await alter(cluster, { whom: 1, resource: "2", name: "log.cleanup.policy", value: null, operation: DELETE });
  const resources = [
    { resourceType: BROKER, resourceName: "2", configs: [{ name: "log.cleaner.threads", value: "1" }] },
  ];
  for (const version of [0, 2]) await cluster.ask(1, AlterConfigs, version, { resources, validateOnly: false });
  const nothing = [{ resourceType: BROKER, resourceName: "2", configs: [] }];
  await cluster.ask(3, AlterConfigs, 2, { resources: nothing, validateOnly: false });
  for (const whom of [1, 3]) await cluster.ask(whom, ListConfigResources, 1, { resourceTypes: [BROKER] });
  await describe(cluster, 2, "2", "log.cleaner.threads", "log.cleanup.policy");
});

interface Described {
  readonly configs: readonly { readonly value: string | null }[];
}

export const loggersOfOtherBrokers = story("loggers-of-other-brokers", async (cluster) => {
  const logger = { name: "kafka.no.such.Logger", value: "DEBUG", type: BROKER_LOGGER };
  for (const resource of ["", "1", "4", "x"]) {
    await alter(cluster, { whom: 2, resource, ...logger });
    await cluster.ask(2, DescribeConfigs, 4, {
      resources: [{ resourceType: BROKER_LOGGER, resourceName: resource, configurationKeys: ["no.such"] }],
    });
  }
});

export const configsOfStoppedBrokers = story("configs-of-stopped-brokers", async (cluster) => {
  await cluster.turn("broker 3 stops");
  for (const whom of [1, 2]) {
    await describe(cluster, whom, "3", "log.cleaner.threads");
    await alter(cluster, { whom, resource: "3", name: "log.cleaner.threads", value: "2" });
  }
  await cluster.turn("both return");
  await describe(cluster, 3, "3", "log.cleaner.threads");
  await alter(cluster, { whom: 1, resource: "3", name: "log.cleaner.threads", value: null, operation: DELETE });
});

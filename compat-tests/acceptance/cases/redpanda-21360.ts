import { DescribeConfigs } from "../../../src/protocol/messages/32-describe-configs.js";
import { AlterConfigs } from "../../../src/protocol/messages/33-alter-configs.js";
import { IncrementalAlterConfigs } from "../../../src/protocol/messages/44-incremental-alter-configs.js";
import { acceptanceCase } from "../case.js";
import { createTopic, eventually, expectError, expectThat } from "../steps.js";

const TOPIC = 2;
const DYNAMIC_TOPIC_CONFIG = 1;
const SET = 0;
const DELETE = 1;

export const redpanda21360 = acceptanceCase({
  id: "redpanda-21360",
  origin: "https://github.com/redpanda-data/redpanda/issues/21360",
  title: "A setting whose value is the inherited one is still the topic's own",
  steps: `
    Of a topic without settings, cleanup.policy and retention.bytes are set to the very values that it inherits: by
    IncrementalAlterConfigs, by AlterConfigs, and, of a second topic, when it is created. DescribeConfigs then gives
    the topic as their source, so that they stay when the broker's default changes. Deleted, they are inherited again.`,
  run: async (broker) => {
    const topic = await createTopic(broker);
    const connection = await broker.connect();
    const names = ["cleanup.policy", "retention.bytes"];
    const describe = async (of: string) => {
      const resources = [{ resourceType: TOPIC, resourceName: of, configurationKeys: names }];
      const { results } = await connection.request(DescribeConfigs, 4, { resources });
      expectError("DescribeConfigs", results[0]?.errorCode, "NONE");
      return results[0]?.configs ?? [];
    };
    const inherited = await describe(topic);
    const becomesOwn = (of: string, isOwn: boolean, how: string) =>
      eventually(
        `the source is ${isOwn ? "" : "not "}the topic, ${how}`,
        async () =>
          (await describe(of)).every(({ configSource, name, value }) => {
            const before = inherited.find((one) => one.name === name)?.value;
            expectThat(value === before, `${name} is ${value}, not ${before}, ${how}`);
            return (configSource === DYNAMIC_TOPIC_CONFIG) === isOwn;
          }),
        5_000,
      );
    const values = inherited.map(({ name, value }) => ({ name, value }));
    expectThat(values.length === names.length, `DescribeConfigs gave ${values.length} of ${names.length} settings`);
    const change = async (configOperation: number) => {
      const configs = values.map((entry) => ({ ...entry, configOperation }));
      const resources = [{ resourceType: TOPIC, resourceName: topic, configs }];
      const { responses } = await connection.request(IncrementalAlterConfigs, 1, { resources, validateOnly: false });
      expectError("IncrementalAlterConfigs", responses[0]?.errorCode, "NONE");
    };
    await becomesOwn(topic, false, "before anything is set");
    await change(SET);
    await becomesOwn(topic, true, "set by IncrementalAlterConfigs");
    await change(DELETE);
    await becomesOwn(topic, false, "deleted again");
    const resources = [{ resourceType: TOPIC, resourceName: topic, configs: values }];
    const { responses } = await connection.request(AlterConfigs, 1, { resources, validateOnly: false });
    expectError("AlterConfigs", responses[0]?.errorCode, "NONE");
    await becomesOwn(topic, true, "set by AlterConfigs");
    const configs = Object.fromEntries(values.map(({ name, value }) => [name, value ?? ""]));
    await becomesOwn(await createTopic(broker, { suffix: "created", configs }), true, "set by CreateTopics");
  },
});

import { DescribeConfigs } from "../../../src/protocol/messages/32-describe-configs.js";
import { AlterConfigs } from "../../../src/protocol/messages/33-alter-configs.js";
import { acceptanceCase } from "../case.js";
import { createTopic, eventually, expectError, expectSame } from "../steps.js";

const TOPIC = 2;
const DYNAMIC_TOPIC_CONFIG = 1;

export const redpanda18669 = acceptanceCase({
  id: "redpanda-18669",
  origin: "https://github.com/redpanda-data/redpanda/issues/18669",
  title: "AlterConfigs takes back every setting of the topic that it does not name",
  steps: `
    A topic is created with compression.type=gzip, flush.ms=100 and max.message.bytes=65536. AlterConfigs, the old
    call that replaces all, names only compression.type: the other two have the broker's value again, and a source
    that says that it is inherited. AlterConfigs that names nothing takes the last one back as well. One that only
    validates changes nothing.`,
  run: async (broker) => {
    const inherited = await createTopic(broker, { suffix: "inherits" });
    const configs = { "compression.type": "gzip", "flush.ms": "100", "max.message.bytes": "65536" };
    const topic = await createTopic(broker, { configs });
    const connection = await broker.connect();
    const describe = async (of: string) => {
      const resources = [{ resourceType: TOPIC, resourceName: of, configurationKeys: Object.keys(configs) }];
      const { results } = await connection.request(DescribeConfigs, 4, { resources });
      expectError("DescribeConfigs", results[0]?.errorCode, "NONE");
      const described = [...(results[0]?.configs ?? [])].sort((one, other) => (one.name < other.name ? -1 : 1));
      return described.map(({ name, value, configSource }) => `${name}=${value} by ${configSource}`);
    };
    const alter = async (named: Readonly<Record<string, string>>, validateOnly = false) => {
      const entries = Object.entries(named).map(([name, value]) => ({ name, value }));
      const resources = [{ resourceType: TOPIC, resourceName: topic, configs: entries }];
      const { responses } = await connection.request(AlterConfigs, 1, { resources, validateOnly });
      expectError("AlterConfigs", responses[0]?.errorCode, "NONE");
    };
    const [compression = "", flush = "", size = ""] = await describe(inherited);
    const own = (text: string) => `${text} by ${DYNAMIC_TOPIC_CONFIG}`;
    const gzip = own("compression.type=gzip");
    const becomes = async (expected: readonly string[]) => {
      // A broker may learn of it a little after the controller has answered.
      let seen = await describe(topic);
      const isSo = async () => {
        seen = await describe(topic);
        return JSON.stringify(seen) === JSON.stringify(expected);
      };
      await eventually("the configs of the topic", isSo, 3_000).catch(() => expectSame("the configs", seen, expected));
    };
    await becomes([gzip, own("flush.ms=100"), own("max.message.bytes=65536")]);
    await alter({ "compression.type": "gzip" }, true);
    await becomes([gzip, own("flush.ms=100"), own("max.message.bytes=65536")]);
    await alter({ "compression.type": "gzip" });
    await becomes([gzip, flush, size]);
    await alter({});
    await becomes([compression, flush, size]);
  },
});

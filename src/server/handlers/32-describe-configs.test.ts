import { describe, expect, test } from "vitest";
import { configWith } from "../../config/config.test-data.js";
import { configKey, configResource, type MetadataImage } from "../../metadata/image/image.js";
import { errors } from "../../protocol/errors.js";
import { DescribeConfigs } from "../../protocol/messages/32-describe-configs.js";
import { ask, imageWith } from "../ask.test-data.js";
import { describeConfigs } from "./32-describe-configs.js";

const image: MetadataImage = {
  ...imageWith({ orders: 1 }),
  configs: new Map([[configKey(configResource.topic, "orders"), new Map([["cleanup.policy", "compact"]])]]),
};

const source = { topic: 1, static: 4, default: 5 } as const;

describe("DescribeConfigs", () => {
  test("a value of the topic's own comes before the broker's, which the synonyms show", async () => {
    const [orders] = await askFor([{ type: configResource.topic, name: "orders", keys: ["cleanup.policy"] }]);
    expect(orders?.configs).toEqual([
      expect.objectContaining({
        name: "cleanup.policy",
        value: "compact",
        configSource: source.topic,
        configType: 7,
        readOnly: false,
        synonyms: [
          { name: "cleanup.policy", value: "compact", source: source.topic },
          { name: "log.cleanup.policy", value: "delete", source: source.default },
        ],
      }),
    ]);
  });

  test("what was written for the broker is told from what is its default", async () => {
    const keys = ["num.partitions", "message.max.bytes"];
    const [one] = await askFor([{ type: configResource.broker, name: "1", keys }], ["num.partitions=7"]);
    const values = one?.configs.map(({ name, value, configSource, readOnly }) => [name, value, configSource, readOnly]);
    expect(values).toEqual([
      ["message.max.bytes", "1048588", source.default, false],
      ["num.partitions", "7", source.static, true],
    ]);
  });

  test("an empty list of keys asks for all, as null does", async () => {
    const [all, none] = await askFor([
      { type: configResource.topic, name: "orders", keys: null },
      { type: configResource.topic, name: "orders", keys: [] },
    ]);
    expect(all?.configs.length).toBeGreaterThan(20);
    expect(none?.configs).toEqual(all?.configs);
  });

  test("a request that asks for more than one answer can hold gets what fits, and is told so of the rest", async () => {
    const one = { type: configResource.broker, name: "1", keys: ["num.partitions"] };
    const results = await askFor(Array.from({ length: 10_000 }, () => one));
    const described = results.filter(({ errorCode }) => errorCode === errors.NONE.code).length;
    expect(described).toBeGreaterThan(1_000);
    expect(described).toBeLessThan(5_000);
    expect(results.at(-1)).toMatchObject({ errorCode: errors.INVALID_REQUEST.code, configs: [] });
  });

  test("documentation comes only to those who ask for it", async () => {
    const resources = [{ type: configResource.topic, name: "orders", keys: ["retention.ms"] }];
    const [without] = await askFor(resources);
    const [along] = await askFor(resources, [], { includeDocumentation: true });
    expect(without?.configs[0]?.documentation).toBeNull();
    expect(along?.configs[0]?.documentation).not.toBe("");
  });

  test("each resource that cannot be described has its own error", async () => {
    const results = await askFor(
      [
        { type: configResource.topic, name: "nowhere", keys: null },
        { type: configResource.topic, name: "no such", keys: null },
        { type: configResource.topic, name: "hidden", keys: null },
        { type: configResource.broker, name: "2", keys: null },
        { type: configResource.broker, name: "one", keys: null },
        { type: configResource.group, name: "", keys: null },
      ],
      [],
      { forbidden: ["Topic:hidden"] },
    );
    expect(results.map(({ errorCode }) => errorCode)).toEqual([
      errors.UNKNOWN_TOPIC_OR_PARTITION.code,
      errors.INVALID_TOPIC_EXCEPTION.code,
      errors.TOPIC_AUTHORIZATION_FAILED.code,
      errors.INVALID_REQUEST.code,
      errors.INVALID_REQUEST.code,
      errors.INVALID_REQUEST.code,
    ]);
  });

  test("a type that nobody knows spoils the whole request", async () => {
    const results = await askFor([
      { type: configResource.topic, name: "orders", keys: null },
      { type: 3, name: "orders", keys: null },
    ]);
    expect(results.map(({ errorCode }) => errorCode)).toEqual([
      errors.INVALID_REQUEST.code,
      errors.INVALID_REQUEST.code,
    ]);
  });
});

async function askFor(
  resources: readonly { readonly type: number; readonly name: string; readonly keys: readonly string[] | null }[],
  sets: readonly string[] = [],
  { includeDocumentation = false, forbidden = [] as readonly string[] } = {},
) {
  const config = configWith(...sets);
  const caller = { broker: { nodeId: 1, config }, image, forbidden };
  const request = {
    resources: resources.map(({ type, name, keys }) => ({
      resourceType: type,
      resourceName: name,
      configurationKeys: keys,
    })),
    includeSynonyms: true,
    includeDocumentation,
  };
  const { results } = await ask(describeConfigs, DescribeConfigs, 4, request, caller);
  return results;
}

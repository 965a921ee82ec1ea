import { describe, expect, test } from "vitest";
import { configKey, configResource } from "../../../metadata/image/image.js";
import { errorName } from "../../../protocol/errors.js";
import { controllerOn, type TestController } from "../controller.test-support.js";

const { topic, broker, group, clientMetrics } = configResource;
const [SET, DELETE, APPEND, SUBTRACT] = [0, 1, 2, 3];

async function withTopic() {
  const controller = await controllerOn();
  await controller.serve(1);
  await controller.create("t");
  return controller;
}

function settings({ image }: TestController, type: number, name: string) {
  return Object.fromEntries(image.configs.get(configKey(type, name)) ?? []);
}

type Operation = [name: string, configOperation: number | undefined, value: string | null];

async function change(controller: TestController, type: number, name: string, ...operations: Operation[]) {
  const configs = operations.map(([key, operation = SET, value]) => ({
    name: key,
    configOperation: operation ?? 0,
    value,
  }));
  const resources = [{ resourceType: type, resourceName: name, configs }];
  const answer = await controller.call("incrementalAlterConfigs", { resources, validateOnly: false });
  return failures(answer.responses)[0];
}

function failures(responses: readonly { errorCode: number; errorMessage?: string | null | undefined }[]) {
  return responses.map(({ errorCode, errorMessage }) => `${errorName(errorCode)}: ${errorMessage}`);
}

describe("IncrementalAlterConfigs", () => {
  test("sets, deletes, appends and subtracts", async () => {
    const controller = await withTopic();
    await change(controller, topic, "t", ["retention.ms", SET, "5"], ["cleanup.policy", APPEND, "compact"]);
    expect(settings(controller, topic, "t")).toEqual({ "retention.ms": "5", "cleanup.policy": "delete,compact" });
    await change(controller, topic, "t", ["retention.ms", DELETE, null], ["cleanup.policy", SUBTRACT, "delete"]);
    expect(settings(controller, topic, "t")).toEqual({ "cleanup.policy": "compact" });
  });

  test("a list that grows longer than a record can say is refused, and the controller goes on", async () => {
    const controller = await withTopic();
    const append = (letter: string) =>
      change(controller, topic, "t", ["cleanup.policy", APPEND, letter.repeat(20_000)]);
    expect(await append("a")).toBe("NONE: null");
    expect(await append("b")).toBe(
      "INVALID_CONFIG: The configuration value cannot be added because it exceeds the maximum value size of 32767 bytes.",
    );
    expect(settings(controller, topic, "t")["cleanup.policy"]).toHaveLength("delete,".length + 20_000);
  });

  test("what changes nothing is not written, unless it makes a broker look again", async () => {
    const controller = await withTopic();
    await change(controller, topic, "t", ["retention.ms", SET, "5"]);
    const before = controller.log.endOffset;
    await change(controller, topic, "t", ["retention.ms", SET, "5"], ["segment.bytes", DELETE, null]);
    expect(controller.log.endOffset).toBe(before);
    await change(controller, broker, "", ["retention.ms", SET, "5"]);
    await change(controller, broker, "", ["retention.ms", SET, "5"]);
    expect(controller.log.endOffset).toBe(before + 2);
  });

  test("groups, client metrics and brokers are configured as well; only brokers must exist", async () => {
    const controller = await withTopic();
    for (const [type, name] of [
      [group, "g"],
      [clientMetrics, "m"],
      [broker, "1"],
      [broker, ""],
    ] as const) {
      expect(await change(controller, type, name, ["retention.ms", SET, "5"])).toBe("NONE: null");
      expect(settings(controller, type, name)).toEqual({ "retention.ms": "5" });
    }
    expect(await change(controller, broker, "2", ["retention.ms", SET, "5"])).toBe(
      "BROKER_ID_NOT_REGISTERED: No node with id 2 found.",
    );
  });

  const set: Operation = ["retention.ms", SET, "1"];
  const cases: [type: number, name: string, operations: Operation[], refusal: string][] = [
    [topic, "nope", [set], "UNKNOWN_TOPIC_OR_PARTITION: The topic 'nope' does not exist."],
    [topic, "", [set], "INVALID_REQUEST: Default topic resources are not allowed."],
    [
      topic,
      "a b",
      [set],
      "INVALID_TOPIC_EXCEPTION: Topic name is invalid: 'a b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'",
    ],
    [group, "", [set], "INVALID_REQUEST: Default group resources are not allowed."],
    [broker, "x", [set], "INVALID_REQUEST: Unable to parse broker name as a base 10 number."],
    [broker, "-1", [set], "INVALID_REQUEST: Invalid negative broker ID."],
    [3, "z", [set], "INVALID_REQUEST: Unknown resource type 3"],
    [topic, "t", [["nope", SET, "1"]], "INVALID_CONFIG: Unknown topic config name: nope"],
    [
      topic,
      "t",
      [["retention.ms", APPEND, "1"]],
      "INVALID_CONFIG: Can't APPEND to key retention.ms because its type is not LIST.",
    ],
    [
      broker,
      "1",
      [["retention.ms", SUBTRACT, "1"]],
      "INVALID_CONFIG: Config value subtract is not allowed for config key: retention.ms",
    ],
    [topic, "t", [["retention.ms", SET, null]], "INVALID_REQUEST: Null value not supported for : retention.ms"],
    [topic, "t", [set, set], "INVALID_REQUEST: Error due to duplicate config keys"],
    [topic, "t", [["retention.ms", 9, "1"]], "INVALID_REQUEST: Unknown operations type 9"],
  ];
  test.each(cases)("type %i, %j with %j is refused", async (type, name, operations, refusal) => {
    const controller = await withTopic();
    expect(await change(controller, type, name, ...operations)).toBe(refusal);
    expect(controller.image.configs.size).toBe(0);
  });

  test("a resource named twice is refused; validateOnly sets nothing", async () => {
    const controller = await withTopic();
    const one = {
      resourceType: topic,
      resourceName: "t",
      configs: [{ name: "retention.ms", configOperation: 0, value: "1" }],
    };
    const ask = async (resources: (typeof one)[], validateOnly: boolean) =>
      failures((await controller.call("incrementalAlterConfigs", { resources, validateOnly })).responses);
    const refusal = "INVALID_REQUEST: Each resource must appear at most once.";
    expect(await ask([one, one], false)).toEqual([refusal, refusal]);
    expect(await ask([one], true)).toEqual(["NONE: null"]);
    expect(controller.image.configs.size).toBe(0);
  });
});

describe("AlterConfigs", () => {
  async function replace(controller: TestController, configs: { name: string; value: string | null }[]) {
    const resources = [{ resourceType: topic, resourceName: "t", configs }];
    return failures((await controller.call("alterConfigs", { resources, validateOnly: false })).responses)[0];
  }

  test("what it does not name is reset", async () => {
    const controller = await withTopic();
    await replace(controller, [
      { name: "retention.ms", value: "5" },
      { name: "segment.bytes", value: "7" },
    ]);
    await replace(controller, [{ name: "segment.bytes", value: "8" }]);
    expect(settings(controller, topic, "t")).toEqual({ "segment.bytes": "8" });
    await replace(controller, []);
    expect(controller.image.configs.size).toBe(0);
  });

  test("null is no value", async () => {
    const controller = await withTopic();
    const refusal = "INVALID_REQUEST: Null value not supported for : retention.ms";
    expect(await replace(controller, [{ name: "retention.ms", value: null }])).toBe(refusal);
  });
});

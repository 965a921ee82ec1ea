import { describe, expect, test } from "vitest";
import { errorName } from "../../../protocol/errors.js";
import { controllerOn, type TestController } from "../controller.test-support.js";

const NO_ID = "AAAAAAAAAAAAAAAAAAAAAA";
const byHand = { numPartitions: -1, replicationFactor: -1 };

function assigned(...partitions: [index: number, ...brokerIds: number[]][]) {
  return {
    ...byHand,
    assignments: partitions.map(([partitionIndex, ...brokerIds]) => ({ partitionIndex, brokerIds })),
  };
}

/** Error name and message, as clients see them. */
function failure(result: { errorCode: number; errorMessage?: string | null | undefined } | undefined) {
  return `${errorName(result?.errorCode ?? 0)}: ${result?.errorMessage}`;
}

async function serving(...brokerIds: number[]): Promise<TestController> {
  const controller = await controllerOn();
  await controller.serve(...brokerIds);
  return controller;
}

describe("CreateTopics", () => {
  test("answers with id, counts and configuration, and everything is in one batch", async () => {
    const controller = await serving(1);
    const batches = controller.log.batches.length;
    const configs = [{ name: "retention.ms", value: "5" }];
    const result = await controller.create("t", { numPartitions: 2, configs });
    expect(result).toMatchObject({ errorCode: 0, errorMessage: null, numPartitions: 2, replicationFactor: 1 });
    expect(result?.configs).toMatchObject([{ name: "retention.ms", value: "5" }]);
    expect(controller.log.batches).toHaveLength(batches + 1);
    expect(controller.image.topicsByName.get("t")).toMatchObject({ id: result?.topicId, partitions: { length: 2 } });
    expect(controller.partition("t")).toMatchObject({ leader: 1, isr: [1], leaderEpoch: 0, partitionEpoch: 0 });
  });

  test("-1 stands for the defaults", async () => {
    const controller = await serving(1);
    expect(await controller.create("t", byHand)).toMatchObject({ numPartitions: 3, replicationFactor: 1 });
  });

  test("validateOnly answers the same and creates nothing", async () => {
    const controller = await serving(1);
    const before = controller.log.endOffset;
    expect(await controller.create("t", {}, true)).toMatchObject({ errorCode: 0, numPartitions: 1 });
    expect(controller.log.endOffset).toBe(before);
  });

  test("the offsets topic is made like any other", async () => {
    const controller = await serving(1);
    const configs = [{ name: "cleanup.policy", value: "compact" }];
    expect(await controller.create("__consumer_offsets", { numPartitions: 50, configs })).toMatchObject({
      errorCode: 0,
    });
  });

  test.each([
    ["", "INVALID_TOPIC_EXCEPTION: Topic name is invalid: the empty string is not allowed"],
    [
      "a b",
      "INVALID_TOPIC_EXCEPTION: Topic name is invalid: 'a b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'",
    ],
    ["p.one", "TOPIC_ALREADY_EXISTS: Topic 'p.one' already exists."],
    ["p_one", "INVALID_TOPIC_EXCEPTION: Topic 'p_one' collides with existing topic: p.one"],
    ["__cluster_metadata", "INVALID_REQUEST: Creation of internal topic __cluster_metadata is prohibited."],
  ])("a topic named %j is refused", async (name, refusal) => {
    const controller = await serving(1);
    await controller.create("p.one");
    expect(failure(await controller.create(name))).toBe(refusal);
  });

  test("a name that collided is free again when the other topic is gone", async () => {
    const controller = await serving(1);
    const topicId = (await controller.create("p.one"))?.topicId ?? "";
    await controller.call("deleteTopics", { topics: [{ name: null, topicId }], topicNames: [], timeoutMs: 0 });
    expect(failure(await controller.create("p_one"))).toBe("NONE: null");
  });

  const tooFew =
    "cannot be reached because only 1 broker(s) are registered or some brokers have all their log directories cordoned.";
  test.each([
    [{ numPartitions: 0 }, "INVALID_PARTITIONS: Number of partitions was set to an invalid non-positive value."],
    [{ numPartitions: -2 }, "INVALID_PARTITIONS: Number of partitions was set to an invalid non-positive value."],
    [
      { replicationFactor: 0 },
      "INVALID_REPLICATION_FACTOR: Replication factor must be larger than 0, or -1 to use the default value.",
    ],
    [
      { replicationFactor: 2 },
      `INVALID_REPLICATION_FACTOR: Unable to replicate the partition 2 time(s): The target replication factor of 2 ${tooFew}`,
    ],
    [{ numPartitions: 10_001 }, "POLICY_VIOLATION: Excessively large number of partitions per request."],
    [{ numPartitions: 2 ** 31 - 1 }, "POLICY_VIOLATION: Excessively large number of partitions per request."],
    [
      { assignments: [{ partitionIndex: 0, brokerIds: [1] }] },
      "INVALID_REQUEST: A manual partition assignment was specified, but replication factor was not set to -1.",
    ],
    [
      { replicationFactor: -1, assignments: [{ partitionIndex: 0, brokerIds: [1] }] },
      "INVALID_REQUEST: A manual partition assignment was specified, but numPartitions was not set to -1.",
    ],
    [
      assigned([0, 1], [0, 1]),
      "INVALID_REPLICA_ASSIGNMENT: Found multiple manual partition assignments for partition 0",
    ],
    [
      assigned([0, 1], [2, 1]),
      "INVALID_REPLICA_ASSIGNMENT: partitions should be a consecutive 0-based integer sequence",
    ],
    [assigned([0]), "INVALID_REPLICA_ASSIGNMENT: The manual partition assignment includes an empty replica list."],
    [
      assigned([0, 1, 1]),
      "INVALID_REPLICA_ASSIGNMENT: The manual partition assignment includes the broker 1 more than once.",
    ],
    [
      assigned([0, 9]),
      "INVALID_REPLICA_ASSIGNMENT: The manual partition assignment includes broker 9, but no such broker is registered.",
    ],
    [{ configs: [{ name: "nope", value: "1" }] }, "INVALID_CONFIG: Unknown topic config name: nope"],
    [
      {
        configs: [
          { name: "retention.ms", value: null },
          { name: "segment.bytes", value: null },
        ],
      },
      "INVALID_CONFIG: Null value not supported for topic configs: retention.ms,segment.bytes",
    ],
  ])("%j is refused", async (given, refusal) => {
    const controller = await serving(1);
    expect(failure(await controller.create("t", given))).toBe(refusal);
    expect(controller.image.topicsByName.size).toBe(0);
  });

  test("replicas on fenced brokers are not in sync; fenced brokers alone will not do", async () => {
    const controller = await serving(1);
    await controller.register(2);
    await controller.create("both", assigned([0, 2, 1]));
    expect(controller.partition("both")).toMatchObject({ replicas: [2, 1], isr: [1], leader: 1 });
    const fenced =
      "All brokers specified in the manual partition assignment for partition 0 are fenced or in controlled shutdown.";
    expect(failure(await controller.create("fenced", assigned([0, 2])))).toBe(`INVALID_REPLICA_ASSIGNMENT: ${fenced}`);
    const uneven =
      "The manual partition assignment includes a partition with 1 replica(s), but this is not consistent with previous partitions, which have 2 replica(s).";
    expect(failure(await controller.create("uneven", assigned([0, 1, 2], [1, 1])))).toBe(
      `INVALID_REPLICA_ASSIGNMENT: ${uneven}`,
    );
  });

  test("a topic may have a replica on a broker that was stopped, not on one that is stopping", async () => {
    const controller = await serving(1, 2);
    await controller.place("led", [2, 1]);
    await controller.heartbeat(2, { wantShutDown: true });
    expect(await controller.create("while-it-goes", { replicationFactor: 2 })).toMatchObject({ errorCode: 38 });
    await controller.heartbeat(1);
    expect(await controller.heartbeat(2, { wantShutDown: true })).toMatchObject({ shouldShutDown: true });
    expect(await controller.create("when-it-is-gone", { replicationFactor: 2 })).toMatchObject({ errorCode: 0 });
    expect(controller.partition("when-it-is-gone")).toMatchObject({ replicas: [1, 2], isr: [1], leader: 1 });
  });

  test("with no broker unfenced there is nowhere to put a topic", async () => {
    const controller = await controllerOn();
    await controller.register(1);
    const refusal =
      "Unable to replicate the partition 1 time(s): All brokers are currently fenced, or have all their log directories cordoned.";
    expect(failure(await controller.create("t"))).toBe(`INVALID_REPLICATION_FACTOR: ${refusal}`);
  });

  test("a topic named twice is refused; the others of the request are created", async () => {
    const controller = await serving(1);
    const topic = (name: string) => ({ name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] });
    const topics = [topic("twice"), topic("once"), topic("twice")];
    const answer = await controller.call("createTopics", { topics, timeoutMs: 0, validateOnly: false });
    expect(answer.topics.map((result) => `${result.name} ${failure(result)}`)).toEqual([
      "once NONE: null",
      "twice INVALID_REQUEST: Duplicate topic name.",
    ]);
  });
});

describe("DeleteTopics", () => {
  test("by name, by id, and every way to get it wrong", async () => {
    const controller = await serving(1);
    const [a, b] = [await controller.create("a"), await controller.create("b")];
    await controller.create("c");
    const topics = [
      { name: "a", topicId: NO_ID },
      { name: null, topicId: b?.topicId ?? "" },
      { name: "c", topicId: NO_ID },
      { name: "c", topicId: NO_ID },
      { name: "nope", topicId: NO_ID },
      { name: null, topicId: "abcdefghijklmnopqrstuA" },
      { name: null, topicId: NO_ID },
      { name: "a", topicId: a?.topicId ?? "" },
      { name: null, topicId: a?.topicId ?? "" },
    ];
    const { responses } = await controller.call("deleteTopics", { topics, topicNames: [], timeoutMs: 0 });
    expect(responses.map((result) => `${result.name} ${failure(result)}`).sort()).toEqual(
      [
        "a INVALID_REQUEST: The provided topic name maps to an ID that was already supplied.",
        "a INVALID_REQUEST: You may not specify both topic name and topic id.",
        "b NONE: null",
        "c INVALID_REQUEST: Duplicate topic name.",
        "nope UNKNOWN_TOPIC_OR_PARTITION: This server does not host this topic-partition.",
        "null INVALID_REQUEST: Neither topic name nor id were specified.",
        "null UNKNOWN_TOPIC_ID: This server does not host this topic ID.",
      ].sort(),
    );
    expect([...controller.image.topicsByName.keys()]).toEqual(["a", "c"]);
  });

  test("older versions name topics in another field", async () => {
    const controller = await serving(1);
    await controller.create("a");
    const { responses } = await controller.call("deleteTopics", { topics: [], topicNames: ["a"], timeoutMs: 0 });
    expect(responses).toMatchObject([{ name: "a", errorCode: 0 }]);
  });
});

describe("CreatePartitions", () => {
  async function grow(controller: TestController, name: string, count: number, brokers?: number[][]) {
    const assignments = brokers?.map((brokerIds) => ({ brokerIds })) ?? null;
    const topics = [{ name, count, assignments }];
    const { results } = await controller.call("createPartitions", { topics, timeoutMs: 0, validateOnly: false });
    return failure(results[0]);
  }

  test("a topic grows, by itself or as it is told", async () => {
    const controller = await serving(1);
    await controller.create("t");
    expect(await grow(controller, "t", 3)).toBe("NONE: null");
    expect(await grow(controller, "t", 4, [[1]])).toBe("NONE: null");
    expect(controller.image.topicsByName.get("t")?.partitions).toHaveLength(4);
  });

  test("it never shrinks, and other things go wrong as well", async () => {
    const controller = await serving(1);
    await controller.create("t", { numPartitions: 2 });
    const by = (count: number, brokers?: number[][]) => grow(controller, "t", count, brokers);
    expect(await grow(controller, "nope", 2)).toBe("UNKNOWN_TOPIC_OR_PARTITION: null");
    expect(await by(2)).toBe("INVALID_PARTITIONS: Topic already has 2 partition(s).");
    expect(await by(1)).toBe(
      "INVALID_PARTITIONS: The topic t currently has 2 partition(s); 1 would not be an increase.",
    );
    expect(await by(4, [[1]])).toBe(
      "INVALID_REPLICA_ASSIGNMENT: Attempted to add 2 additional partition(s), but only 1 assignment(s) were specified.",
    );
    expect(await by(3, [[5]])).toBe(
      "INVALID_REPLICA_ASSIGNMENT: The manual partition assignment includes broker 5, but no such broker is registered.",
    );
    expect(await by(2 ** 31 - 1)).toBe("POLICY_VIOLATION: Excessively large number of partitions per request.");
    expect(controller.image.topicsByName.get("t")?.partitions).toHaveLength(2);
  });

  test("a topic named twice is refused; validateOnly adds nothing", async () => {
    const controller = await serving(1);
    await controller.create("t");
    const topic = { name: "t", count: 2, assignments: null };
    const ask = async (topics: (typeof topic)[], validateOnly: boolean) =>
      (await controller.call("createPartitions", { topics, timeoutMs: 0, validateOnly })).results.map(failure);
    expect(await ask([topic, topic], false)).toEqual(["INVALID_REQUEST: Duplicate topic name."]);
    expect(await ask([topic], true)).toEqual(["NONE: null"]);
    expect(controller.image.topicsByName.get("t")?.partitions).toHaveLength(1);
  });

  test("a topic named again and again is refused as quickly as one that is named twice", async () => {
    const controller = await serving(1);
    const topics = Array(60_000).fill({ name: "t", count: 2, assignments: null });
    const { results } = await controller.call("createPartitions", { topics, timeoutMs: 0, validateOnly: false });
    expect(results.map(failure)).toEqual(["INVALID_REQUEST: Duplicate topic name."]);
  });
});

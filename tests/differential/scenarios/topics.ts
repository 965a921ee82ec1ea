import { CreateTopics } from "../../../src/protocol/messages/19-create-topics.js";
import { DeleteTopics } from "../../../src/protocol/messages/20-delete-topics.js";
import { CreatePartitions } from "../../../src/protocol/messages/37-create-partitions.js";
import type { RequestToSend } from "../../../src/protocol/schema/message.js";
import { scenario } from "../scenario.js";

type TopicToCreate = RequestToSend<typeof CreateTopics>["topics"][number];

function topic(name: string, more: Partial<TopicToCreate> = {}): TopicToCreate {
  return { name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [], ...more };
}

function creation(...topics: TopicToCreate[]): RequestToSend<typeof CreateTopics> {
  return { topics, timeoutMs: 5000 };
}

export const createTopics = scenario("create-topics", async (session) => {
  const connection = await session.connect();
  for (let version = 2; version <= 7; version += 1) {
    await connection.send(CreateTopics, version, creation(topic(`created-${version}`, { numPartitions: version })));
  }
  await connection.send(
    CreateTopics,
    7,
    creation(topic("created-defaults", { numPartitions: -1, replicationFactor: -1 })),
  );
  await connection.send(CreateTopics, 7, creation(topic("created-both-1"), topic("created-both-2")));
  const configs = [
    { name: "retention.ms", value: "3600000" },
    { name: "cleanup.policy", value: "compact" },
  ];
  await connection.send(CreateTopics, 7, creation(topic("created-configs", { configs })));
  const assignments = [
    { partitionIndex: 0, brokerIds: [1] },
    { partitionIndex: 1, brokerIds: [1] },
  ];
  const assigned = { numPartitions: -1, replicationFactor: -1, assignments };
  await connection.send(CreateTopics, 7, creation(topic("created-assigned", assigned)));
  await connection.send(CreateTopics, 7, { ...creation(topic("created-not")), validateOnly: true });
  await connection.send(CreateTopics, 7, { ...creation(topic("created-not")), validateOnly: true });
  await connection.send(CreateTopics, 7, creation());
});

/** What one request may ask for. Nothing of it is created: the first that is not too much would take long. */
export const createVeryManyPartitions = scenario("create-very-many-partitions", async (session) => {
  const connection = await session.connect();
  const tryToCreate = (...topics: TopicToCreate[]) =>
    connection.send(CreateTopics, 7, { ...creation(...topics), validateOnly: true });
  for (const numPartitions of [9_999, 10_000, 10_001]) await tryToCreate(topic("many", { numPartitions }));
  const half = { numPartitions: 5_000 };
  await tryToCreate(topic("many", half), topic("as-many", half));
  await tryToCreate(topic("many", half), topic("as-many", half), topic("twice"), topic("twice"), topic("bad name"));
});

export const createTopicsErrors = scenario("create-topics-errors", async (session) => {
  await session.topic("exists");
  await session.topic("dotted.name");
  const connection = await session.connect();
  const create = (...topics: TopicToCreate[]) => connection.send(CreateTopics, 7, creation(...topics));
  await create(topic("exists"));
  await connection.send(CreateTopics, 7, { ...creation(topic("exists")), validateOnly: true });
  for (const name of ["", ".", "..", "with space", "a".repeat(250), "umlaut-ä", "a/b"]) await create(topic(name));
  // A dot and an underscore look the same in the names of metrics.
  await create(topic("dotted_name"));
  await create(topic("twice"), topic("twice"));
  for (const numPartitions of [0, -2]) await create(topic("partitions", { numPartitions }));
  for (const replicationFactor of [0, -2, 2]) await create(topic("factor", { replicationFactor }));
  await create(topic("config-name", { configs: [{ name: "no.such.config", value: "1" }] }));
  await create(topic("config-value", { configs: [{ name: "retention.ms", value: "soon" }] }));
  await create(topic("config-range", { configs: [{ name: "segment.bytes", value: "1" }] }));
  await create(topic("config-null", { configs: [{ name: "retention.ms", value: null }] }));
  const assign = (...brokerIds: number[][]) => ({
    numPartitions: -1,
    replicationFactor: -1,
    assignments: brokerIds.map((ids, partitionIndex) => ({ partitionIndex, brokerIds: ids })),
  });
  await create(topic("assigned-unknown", assign([7])));
  await create(topic("assigned-twice", assign([1, 1])));
  await create(topic("assigned-none", assign([])));
  await create(topic("assigned-gap", { ...assign([1]), assignments: [{ partitionIndex: 1, brokerIds: [1] }] }));
  await create(topic("assigned-and-counted", { ...assign([1]), numPartitions: 1 }));
  // One bad topic does not stop a good one.
  await create(topic("good-beside-bad"), topic("bad beside good"));
});

export const deleteTopics = scenario("delete-topics", async (session) => {
  const connection = await session.connect();
  for (let version = 1; version <= 5; version += 1) {
    await session.topic(`deleted-${version}`);
    const request = { topicNames: [`deleted-${version}`, "deleted-unknown"], timeoutMs: 5000 };
    await connection.send(DeleteTopics, version, request);
  }
  const id = await session.topic("deleted-by-id");
  await session.topic("deleted-by-name");
  const remove = (...topics: { name?: string; topicId: string }[]) =>
    connection.send(DeleteTopics, 6, { topics, timeoutMs: 5000 });
  const noId = "AAAAAAAAAAAAAAAAAAAAAA";
  await remove({ topicId: id }, { name: "deleted-by-name", topicId: noId });
  await remove({ topicId: id });
  await remove({ name: "deleted-by-name", topicId: noId });
  await remove({ topicId: noId });
  await session.topic("deleted-twice");
  await remove({ name: "deleted-twice", topicId: noId }, { name: "deleted-twice", topicId: noId });
  await remove({ name: "", topicId: noId });
  await remove();
});

export const createPartitions = scenario("create-partitions", async (session) => {
  await session.topic("grown");
  const connection = await session.connect();
  const grow = (version: number, name: string, count: number, assignments: { brokerIds: number[] }[] | null = null) =>
    connection.send(CreatePartitions, version, {
      topics: [{ name, count, assignments }],
      timeoutMs: 5000,
      validateOnly: false,
    });
  for (let version = 0; version <= 3; version += 1) await grow(version, "grown", version + 2);
  await grow(3, "grown", 5);
  await grow(3, "grown", 4);
  await grow(3, "grown", 0);
  await grow(3, "grown", -1);
  await grow(3, "grown-unknown", 2);
  await grow(3, "grown", 6, [{ brokerIds: [1] }]);
  await grow(3, "grown", 8, [{ brokerIds: [1] }]);
  await grow(3, "grown", 7, [{ brokerIds: [7] }]);
  await grow(3, "grown", 7, [{ brokerIds: [1, 1] }]);
  await grow(3, "grown", 7, []);
  const both = [
    { name: "grown", count: 9, assignments: null },
    { name: "grown", count: 10, assignments: null },
  ];
  await connection.send(CreatePartitions, 3, { topics: both, timeoutMs: 5000, validateOnly: false });
  const dry = [{ name: "grown", count: 20, assignments: null }];
  await connection.send(CreatePartitions, 3, { topics: dry, timeoutMs: 5000, validateOnly: true });
});

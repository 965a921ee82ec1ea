/** CreateTopics and CreatePartitions, where there is more than one broker to put replicas on. */
import { Metadata } from "../../../../src/protocol/messages/03-metadata.js";
import { CreateTopics } from "../../../../src/protocol/messages/19-create-topics.js";
import { CreatePartitions } from "../../../../src/protocol/messages/37-create-partitions.js";
import type { RequestToSend } from "../../../../src/protocol/schema/message.js";
import { story } from "../story.js";

type TopicToCreate = RequestToSend<typeof CreateTopics>["topics"][number];

function topic(name: string, more: Partial<TopicToCreate> = {}): TopicToCreate {
  return { name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [], ...more };
}

function assigned(name: string, replicas: readonly (readonly number[])[], more: Partial<TopicToCreate> = {}) {
  const assignments = replicas.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds }));
  return topic(name, { numPartitions: -1, replicationFactor: -1, assignments, ...more });
}

export const createTopicsOnBrokers = story("create-topics-on-brokers", async (cluster) => {
  for (let version = 2; version <= 7; version += 1) {
    // Any broker takes it.
    const whom = (version % 3) + 1;
    const name = `assigned-${version}`;
    const replicas = [
      [3, 1],
      [2, 3],
    ];
    await cluster.ask(whom, CreateTopics, version, { topics: [assigned(name, replicas)], timeoutMs: 5000 });
    for (const [partition, isr] of replicas.entries()) await cluster.shows(name, partition, { isr });
    await cluster.ask(whom, Metadata, 12, { topics: [{ name }], allowAutoTopicCreation: false });
  }
  const created = assigned("assigned-even", [
    [3, 1],
    [2, 3],
    [1, 2],
  ]);
  await cluster.ask(2, CreateTopics, 7, { topics: [created], timeoutMs: 5000, validateOnly: true });
  await cluster.ask(2, CreateTopics, 7, { topics: [created], timeoutMs: 5000 });
  for (const partition of [0, 1, 2])
    await cluster.shows("assigned-even", partition, { isr: created.assignments[partition]?.brokerIds ?? [] });
  for (const whom of [1, 2, 3]) {
    await cluster.ask(whom, Metadata, 12, { topics: [{ name: "assigned-even" }], allowAutoTopicCreation: false });
  }
  const counted = topic("counted-defaults", { numPartitions: -1, replicationFactor: -1 });
  await cluster.ask(3, CreateTopics, 7, { topics: [counted], timeoutMs: 5000, validateOnly: true });
  await cluster.ask(3, CreateTopics, 7, { topics: [topic("counted-3", { replicationFactor: 3 })], timeoutMs: 5000 });
});

export const createTopicsRefused = story("create-topics-refused", async (cluster) => {
  await cluster.topic("refused-exists", [[1, 2]]);
  const create = (topics: readonly TopicToCreate[], more: { validateOnly?: boolean } = {}) =>
    cluster.ask(2, CreateTopics, 7, { topics, timeoutMs: 5000, ...more });
  for (const replicationFactor of [4, 32767, 0, -2]) await create([topic("refused", { replicationFactor })]);
  await create([topic("refused", { replicationFactor: 4 })], { validateOnly: true });
  for (const replicas of [
    [[1, 1]],
    [[1, 2, 1]],
    [[4]],
    [[1, 4]],
    [[-1]],
    [[]],
    [[1, 2], [3]],
    [[1], [2, 3]],
    [[1, 2], []],
    [
      [1, 2],
      [2, 2],
    ],
    [
      [1, 2],
      [2, 9],
    ],
  ]) {
    await create([assigned("refused", replicas)]);
  }
  await create([assigned("refused", [[1, 2]], { replicationFactor: 2 })]);
  await create([assigned("refused", [[1, 2]], { numPartitions: 1 })]);
  const twice = [0, 0].map((partitionIndex) => ({ partitionIndex, brokerIds: [1, 2] }));
  await create([assigned("refused", [], { assignments: twice })]);
  const gap = [0, 2].map((partitionIndex) => ({ partitionIndex, brokerIds: [1, 2] }));
  await create([assigned("refused", [], { assignments: gap })]);
  const negative = [{ partitionIndex: -1, brokerIds: [1, 2] }];
  await create([assigned("refused", [], { assignments: negative })]);
  const mixed = [
    assigned("mixed-good", [[1, 2]]),
    assigned("mixed-bad", [[1, 4]]),
    topic("refused-exists"),
    topic("mixed-many", { replicationFactor: 4 }),
    topic("mixed bad name"),
    topic("mixed-twice"),
    topic("mixed-twice"),
    topic("mixed-config", { replicationFactor: 2, configs: [{ name: "min.insync.replicas", value: "0" }] }),
  ];
  await create(mixed, { validateOnly: true });
  await create(mixed);
});

export const createPartitionsOnBrokers = story("create-partitions-on-brokers", async (cluster) => {
  await cluster.topic("grown", [[1, 2]]);
  await cluster.topic("grown-other", [[2]]);
  const grow = (count: number, assignments: readonly (readonly number[])[] | null, more = {}) =>
    cluster.ask(3, CreatePartitions, 3, {
      topics: [{ name: "grown", count, assignments: assignments?.map((brokerIds) => ({ brokerIds })) ?? null }],
      timeoutMs: 5000,
      validateOnly: false,
      ...more,
    });
  for (let version = 0; version <= 3; version += 1) {
    await cluster.ask(version === 0 ? 1 : version, CreatePartitions, version, {
      topics: [{ name: "grown", count: version + 2, assignments: [{ brokerIds: [3, 1] }] }],
      timeoutMs: 5000,
      validateOnly: false,
    });
  }
  await grow(6, [[2, 3]], { validateOnly: true });
  await grow(6, [[2]]);
  await grow(6, [[1, 2, 3]]);
  await grow(6, [[1, 1]]);
  await grow(6, [[1, 4]]);
  await grow(6, [[]]);
  await grow(6, []);
  await grow(6, [
    [1, 2],
    [2, 3],
  ]);
  await grow(7, [[1, 2]]);
  await grow(7, [
    [1, 2],
    [2, 2],
  ]);
  await grow(4, [[1, 2]]);
  await grow(5, []);
  await grow(5, null);
  await grow(7, [
    [3, 2],
    [2, 1],
  ]);
  const mixed = [
    { name: "grown", count: 8, assignments: [{ brokerIds: [4, 1] }] },
    { name: "grown-other", count: 2, assignments: [{ brokerIds: [3] }] },
    { name: "grown-unknown", count: 2, assignments: [{ brokerIds: [3] }] },
    { name: "bad name", count: 2, assignments: null },
  ];
  await cluster.ask(2, CreatePartitions, 3, { topics: mixed, timeoutMs: 5000, validateOnly: false });
  await cluster.shows("grown", 6, { leader: 2, isr: [2, 1] });
  await cluster.shows("grown-other", 1, { leader: 3, isr: [3] });
  const names = [{ name: "grown" }, { name: "grown-other" }];
  await cluster.ask(1, Metadata, 12, { topics: names, allowAutoTopicCreation: false });
});

export const createWithoutBrokers = story("create-without-brokers", async (cluster) => {
  await cluster.topic("grown-late", [[1, 2]]);
  await cluster.turn("broker 3 stops");
  const create = (...topics: TopicToCreate[]) => cluster.ask(2, CreateTopics, 7, { topics, timeoutMs: 5000 });
  // A broker that is down holds replicas, but cannot be the only one.
  await create(
    assigned("late-beside", [[3, 1]]),
    assigned("late-alone", [[3]]),
    topic("late-3", { replicationFactor: 3 }),
  );
  await cluster.shows("late-beside", 0, { leader: 1, isr: [1] });
  await cluster.ask(1, Metadata, 12, { topics: [{ name: "late-beside" }], allowAutoTopicCreation: false });
  const grow = (...brokerIds: number[]) =>
    cluster.ask(1, CreatePartitions, 3, {
      topics: [{ name: "grown-late", count: 2, assignments: [{ brokerIds }] }],
      timeoutMs: 5000,
      validateOnly: false,
    });
  await grow(3);
  await grow(3, 2);
  await cluster.shows("grown-late", 1, { leader: 2, isr: [2] });
  await cluster.turn("broker 2 is killed");
  const createHere = (...topics: TopicToCreate[]) => cluster.ask(1, CreateTopics, 7, { topics, timeoutMs: 5000 });
  await createHere(assigned("later-two", [[3, 2]]), topic("later-2", { replicationFactor: 2, numPartitions: 2 }));
  await createHere(topic("later-3", { replicationFactor: 3 }));
  await cluster.turn("both return");
  await cluster.shows("late-beside", 0, { leader: 1, isr: [3, 1] });
  await cluster.ask(3, Metadata, 12, { topics: [{ name: "late-beside" }], allowAutoTopicCreation: false });
});

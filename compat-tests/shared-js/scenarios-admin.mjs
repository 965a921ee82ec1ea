/** Scenarios of the administration client. */
import {
  createTopic,
  equal,
  failsWith,
  holds,
  numbered,
  readAll,
  sendValues,
  sleep,
  until,
  valuesOf,
} from "./expect.mjs";
import { hundred } from "./scenarios-records.mjs";

async function partitionsAdded(context) {
  const { client, topic, group } = context;
  await createTopic(client, topic, { partitions: 2 });
  const read = [];
  const onRecord = (record) => void read.push(record);
  const member = await client.consumer({
    group,
    topics: [topic],
    fromBeginning: true,
    metadataMaxAgeMs: 1000,
    onRecord,
  });
  await sendValues(
    context,
    numbered(100).map((value, i) => ({ value, partition: i % 2 })),
  );
  if (client.addPartitions === undefined) await context.ask({ ask: "add-partitions", topic, count: 4 });
  else await client.addPartitions(topic, 4);
  await until(async () => (await client.metadata(topic)).partitions.length === 4, "the metadata shows 4 partitions");
  await sendValues(
    context,
    numbered(100, 100).map((value, i) => ({ value, partition: (i + 100) % 4 })),
  );
  // A rebalance may begin again where the last commit was.
  const different = () => new Set(valuesOf(read));
  await until(
    () => different().size === 200,
    () => `${different().size} of 200 records were read`,
  );
  await member.close();
  for (const p of [2, 3]) {
    equal(new Set(valuesOf(read.filter(({ partition }) => partition === p))).size, 25, `records of partition ${p}`);
  }
}

export const admin = {
  metadata: async (context) => {
    const { client, topic } = context;
    await createTopic(client, topic, { partitions: 3 });
    const { brokers, controllerId, clusterId, partitions } = await client.metadata(topic);
    holds(
      brokers.length >= 1 && brokers.every(({ host, port }) => host !== "" && port > 0),
      `the brokers: ${JSON.stringify(brokers)}`,
    );
    equal(partitions.map(({ id }) => id).sort(), [0, 1, 2], "the partitions");
    for (const { id, leader, replicas, isr } of partitions) {
      const sound = brokers.some((broker) => broker.id === leader) && replicas.includes(leader) && isr.includes(leader);
      holds(sound, `partition ${id}: leader ${leader}, replicas ${replicas}, ISR ${isr}`);
    }
    holds(clusterId === undefined || clusterId !== "", "the cluster id is empty");
    holds(
      controllerId === undefined || brokers.some(({ id }) => id === controllerId),
      `the controller is ${controllerId}`,
    );
  },

  "topic-create-delete": async (context) => {
    const { client, topic } = context;
    await createTopic(client, topic, { partitions: 2, configs: { "retention.ms": "3600000" } });
    await failsWith(
      client,
      ["TOPIC_ALREADY_EXISTS"],
      () => client.createTopic(topic, { partitions: 2 }),
      "creating it again",
    );
    await until(async () => (await client.topics()).includes(topic), "the topic is listed", 10_000);
    await client.deleteTopic(topic);
    await until(async () => !(await client.topics()).includes(topic), "the topic is no longer listed", 15_000);
    await failsWith(client, ["UNKNOWN_TOPIC_OR_PARTITION"], () => client.deleteTopic(topic), "deleting it again");
  },

  "admin-configs": async (context) => {
    const { client, topic } = context;
    await createTopic(client, topic, { configs: { "retention.ms": "3600000" } });
    const configs = await client.topicConfigs(topic);
    equal(
      [configs["retention.ms"], configs["cleanup.policy"]],
      ["3600000", "delete"],
      "retention.ms and cleanup.policy",
    );
    await client.alterTopicConfig(topic, "retention.ms", "7200000");
    await until(
      async () => (await client.topicConfigs(topic))["retention.ms"] === "7200000",
      "the config is altered",
      5_000,
    );
    await failsWith(
      client,
      ["INVALID_CONFIG"],
      () => client.alterTopicConfig(topic, "retention.ms", "many"),
      "a wrong value",
    );
    const [broker] = (await client.metadata(topic)).brokers;
    holds(Object.keys(await client.brokerConfigs(broker.id)).length > 10, "a broker has more than 10 configs");
  },

  "partitions-added": partitionsAdded,

  "delete-records": async (context) => {
    const { client, topic } = context;
    await hundred(context);
    await client.deleteRecords(topic, 0, 60);
    equal(await client.bounds(topic, 0), [60, 100], "the earliest and the latest offset");
    equal(valuesOf(await readAll(context, 40)), numbered(40, 60), "the values");
  },

  "describe-groups-lag": async (context) => {
    const { client, topic, group } = context;
    await hundred(context);
    const member = await client.consumer({ group, topics: [topic], fromBeginning: true, onRecord: () => {} });
    await until(() => member.assigned().length === 1, "the member has its partition");
    await member.commit(topic, 0, 30);
    holds((await client.groups()).includes(group), "the group is not listed");
    const { state, members } = await client.describeGroup(group);
    equal([state.toLowerCase(), members.map(({ clientId }) => clientId)], ["stable", [client.clientId]], "the group");
    const [, latest] = await client.bounds(topic, 0);
    equal(latest - (await client.committed(group, topic, 0)), 70, "the lag");
    await member.close();
    await until(
      async () => (await client.describeGroup(group)).state.toLowerCase() === "empty",
      "the group is empty",
      15_000,
    );
    await client.deleteGroup(group);
    await sleep(100);
    holds(!(await client.groups()).includes(group), "the deleted group is listed");
  },
};

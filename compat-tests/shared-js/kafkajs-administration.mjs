/**
 * The calls of an administrator that kafkajs has, and @confluentinc/kafka-javascript after its example: this part of
 * the adapter (adapter.md) is the same for both.
 */

/** `makeAdmin()` gives the library's client, `creating` what it wants to be told when it creates a topic. */
export function administrationOf({ makeAdmin, creating = {}, closers }) {
  let connecting = null;
  const admin = () => {
    connecting ??= (async () => {
      const one = makeAdmin();
      await one.connect();
      closers.push(() => one.disconnect());
      return one;
    })();
    return connecting;
  };
  const ofPartition = (offsets, partition) => offsets?.find((one) => one.partition === partition);
  const calls = {
    createTopic: async (topic, { partitions = 1, replicas = 1, configs = {} } = {}) => {
      const configEntries = Object.entries(configs).map(([name, value]) => ({ name, value }));
      const wanted = { topic, numPartitions: partitions, replicationFactor: replicas, configEntries };
      const made = await (await admin()).createTopics({ ...creating, topics: [wanted] });
      // Both take the error for an answer.
      if (!made) throw new Error("TOPIC_ALREADY_EXISTS");
    },
    deleteTopic: async (topic) => (await admin()).deleteTopics({ topics: [topic] }),
    topics: async () => (await admin()).listTopics(),
    deleteRecords: async (topic, partition, offset) =>
      (await admin()).deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] }),
    bounds: async (topic, partition) => {
      const { low, high } = ofPartition(await (await admin()).fetchTopicOffsets(topic), partition);
      return [Number(low), Number(high)];
    },
    offsetForTime: async (topic, partition, timestamp) => {
      const offsets = await (await admin()).fetchTopicOffsetsByTimestamp(topic, timestamp);
      return Number(ofPartition(offsets, partition).offset);
    },
    committed: async (groupId, topic, partition) => {
      const [fetched] = await (await admin()).fetchOffsets({ groupId, topics: [topic] });
      return Number(ofPartition(fetched?.partitions, partition)?.offset ?? -1);
    },
    groups: async () => (await (await admin()).listGroups()).groups.map(({ groupId }) => groupId),
    deleteGroup: async (group) => (await admin()).deleteGroups([group]),
  };
  return { admin, calls };
}

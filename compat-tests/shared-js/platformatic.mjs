/** @platformatic/kafka in the suite, for its versions 1 and 2 alike: its adapter (adapter.md). */
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { until } from "./expect.mjs";
import { runProgram, Unsupported } from "./program.mjs";
import { runDoomedMember } from "./scenarios-groups.mjs";

const clientId = "compat-platformatic";
const TOPIC = 2;
const BROKER = 4;
const EARLIEST = -2n;
const LATEST = -1n;
const SET = 0;

/** `folder`: where it is installed in the cache. */
export async function runPlatformatic(folder) {
  const require = createRequire(path.join(process.env.COMPAT_CACHE, folder, "package.json"));
  const library = await import(pathToFileURL(require.resolve("@platformatic/kafka")));
  const connect = (bootstrap) => adapterOf(library, bootstrap);
  if (process.argv[2] === "--doomed") await runDoomedMember(connect);
  else await runProgram(connect);
}

function adapterOf(library, bootstrap) {
  // For a minute and more: a stream whose retries have run out is closed, and a broker may take as long to come back.
  const base = { clientId, bootstrapBrokers: bootstrap.split(","), retries: 1000, retryDelay: 100, timeout: 5000 };
  const closers = [];
  let opened = null;
  const admin = () => {
    if (opened === null) {
      opened = new library.Admin({ ...base, retries: 3 });
      closers.push(() => opened.close());
    }
    return opened;
  };
  const offsetAt = async (name, partitionIndex, timestamp) => {
    const [topic] = await admin().listOffsets({ topics: [{ name, partitions: [{ partitionIndex, timestamp }] }] });
    return Number(topic.partitions[0].offset);
  };
  const bounds = async (topic, partition) => [
    await offsetAt(topic, partition, EARLIEST),
    await offsetAt(topic, partition, LATEST),
  ];
  const configsOf = async (resourceType, resourceName) => {
    const [{ configs }] = await admin().describeConfigs({
      resources: [{ resourceType, resourceName, configurationKeys: null }],
    });
    return Object.fromEntries(configs.map(({ name, value }) => [name, value]));
  };
  const createTopic = async (topic, { partitions = 1, replicas = 1, configs = {} } = {}) => {
    const list = Object.entries(configs).map(([name, value]) => ({ name, value }));
    await admin().createTopics({ topics: [topic], partitions, replicas, configs: list });
  };
  const client = { library, base, closers, admin };
  return {
    bootstrap,
    clientId,
    Unsupported,
    codecs: ["none", "gzip", "snappy", "lz4", "zstd"],
    timeOutNames: ["Unknown topic"],
    errorName,
    close: async () => {
      for (const close of closers.reverse()) await close().catch(() => {});
    },
    createTopic,
    deleteTopic: (topic) => admin().deleteTopics({ topics: [topic] }),
    topics: () => admin().listTopics(),
    metadata: async (topic) => {
      const { id, brokers, controllerId, topics } = await admin().metadata({ topics: [topic], forceUpdate: true });
      return {
        brokers: [...brokers].map(([nodeId, { host, port }]) => ({ id: nodeId, host, port })),
        clusterId: id,
        controllerId,
        partitions: topics
          .get(topic)
          .partitions.map(({ leader, replicas, isr }, index) => ({ id: index, leader, replicas, isr })),
      };
    },
    topicConfigs: (topic) => configsOf(TOPIC, topic),
    brokerConfigs: (id) => configsOf(BROKER, String(id)),
    alterTopicConfig: (resourceName, name, value) =>
      admin().incrementalAlterConfigs({
        resources: [{ resourceType: TOPIC, resourceName, configs: [{ name, configOperation: SET, value }] }],
      }),
    addPartitions: (name, count) => admin().createPartitions({ topics: [{ name, count, assignments: null }] }),
    deleteRecords: (name, partition, offset) =>
      admin().deleteRecords({ topics: [{ name, partitions: [{ partition, offset: BigInt(offset) }] }] }),
    bounds,
    offsetForTime: (topic, partition, timestamp) => offsetAt(topic, partition, BigInt(timestamp)),
    committed: async (groupId, name, partition) => {
      const [group] = await admin().listConsumerGroupOffsets({
        groups: [{ groupId, topics: [{ name, partitionIndexes: [partition] }] }],
      });
      return Number(group.topics[0]?.partitions[0]?.committedOffset ?? -1);
    },
    setOffset: (groupId, name, partition, offset) =>
      admin().alterConsumerGroupOffsets({
        groupId,
        topics: [{ name, partitionOffsets: [{ partition, offset: BigInt(offset) }] }],
      }),
    groups: async () => [...(await admin().listGroups()).keys()],
    describeGroup: async (name) => {
      const group = (await admin().describeGroups({ groups: [name] })).get(name);
      return { state: group.state, members: [...group.members.values()] };
    },
    deleteGroup: (group) => admin().deleteGroups({ groups: [group] }),
    producer: (options) => producerOf(client, options),
    consumer: (options) => consumerOf(client, options),
  };
}

/** All that the error, its causes and its parts call themselves. */
function errorName(error) {
  if (error === undefined || error === null) return "";
  return [error.apiId, error.code, error.message, ...(error.errors ?? []).map(errorName), errorName(error.cause)].join(
    " ",
  );
}

const bytes = (text) => (typeof text === "string" ? Buffer.from(text) : text);

function producerOf({ library, base, closers, admin }, options) {
  const { codec = "none", idempotent = false, transactionalId, patienceMs } = options;
  const producer = new library.Producer({
    ...base,
    ...(patienceMs === 5000 ? { retries: 3 } : {}),
    ...(transactionalId === undefined ? { idempotent } : { transactionalId, idempotent: true }),
    compression: codec,
    autocreateTopics: false,
  });
  closers.push(() => producer.close(true));
  let transaction = null;
  return {
    send: async (topic, records) => {
      const messages = records.map(({ partition, key, value, headers, timestamp }) => ({
        topic,
        partition,
        key: bytes(key),
        value: bytes(value),
        ...(headers === undefined
          ? {}
          : { headers: new Map(headers.map(([name, text]) => [Buffer.from(name), Buffer.from(text)])) }),
        ...(timestamp === undefined ? {} : { timestamp: BigInt(timestamp) }),
      }));
      await (transaction ?? producer).send({ messages, acks: -1 });
    },
    begin: async () => {
      // It does not ask again by itself while the coordinator still ends the transaction before.
      let refused = null;
      const begun = async () => {
        try {
          return await producer.beginTransaction();
        } catch (error) {
          refused = errorName(error);
          if (!refused.includes("CONCURRENT_TRANSACTIONS")) throw error;
          return null;
        }
      };
      transaction = await until(begun, () => refused, 10_000);
    },
    commit: async () => {
      await transaction.commit();
      transaction = null;
    },
    abort: async () => {
      await transaction.abort();
      transaction = null;
    },
    sendOffset: async (groupId, topic, partition, offset) => {
      // It commits for messages that its own consumer read: one that stands for the message before the offset.
      const consumer = new library.Consumer({
        ...base,
        groupId,
        sessionTimeout: 10_000,
        rebalanceTimeout: 10_000,
        heartbeatInterval: 1000,
      });
      closers.push(() => consumer.close(true));
      const [{ nodeId }] = await admin().findCoordinator({ keyType: 0, keys: [groupId] });
      const metadata = { consumer: { groupId, generationId: -1, memberId: "", coordinatorId: nodeId } };
      await transaction.addConsumer(consumer);
      await transaction.addOffset({ topic, partition, offset: BigInt(offset - 1), metadata });
    },
    close: () => producer.close(),
  };
}

async function consumerOf({ library, base, closers }, options) {
  const { group, topics, fromBeginning, start, isolation = "read_uncommitted", autoCommit = false, onRecord } = options;
  const { onRevoked = () => {}, sessionTimeoutMs = 30_000, heartbeatMs = 1000, instanceId, protocol } = options;
  if (options.pattern !== undefined) throw new Unsupported();
  if (options.cooperative === true && library.cooperativeStickyAssigner === undefined) throw new Unsupported();
  const consumer = new library.Consumer({
    ...base,
    groupId: group,
    maxWaitTime: 100,
    minBytes: 1,
    isolationLevel: isolation === "read_committed" ? 1 : 0,
    autocommit: autoCommit,
    metadataMaxAge: options.metadataMaxAgeMs ?? 300_000,
    ...(instanceId === undefined ? {} : { groupInstanceId: instanceId }),
    ...(options.cooperative === true ? { protocols: [{ name: "cooperative-sticky", version: 1 }] } : {}),
    ...(protocol === undefined
      ? {
          sessionTimeout: sessionTimeoutMs,
          heartbeatInterval: heartbeatMs,
          rebalanceTimeout: Math.max(10_000, sessionTimeoutMs),
        }
      : { groupProtocol: protocol }),
  });
  let failed = null;
  let assigned = [];
  const look = () => {
    const now = (consumer.assignments ?? []).flatMap(({ partitions }) => partitions);
    const lost = assigned.filter((partition) => !now.includes(partition));
    if (lost.length > 0) onRevoked(lost);
    assigned = now;
    return now;
  };
  consumer.on("error", (error) => {
    failed = errorName(error);
  });
  consumer.on("consumer:heartbeat:error", ({ error }) => {
    failed = errorName(error);
  });
  consumer.on("consumer:group:join", look);
  const take = (stream) => {
    stream.on("error", (error) => {
      failed = errorName(error);
    });
    stream.on("data", ({ topic, partition, offset, key, value, timestamp, headers, headerEntries }) => {
      const list = [...(headerEntries ?? headers)].map(([name, one]) => [String(name), one]);
      onRecord({ topic, partition, offset: Number(offset), key, value, timestamp: Number(timestamp), headers: list });
    });
    return stream;
  };
  const from = (topic, partition, offset) =>
    consumer.consume({
      topics: [topic],
      mode: "manual",
      offsets: [{ topic, partition: Number(partition), offset: BigInt(offset) }],
    });
  const fallbackMode = fromBeginning ? "earliest" : "latest";
  const [first] = Object.entries(start ?? {});
  let stream = take(
    first === undefined
      ? await consumer.consume({ topics, mode: "committed", fallbackMode })
      : await from(topics[0], ...first),
  );
  let isClosed = false;
  const close = async () => {
    if (isClosed) return;
    isClosed = true;
    await stream.close();
    await consumer.close(true);
  };
  closers.push(close);
  return {
    assigned: look,
    seek: async (topic, partition, offset) => {
      await stream.close();
      stream = take(await from(topic, partition, offset));
    },
    commit: (topic, partition, offset) =>
      consumer.commit({ offsets: [{ topic, partition, offset: BigInt(offset), leaderEpoch: -1 }] }),
    failure: () => failed,
    close,
  };
}

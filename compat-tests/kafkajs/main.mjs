/** kafkajs in the suite: its adapter (shared-js/adapter.md). */
import { createRequire } from "node:module";
import path from "node:path";
import { administrationOf } from "../shared-js/kafkajs-administration.mjs";
import { runProgram, Unsupported } from "../shared-js/program.mjs";
import { runDoomedMember } from "../shared-js/scenarios-groups.mjs";

const require = createRequire(path.join(process.env.COMPAT_CACHE, "kafkajs", "package.json"));
const { CompressionTypes, ConfigResourceTypes, Kafka, logLevel } = require("kafkajs");

const clientId = "compat-kafkajs";
const codecs = { none: CompressionTypes.None, gzip: CompressionTypes.GZIP };

function connect(bootstrap) {
  const kafka = new Kafka({
    clientId,
    brokers: bootstrap.split(","),
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 100, retries: 15, maxRetryTime: 2000 },
  });
  const closers = [];
  const { admin, calls } = administrationOf({
    makeAdmin: () => kafka.admin({ retry: { initialRetryTime: 100, retries: 5 } }),
    creating: { waitForLeaders: false },
    closers,
  });
  const configsOf = async (type, name) => {
    const { resources } = await (await admin()).describeConfigs({
      includeSynonyms: false,
      resources: [{ type, name }],
    });
    return Object.fromEntries(
      resources[0].configEntries.map(({ configName, configValue }) => [configName, configValue]),
    );
  };
  return {
    bootstrap,
    clientId,
    Unsupported,
    codecs: Object.keys(codecs),
    isOld: true,
    headersAreMaps: true,
    timeOutNames: [],
    errorName: (error) =>
      [error.type, error.cause?.type, ...(error.errors ?? []).map(({ type }) => type), error.message].join(" "),
    close: async () => {
      for (const close of closers.reverse()) await close();
    },
    ...calls,
    metadata: async (topic) => {
      const cluster = await (await admin()).describeCluster();
      const { topics } = await (await admin()).fetchTopicMetadata({ topics: [topic] });
      return {
        brokers: cluster.brokers.map(({ nodeId, host, port }) => ({ id: nodeId, host, port })),
        controllerId: cluster.controller,
        clusterId: cluster.clusterId,
        partitions: topics[0].partitions.map(({ partitionId, leader, replicas, isr }) => ({
          id: partitionId,
          leader,
          replicas,
          isr,
        })),
      };
    },
    topicConfigs: (topic) => configsOf(ConfigResourceTypes.TOPIC, topic),
    brokerConfigs: (id) => configsOf(ConfigResourceTypes.BROKER, String(id)),
    alterTopicConfig: async (name, config, value) => {
      const resources = [{ type: ConfigResourceTypes.TOPIC, name, configEntries: [{ name: config, value }] }];
      await (await admin()).alterConfigs({ validateOnly: false, resources });
    },
    addPartitions: async (topic, count) => (await admin()).createPartitions({ topicPartitions: [{ topic, count }] }),
    setOffset: async (groupId, topic, partition, offset) =>
      (await admin()).setOffsets({ groupId, topic, partitions: [{ partition, offset: String(offset) }] }),
    describeGroup: async (group) => (await (await admin()).describeGroups([group])).groups[0],
    producer: (options) => producerOf(kafka, closers, options),
    consumer: (options) => consumerOf(kafka, closers, options),
  };
}

async function producerOf(kafka, closers, options) {
  const { codec = "none", idempotent = false, transactionalId, patienceMs } = options;
  if (codecs[codec] === undefined) throw new Unsupported();
  const retry = patienceMs === 5000 ? { retries: 3 } : { initialRetryTime: 100, retries: 15, maxRetryTime: 2000 };
  const settings =
    transactionalId === undefined ? { idempotent } : { transactionalId, idempotent: true, maxInFlightRequests: 1 };
  const producer = kafka.producer({ retry, ...settings });
  await producer.connect();
  closers.push(() => producer.disconnect());
  let transaction = null;
  return {
    send: async (topic, records) => {
      const messages = records.map(({ partition, key = null, value, headers = [], timestamp }) => ({
        partition,
        key,
        value,
        headers: headersOf(headers),
        ...(timestamp === undefined ? {} : { timestamp: String(timestamp) }),
      }));
      await (transaction ?? producer).send({ topic, messages, acks: -1, compression: codecs[codec] });
    },
    begin: async () => {
      transaction = await producer.transaction();
    },
    commit: () => transaction.commit(),
    abort: () => transaction.abort(),
    sendOffset: (consumerGroupId, topic, partition, offset) =>
      transaction.sendOffsets({
        consumerGroupId,
        topics: [{ topic, partitions: [{ partition, offset: String(offset) }] }],
      }),
    close: () => producer.disconnect(),
  };
}

/** A name that comes twice has a list of values. */
function headersOf(headers) {
  const map = {};
  for (const [name, value] of headers) map[name] = name in map ? [map[name], value].flat() : value;
  return map;
}

async function consumerOf(kafka, closers, options) {
  const {
    group,
    topics,
    pattern,
    fromBeginning,
    start = {},
    isolation = "read_uncommitted",
    autoCommit = false,
    onRecord,
  } = options;
  const { onRevoked = () => {}, sessionTimeoutMs = 30_000, heartbeatMs = 3000, metadataMaxAgeMs = 300_000 } = options;
  if (options.instanceId !== undefined || options.cooperative === true || options.protocol !== undefined)
    throw new Unsupported();
  const consumer = kafka.consumer({
    groupId: group,
    readUncommitted: isolation === "read_uncommitted",
    sessionTimeout: sessionTimeoutMs,
    heartbeatInterval: heartbeatMs,
    metadataMaxAge: metadataMaxAgeMs,
    maxWaitTimeInMs: 100,
  });
  let assigned = [];
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    assigned = Object.values(payload.memberAssignment).flat();
  });
  consumer.on(consumer.events.REBALANCING, () => onRevoked(assigned));
  await consumer.connect();
  const wanted = pattern === undefined ? topics : [new RegExp(pattern)];
  await consumer.subscribe({ topics: wanted, fromBeginning });
  await consumer.run({
    autoCommit,
    partitionsConsumedConcurrently: 4,
    eachBatchAutoResolve: true,
    eachMessage: ({ topic, partition, message }) => {
      const { offset, key, value, timestamp, headers = {} } = message;
      const list = Object.entries(headers).flatMap(([name, values]) => [values].flat().map((one) => [name, one]));
      onRecord({ topic, partition, offset: Number(offset), key, value, headers: list, timestamp: Number(timestamp) });
      return Promise.resolve();
    },
  });
  for (const [partition, offset] of Object.entries(start)) {
    consumer.seek({ topic: topics[0], partition: Number(partition), offset: String(offset) });
  }
  let isClosed = false;
  const close = async () => {
    if (isClosed) return;
    isClosed = true;
    await consumer.disconnect();
  };
  closers.push(close);
  return {
    assigned: () => assigned,
    seek: (topic, partition, offset) => consumer.seek({ topic, partition, offset: String(offset) }),
    commit: (topic, partition, offset) => consumer.commitOffsets([{ topic, partition, offset: String(offset) }]),
    failure: () => null,
    close,
  };
}

if (process.argv[2] === "--doomed") await runDoomedMember(connect);
else await runProgram(connect);

/** @confluentinc/kafka-javascript, which is librdkafka, in the suite: its adapter (shared-js/adapter.md). */
import { createRequire } from "node:module";
import path from "node:path";
import { until } from "../shared-js/expect.mjs";
import { administrationOf } from "../shared-js/kafkajs-administration.mjs";
import { runProgram, Unsupported } from "../shared-js/program.mjs";
import { runDoomedMember } from "../shared-js/scenarios-groups.mjs";

const require = createRequire(path.join(process.env.COMPAT_CACHE, "confluent-kafka-javascript", "package.json"));
const { ErrorCodes, Kafka, logLevel } = require("@confluentinc/kafka-javascript").KafkaJS;

const clientId = "compat-librdkafka-js";
const quiet = { logLevel: logLevel.NOTHING };

function connect(bootstrap) {
  const kafka = new Kafka({ "bootstrap.servers": bootstrap, "client.id": clientId, kafkaJS: quiet });
  const closers = [];
  const { admin, calls } = administrationOf({ makeAdmin: () => kafka.admin(), closers });
  const client = { kafka, closers };
  return {
    bootstrap,
    clientId,
    Unsupported,
    codecs: ["none", "gzip", "snappy", "lz4", "zstd"],
    headersAreMaps: true,
    timeOutNames: ["TIMED_OUT"],
    errorName,
    close: async () => {
      for (const close of closers.reverse()) await close();
    },
    ...calls,
    metadata: async (topic) => {
      const described = await (await admin()).fetchTopicMetadata({ topics: [topic] });
      const [{ partitions }] = Array.isArray(described) ? described : described.topics;
      const nodes = new Map(partitions.flatMap(({ leaderNode }) => [[leaderNode.id, leaderNode]]));
      return {
        brokers: [...nodes.values()].map(({ id, host, port }) => ({ id, host, port })),
        partitions: partitions.map(({ partitionId, leader, replicas, isr }) => ({
          id: partitionId,
          leader,
          replicas,
          isr,
        })),
      };
    },
    topicConfigs: unsupported,
    brokerConfigs: unsupported,
    alterTopicConfig: unsupported,
    setOffset: unsupported,
    describeGroup: async (group) => {
      const [{ state, members }] = (await (await admin()).describeGroups([group])).groups;
      return { state: groupStates[state] ?? String(state), members };
    },
    producer: (options) => producerOf(client, options),
    consumer: (options) => consumerOf(client, options),
  };
}

function unsupported() {
  throw new Unsupported();
}

const groupStates = ["Unknown", "PreparingRebalance", "CompletingRebalance", "Stable", "Dead", "Empty"];

/** Its names are Kafka's, a little shortened. */
function errorName(error) {
  const code = Object.entries(ErrorCodes).find(([, number]) => number === error.code)?.[0] ?? "";
  const names = [error.type, code, error.message, ...(error.errors ?? []).map(errorName)].join(" ");
  return names.replaceAll(/UNKNOWN_TOPIC_OR_PART\b/g, "UNKNOWN_TOPIC_OR_PARTITION");
}

async function producerOf({ kafka, closers }, options) {
  const { codec = "none", idempotent = false, transactionalId, patienceMs = 60_000 } = options;
  const producer = kafka.producer({
    "compression.codec": codec,
    "linger.ms": 0,
    "message.timeout.ms": patienceMs,
    ...(transactionalId === undefined
      ? { "enable.idempotence": idempotent }
      : { "transactional.id": transactionalId, "transaction.timeout.ms": 60_000 }),
    kafkaJS: quiet,
  });
  await producer.connect();
  closers.push(() => producer.disconnect());
  return {
    send: async (topic, records) => {
      const messages = records.map(({ partition, key = null, value, headers = [], timestamp }) => ({
        partition,
        key,
        value,
        headers: Object.fromEntries(headers),
        ...(timestamp === undefined ? {} : { timestamp: String(timestamp) }),
      }));
      await producer.send({ topic, messages });
    },
    begin: () => producer.transaction(),
    commit: () => producer.commit(),
    abort: () => producer.abort(),
    sendOffset: async (group, topic, partition, offset) => {
      const consumer = kafka.consumer({ "group.id": group, kafkaJS: quiet });
      await consumer.connect();
      closers.push(() => consumer.disconnect());
      await producer.sendOffsets({
        consumer,
        topics: [{ topic, partitions: [{ partition, offset: String(offset) }] }],
      });
    },
    close: () => producer.disconnect(),
  };
}

async function consumerOf({ kafka, closers }, options) {
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
  const {
    onRevoked = () => {},
    sessionTimeoutMs = 30_000,
    heartbeatMs = 1000,
    metadataMaxAgeMs = 300_000,
    instanceId,
    protocol,
  } = options;
  let assigned = [];
  let failed = null;
  const consumer = kafka.consumer({
    "group.id": group,
    "auto.offset.reset": fromBeginning ? "earliest" : "latest",
    "enable.auto.commit": autoCommit,
    "isolation.level": isolation,
    "topic.metadata.refresh.interval.ms": metadataMaxAgeMs,
    "fetch.wait.max.ms": 100,
    ...(protocol === undefined
      ? { "session.timeout.ms": sessionTimeoutMs, "heartbeat.interval.ms": heartbeatMs }
      : { "group.protocol": protocol }),
    ...(instanceId === undefined ? {} : { "group.instance.id": instanceId }),
    ...(options.cooperative === true ? { "partition.assignment.strategy": "cooperative-sticky" } : {}),
    rebalance_cb: (error, partitions) => {
      const named = partitions.map(({ partition }) => partition);
      if (error.code === ErrorCodes.ERR__ASSIGN_PARTITIONS) {
        assigned = [...new Set([...assigned, ...named])];
        return;
      }
      assigned = assigned.filter((partition) => !named.includes(partition));
      onRevoked(named);
    },
    kafkaJS: quiet,
  });
  await consumer.connect();
  await consumer.subscribe({ topics: pattern === undefined ? topics : [new RegExp(pattern)] });
  const from = new Map(Object.entries(start).map(([partition, offset]) => [Number(partition), offset]));
  await consumer.run({
    partitionsConsumedConcurrently: 4,
    eachMessage: async ({ topic, partition, message }) => {
      const { offset, key, value, timestamp, headers = {} } = message;
      // Where to begin is known to the client only once it has its partitions.
      if (Number(offset) < (from.get(partition) ?? 0)) return;
      const list = Object.entries(headers ?? {}).flatMap(([name, values]) =>
        [values].flat().map((one) => [name, Buffer.from(one)]),
      );
      onRecord({ topic, partition, offset: Number(offset), key, value, headers: list, timestamp: Number(timestamp) });
    },
  });
  for (const [partition, offset] of from) {
    await until(() => consumer.assignment().length > 0, "the partition is assigned");
    await consumer.seek({ topic: topics[0], partition, offset: String(offset) });
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
    seek: async (topic, partition, offset) => {
      from.clear();
      await consumer.seek({ topic, partition, offset: String(offset) });
    },
    commit: (topic, partition, offset) => consumer.commitOffsets([{ topic, partition, offset: String(offset) }]),
    failure: async () => {
      try {
        await consumer.commitOffsets([{ topic: topics[0], partition: 0, offset: "0" }]);
      } catch (error) {
        // After a fatal error the client is of no use any more; it does not tell by which it came to that.
        failed = error.code === ErrorCodes.ERR__FATAL ? "FENCED_INSTANCE_ID" : errorName(error);
      }
      return failed;
    },
    close,
  };
}

if (process.argv[2] === "--doomed") await runDoomedMember(connect);
else await runProgram(connect);

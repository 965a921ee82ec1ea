/** kcat in the suite: its adapter (shared-js/adapter.md). Every call is a run of the binary, as in a shell. */
import { runProgram, Unsupported } from "../shared-js/program.mjs";
import { asRecords, KcatError, recordReader, run, set, start, withoutCommits } from "./kcat.mjs";
import { ownBodies } from "./scenarios.mjs";

const codecs = ["none", "gzip", "snappy", "lz4", "zstd"];

/** What librdkafka calls them, and Kafka. */
const errorNames = {
  "Message size too large": "MESSAGE_TOO_LARGE",
  "Broker failed to validate record": "INVALID_RECORD",
  "Unknown topic": "UNKNOWN_TOPIC",
  "Message timed out": "MSG_TIMED_OUT",
  "Static consumer fenced": "FENCED_INSTANCE_ID",
  "has been fenced by a newer instance": "PRODUCER_FENCED",
};

const namesIn = (remark) =>
  Object.entries(errorNames)
    .filter(([words]) => remark.includes(words))
    .map(([, name]) => name);

function connect(bootstrap, ask) {
  const living = new Set();
  const kcat = (args, lines) => run(bootstrap, args, lines);
  const startKcat = (args, listeners) => {
    const one = start(bootstrap, args, listeners);
    living.add(one);
    const forget = () => void living.delete(one);
    one.ended.then(forget, forget);
    return one;
  };
  const listed = async (args) => JSON.parse((await kcat(["-L", "-J", ...args])).toString());
  const offsetAt = async (topic, partition, timestamp) => {
    const told = (await kcat(["-Q", "-t", `${topic}:${partition}:${timestamp}`])).toString();
    const offset = / offset (-?\d+)$/m.exec(told)?.[1];
    if (offset === undefined) throw new KcatError(told);
    return Number(offset);
  };
  const cannot = () => {
    throw new Unsupported();
  };
  return {
    bootstrap,
    clientId: "compat-kcat",
    Unsupported,
    codecs,
    isOld: false,
    headersAreMaps: false,
    timeOutNames: ["MSG_TIMED_OUT"],
    errorName: (error) => (error instanceof KcatError ? [...namesIn(error.message), error.message].join(" ") : ""),
    close: async () => {
      for (const one of living) one.kill();
      await Promise.allSettled([...living].map(({ ended }) => ended));
    },
    kcat,
    startKcat,
    createTopic: (topic, { partitions = 1, replicas = 1, configs = {} } = {}) =>
      ask({ ask: "create-topic", topic, partitions, replicas, configs }),
    deleteTopic: cannot,
    topics: async () => (await listed([])).topics.map(({ topic }) => topic),
    metadata: async (topic) => metadataIn(await listed(["-t", topic])),
    topicConfigs: cannot,
    brokerConfigs: cannot,
    alterTopicConfig: cannot,
    deleteRecords: cannot,
    bounds: (topic, partition) => Promise.all([-2, -1].map((time) => offsetAt(topic, partition, time))),
    offsetForTime: offsetAt,
    committed: cannot,
    setOffset: cannot,
    groups: cannot,
    describeGroup: cannot,
    deleteGroup: cannot,
    producer: (options) => producerOf(kcat, options),
    consumer: (options) => consumerOf(startKcat, options),
  };
}

function metadataIn({ brokers, controllerid, topics }) {
  return {
    brokers: brokers.map(({ id, name }) => {
      const colon = name.lastIndexOf(":");
      return { id, host: name.slice(0, colon), port: Number(name.slice(colon + 1)) };
    }),
    controllerId: controllerid,
    partitions: topics[0].partitions.map(({ partition, leader, replicas, isrs }) => ({
      id: partition,
      leader,
      replicas: replicas.map(({ id }) => id),
      isr: isrs.map(({ id }) => id),
    })),
  };
}

/** A run has one partition, and the same headers for all its records; it ends when they are acknowledged. */
function producerOf(kcat, { codec = "none", idempotent = false, transactionalId, patienceMs = 60_000 }) {
  if (transactionalId !== undefined) throw new Unsupported();
  const settings = set({ "enable.idempotence": idempotent, "message.timeout.ms": patienceMs });
  return {
    send: async (topic, records) => {
      for (const { partition, more, lines } of runsFor(records)) {
        const of = ["-t", topic, "-p", String(partition)];
        await kcat(["-P", ...of, "-z", codec, "-K", "\\t", ...settings, ...more], lines);
      }
    },
    close: () => Promise.resolve(),
  };
}

/** The records in as few runs as can be: those of each partition in order. */
function runsFor(records) {
  const runs = [];
  const last = new Map();
  for (const { partition = 0, key = null, value, headers = [], timestamp } of records) {
    if (timestamp !== undefined || (key === null && value === "")) throw new Unsupported();
    // With `-Z` what is empty is sent as null, without it as empty.
    const more = [...headers.flatMap(([name, text]) => ["-H", `${name}=${text}`]), ...(value === null ? ["-Z"] : [])];
    let run = last.get(partition);
    if (run === undefined || run.more.join() !== more.join()) {
      run = { partition, more, lines: [] };
      runs.push(run);
      last.set(partition, run);
    }
    run.lines.push(key === null ? value : `${key}\t${value ?? ""}`);
  }
  return runs;
}

/** A member of a group. It tells on its stderr what it is given, and what is taken from it. */
function consumerOf(startKcat, options) {
  const {
    group,
    topics,
    pattern,
    fromBeginning,
    isolation = "read_uncommitted",
    autoCommit = false,
    onRecord,
  } = options;
  const { onRevoked = () => {}, sessionTimeoutMs = 30_000, heartbeatMs = 3000, metadataMaxAgeMs = 300_000 } = options;
  if (options.protocol !== undefined || options.start !== undefined) throw new Unsupported();
  const settings = set({
    "auto.offset.reset": fromBeginning ? "earliest" : "latest",
    ...(autoCommit ? {} : withoutCommits),
    "isolation.level": isolation,
    "session.timeout.ms": sessionTimeoutMs,
    "heartbeat.interval.ms": heartbeatMs,
    "topic.metadata.refresh.interval.ms": metadataMaxAgeMs,
    "fetch.wait.max.ms": 100,
    ...(options.instanceId === undefined ? {} : { "group.instance.id": options.instanceId }),
    ...(options.cooperative === true ? { "partition.assignment.strategy": "cooperative-sticky" } : {}),
  });
  let assigned = [];
  const onRemark = (line) => {
    const [, what, list] = /rebalanced.*(assigned|revoked|assignment|revoke)\b.*?: (.*)$/.exec(line) ?? [];
    if (what === undefined) return;
    const named = [...list.matchAll(/\[(\d+)\]/g)].map(([, partition]) => Number(partition));
    if (what === "assigned") assigned = named;
    else if (what === "assignment") assigned = [...assigned, ...named];
    else {
      assigned = assigned.filter((partition) => !named.includes(partition));
      onRevoked(named);
    }
  };
  // `-u`: a record is written when it comes, not when a page is full.
  const args = ["-G", group, "-u", ...asRecords, ...settings, ...(pattern === undefined ? topics : [pattern])];
  const member = startKcat(args, { onOutput: recordReader(onRecord), onRemark });
  const cannot = () => {
    throw new Unsupported();
  };
  return {
    assigned: () => assigned,
    seek: cannot,
    commit: cannot,
    failure: () => {
      const fatal = member.remarks.find((line) => line.includes("FATAL")) ?? "";
      return [...namesIn(fatal), fatal].join(" ");
    },
    close: () => member.stop().catch(() => {}),
    die: () => member.kill(),
  };
}

await runProgram(connect, ownBodies);

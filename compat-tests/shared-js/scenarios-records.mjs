/** Scenarios about records: codecs, keys, headers, timestamps, seeking, batches. */
import {
  crcOf,
  createTopic,
  equal,
  holds,
  numbered,
  readAll,
  sendValues,
  sleep,
  text,
  until,
  valuesOf,
} from "./expect.mjs";

const produceWith = (codec) => async (context) => {
  const { client, topic } = context;
  const filling = "abcdefghij".repeat(10);
  const records = Array.from({ length: 1000 }, (_, i) => ({ key: `key-${i}`, value: `value-${i}-${filling}` }));
  await createTopic(client, topic);
  await sendValues(context, records, { codec });
  const read = await readAll(context, 1000);
  for (const [i, { offset, key, value }] of read.entries()) {
    equal([offset, text(key), text(value)], [i, records[i].key, records[i].value], `record ${i}`);
  }
  equal(crcOf(read.map(({ value }) => value)), "51aab9cc", "the CRC of the values");
};

/** A topic that holds value-0 … value-99, each with the timestamp that `timestampOf` gives. */
export async function hundred(context, { configs = {}, timestampOf } = {}) {
  await createTopic(context.client, context.topic, { configs });
  const values = numbered(100).map((value, i) =>
    timestampOf === undefined ? value : { value, timestamp: timestampOf(i) },
  );
  await sendValues(context, values);
}

async function seekOffset(context) {
  await hundred(context);
  const read = [];
  const member = await context.client.consumer({
    group: context.group,
    topics: [context.topic],
    fromBeginning: true,
    start: { 0: 42 },
    onRecord: (record) => void read.push(record),
  });
  await until(() => read.some(({ offset }) => offset === 99), "the last record was read");
  equal(
    read.slice(0, 58).map(({ offset, value }) => [offset, text(value)]),
    numbered(58, 42).map((value, i) => [42 + i, value]),
    "from 42 on",
  );
  const before = read.length;
  await member.seek(context.topic, 0, 0);
  await until(() => read.length > before, "something was read after the second seek");
  equal(text(read[before].value), "value-0", "the first after the second seek");
  await member.close();
}

async function seekTime(context) {
  await hundred(context, { configs: { "retention.ms": "-1" }, timestampOf: (i) => 1_700_000_000_000 + 1000 * i });
  const { client, topic } = context;
  equal(await client.offsetForTime(topic, 0, 1_700_000_050_000), 50, "the offset for the time of record 50");
  equal(await client.offsetForTime(topic, 0, 1_700_000_050_001), 51, "the offset for a little later");
  const none = await client.offsetForTime(topic, 0, 1_800_000_000_000);
  holds(none === null || none === -1 || none === 100, `the offset for a time after the last: ${none}`);
  const read = [];
  const onRecord = (record) => void read.push(record);
  const member = await client.consumer({
    group: context.group,
    topics: [topic],
    fromBeginning: true,
    start: { 0: 50 },
    onRecord,
  });
  await until(() => read.length > 0, "a record was read from 50 on");
  await member.close();
  equal(text(read[0].value), "value-50", "the first record read");
}

async function offsetReset(context) {
  await createTopic(context.client, context.topic);
  await sendValues(context, numbered(10));
  const read = [];
  const onRecord = (record) => void read.push(text(record.value));
  const member = await context.client.consumer({
    group: context.group,
    topics: [context.topic],
    fromBeginning: false,
    onRecord,
  });
  await until(() => member.assigned().length === 1, "the member has its partition");
  await until(async () => {
    await sendValues(context, ["probe"]);
    await sleep(200);
    return read.length > 0;
  }, "a probe was read");
  await sendValues(context, numbered(10, 10));
  const counted = () => read.filter((value) => value !== "probe");
  await until(
    () => counted().length >= 10,
    () => `read: ${counted()}`,
  );
  await member.close();
  equal(counted(), numbered(10, 10), "what the member read");
}

async function manyPartitions(context) {
  await createTopic(context.client, context.topic, { partitions: 50 });
  await sendValues(
    context,
    numbered(1000).map((value, i) => ({ value, partition: i % 50 })),
  );
  const read = await readAll(context, 1000);
  for (let p = 0; p < 50; p++) {
    const own = read.filter(({ partition }) => partition === p);
    equal(
      valuesOf(own),
      Array.from({ length: 20 }, (_, i) => `value-${p + 50 * i}`),
      `partition ${p}`,
    );
  }
}

async function concurrentProducers(context) {
  const { client, topic } = context;
  await createTopic(client, topic);
  const one = async (n) => {
    const producer = await client.producer({});
    for (let i = 0; i < 500; i += 10) {
      await producer.send(
        topic,
        numbered(10, i, `p${n}`).map((value) => ({ partition: 0, key: `p${n}`, value })),
      );
    }
    await producer.close();
  };
  await Promise.all([0, 1, 2, 3].map(one));
  await expectFourProducers(context);
}

/** The records of four producers at once: 500 of each, in its order, with its name as key. */
export async function expectFourProducers(context) {
  const read = await readAll(context, 2000);
  for (const n of [0, 1, 2, 3]) {
    const own = read.filter(({ key }) => text(key) === `p${n}`);
    equal(valuesOf(own), numbered(500, 0, `p${n}`), `what producer ${n} sent`);
  }
}

/** The value of record i of 100,000; record i goes to partition i mod 4. */
export const valueOf100k = (i) => `value-${i}-${"x".repeat(i % 100)}`;

/** By partition: the CRC of its values. */
const crcsOf100k = ["1b771846", "f6b2c9b3", "173ac4af", "98433d9c"];

/** All records of one partition of the 100,000, in order. */
export function expectPartitionOf100k(partition, own) {
  equal(own.length, 25_000, `records of partition ${partition}`);
  equal(crcOf(own.map(({ value }) => value)), crcsOf100k[partition], `the CRC of partition ${partition}`);
}

async function batch100k(context) {
  const { client, topic } = context;
  await createTopic(client, topic, { partitions: 4 });
  const producer = await client.producer({ codec: client.codecs.includes("lz4") ? "lz4" : "none" });
  for (let from = 0; from < 100_000; from += 4000) {
    await producer.send(
      topic,
      Array.from({ length: 4000 }, (_, j) => ({
        partition: (from + j) % 4,
        key: String(from + j),
        value: valueOf100k(from + j),
      })),
    );
  }
  await producer.close();
  const read = await readAll(context, 100_000, { timeoutMs: 90_000 });
  for (const p of [0, 1, 2, 3]) {
    expectPartitionOf100k(
      p,
      read.filter(({ partition }) => partition === p),
    );
  }
}

export const records = {
  "produce-none": produceWith("none"),
  "produce-gzip": produceWith("gzip"),
  "produce-snappy": produceWith("snappy"),
  "produce-lz4": produceWith("lz4"),
  "produce-zstd": produceWith("zstd"),

  recompressed: async (context) => {
    await createTopic(context.client, context.topic, { configs: { "compression.type": "gzip" } });
    await sendValues(context, numbered(100), { codec: "none" });
    equal(valuesOf(await readAll(context, 100)), numbered(100), "the values");
  },

  "keys-headers-nulls": async (context) => {
    await createTopic(context.client, context.topic);
    const headers = context.client.headersAreMaps
      ? [
          ["a", "1"],
          ["b", "2"],
        ]
      : [
          ["a", "1"],
          ["b", "2"],
          ["a", "3"],
        ];
    await sendValues(context, [
      { key: "k", value: "v", headers },
      { key: null, value: "no key" },
      { key: "gone", value: null },
    ]);
    const read = await readAll(context, 3);
    equal(
      read.map(({ key, value }) => [text(key), text(value)]),
      [
        ["k", "v"],
        [null, "no key"],
        ["gone", null],
      ],
      "keys and values",
    );
    equal(
      read.map((record) => record.headers.map(([name, value]) => [name, text(value)])),
      [headers, [], []],
      "headers",
    );
  },

  "empty-values": async (context) => {
    await createTopic(context.client, context.topic);
    const sent = [
      ["", ""],
      [null, ""],
      ["", null],
    ];
    await sendValues(
      context,
      sent.map(([key, value]) => ({ key, value })),
    );
    const read = await readAll(context, 3);
    equal(
      read.map(({ key, value }) => [text(key), text(value)]),
      sent,
      "keys and values",
    );
  },

  "large-record": async (context) => {
    await createTopic(context.client, context.topic);
    const large = Buffer.from(Uint8Array.from({ length: 900_000 }, (_, j) => 97 + (j % 26)));
    for (const value of ["before", large, "after"]) await sendValues(context, [{ value }], { codec: "none" });
    const read = await readAll(context, 3);
    equal(
      [text(read[0].value), read[1].value.length, text(read[2].value)],
      ["before", 900_000, "after"],
      "the three records",
    );
    holds(read[1].value.equals(large), "the large record is not as it was sent");
  },

  timestamps: async (context) => {
    const { client, topic } = context;
    await createTopic(client, topic, { configs: { "retention.ms": "-1" } });
    const times = [1_700_000_000_000, 1_700_000_001_000, 1_600_000_000_000];
    await sendValues(
      context,
      times.map((timestamp) => ({ value: "v", timestamp })),
    );
    equal(
      (await readAll(context, 3)).map(({ timestamp }) => timestamp),
      times,
      "the timestamps",
    );
    const appended = `${topic}-append`;
    await createTopic(client, appended, { configs: { "message.timestamp.type": "LogAppendTime" } });
    await sendValues(context, [{ value: "v", timestamp: 1_600_000_000_000 }], { topic: appended });
    const [record] = await readAll(context, 1, { topic: appended });
    holds(Math.abs(Date.now() - record.timestamp) < 60_000, `the broker's timestamp is ${record.timestamp}`);
  },

  "seek-offset": seekOffset,
  "seek-time": seekTime,
  "offset-reset": offsetReset,
  "many-partitions": manyPartitions,
  "concurrent-producers": concurrentProducers,
  "batch-100k": batch100k,
};

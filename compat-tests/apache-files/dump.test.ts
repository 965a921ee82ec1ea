/** The files that the broker leaves on disk, read by Apache Kafka's own tool. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { CompressionTypes } from "kafkajs";
import { beforeAll, expect, test } from "vitest";
import { runJava } from "../../tests/support/java.js";
import { targetForThisFile } from "../../tests/support/target-for-this-file.js";
import { connect, receive } from "../kafkajs/connect.js";

const broker = targetForThisFile();

const TOPIC = "files";
const GROUP = "files-readers";
const BATCHES_PER_CODEC = 10;
const RECORDS_PER_BATCH = 20;
const RECORDS = 2 * BATCHES_PER_CODEC * RECORDS_PER_BATCH;
const FIRST_SEGMENT = "00000000000000000000";

beforeAll(async () => {
  const kafka = connect(broker().bootstrapServers);
  const producer = kafka.producer();
  await producer.connect();
  const messages = Array.from({ length: RECORDS_PER_BATCH }, (_, index) => ({
    key: `key-${index}`,
    value: `value-${index} ${"and again ".repeat(100)}`,
  }));
  for (const compression of [CompressionTypes.None, CompressionTypes.GZIP]) {
    for (let batch = 0; batch < BATCHES_PER_CODEC; batch += 1) {
      await producer.send({ topic: TOPIC, compression, messages });
    }
  }
  await producer.disconnect();

  const consumer = kafka.consumer({ groupId: GROUP });
  await consumer.connect();
  await consumer.subscribe({ topic: TOPIC, fromBeginning: true });
  await receive(consumer, RECORDS);
  await consumer.disconnect();
  await broker().stop();
}, 120_000);

async function dump(files: readonly string[], ...args: string[]): Promise<string> {
  const paths = files.map((file) => join(broker().dataFolder, file));
  const result = await runJava("org.apache.kafka.tools.DumpLogSegments", ["--files", paths.join(","), ...args]);
  if (result.code !== 0) throw new Error(`${result.stdout}${result.stderr}`);
  return result.stdout;
}

function matches(text: string, pattern: RegExp): string[] {
  return text.match(pattern) ?? [];
}

test("DumpLogSegments reads every record of a segment, and finds its indexes in order", async () => {
  const segment = ["log", "index", "timeindex"].map((suffix) => join(`${TOPIC}-0`, `${FIRST_SEGMENT}.${suffix}`));

  const dumped = await dump(segment, "--deep-iteration", "--print-data-log");

  expect(matches(dumped, /^\| offset: /gm)).toHaveLength(RECORDS);
  expect(matches(dumped, /^baseOffset: .* isvalid: true$/gm)).toHaveLength(2 * BATCHES_PER_CODEC);
  expect(matches(dumped, /compresscodec: gzip /g)).toHaveLength(BATCHES_PER_CODEC);
  expect(matches(dumped, /key: key-7 payload: value-7 and again /g)).toHaveLength(2 * BATCHES_PER_CODEC);
  expect(matches(dumped, /^offset: \d+ position: \d+$/gm).length).toBeGreaterThan(0);
  expect(matches(dumped, /^timestamp: \d+ offset: \d+$/gm).length).toBeGreaterThan(0);
  expect(dumped).not.toMatch(/mismatch|not valid|corrupt|unexpected|Out of order|isvalid: false/i);
});

test("--offsets-decoder reads the group and its offsets in __consumer_offsets", async () => {
  const written = readdirSync(broker().dataFolder)
    .filter((folder) => folder.startsWith("__consumer_offsets-"))
    .map((folder) => join(folder, `${FIRST_SEGMENT}.log`))
    .filter((file) => existsSync(join(broker().dataFolder, file)));

  const dumped = await dump(written, "--offsets-decoder");

  expect(dumped).toContain(
    `key: {"type":"1","data":{"group":"${GROUP}","topic":"${TOPIC}","partition":0}} payload: {"version":`,
  );
  expect(dumped).toContain(`"offset":${RECORDS},`);
  expect(dumped).toContain(`key: {"type":"2","data":{"group":"${GROUP}"}} payload: {"version":`);
  expect(dumped).toContain(`"protocolType":"consumer"`);
  expect(dumped).not.toMatch(/isvalid: false|Error|Failed/);
});

test("--cluster-metadata-decoder reads the metadata log", async () => {
  const log = join("__cluster_metadata-0", `${FIRST_SEGMENT}.log`);

  const dumped = await dump([log], "--cluster-metadata-decoder");

  for (const type of ["FEATURE_LEVEL_RECORD", "REGISTER_BROKER_RECORD", "TOPIC_RECORD", "PARTITION_RECORD"]) {
    expect(dumped).toContain(`payload: {"type":"${type}","version":`);
  }
  expect(dumped).toContain(`{"type":"TOPIC_RECORD","version":0,"data":{"name":"${TOPIC}","topicId":"`);
  expect(dumped).not.toMatch(/isvalid: false|Error|could not be decoded/);
});

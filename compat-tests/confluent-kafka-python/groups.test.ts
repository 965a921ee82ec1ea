/** Groups of librdkafka, by way of confluent-kafka-python: members join, leave and come back. */
import { expect, test } from "vitest";
import { inRepository } from "../../tests/support/repository.js";
import { runCommand } from "../../tests/support/run-command.js";
import { targetForThisFile } from "../../tests/support/target-for-this-file.js";
import { complaintsOf, dumpOffsets } from "../apache-files/dump-files.js";
import { connect, createTopic } from "../kafkajs/connect.js";
import { python } from "./python.js";

const TEST_MS_MAX = 300_000;

const broker = targetForThisFile({
  properties: {
    "group.consumer.min.heartbeat.interval.ms": "300",
    "group.consumer.heartbeat.interval.ms": "300",
  },
});

test.each([
  ["consumer", "uniform"],
  ["consumer", "range"],
  ["classic", "cooperative-sticky"],
  ["classic", "range"],
])(
  "in a group of the %s protocol with the assignor %s, members share the partitions, and all is read once",
  async (protocol, strategy) => {
    const topic = `${protocol}-${strategy}`;
    await createTopic(connect(broker().bootstrapServers), { topic, numPartitions: 6 });
    const program = inRepository("compat-tests", "confluent-kafka-python", "groups.py");
    const args = [program, broker().bootstrapServers, topic, protocol, strategy];
    const { code, stdout, stderr } = await runCommand(python, args, { timeoutMs: 240_000 });
    expect(code, stderr).toBe(0);
    expect(stdout.trimEnd().split("\n")).toEqual([
      "one member has 6",
      "read 60",
      "three members have 2 2 2",
      "read 60",
      "without one of them 3 3",
      "read 60",
      "with a static one 2 2 2",
      "with the static one again 2 2 2",
      "read 60",
      "committed 40 40 40 40 40 40",
      "lost 0",
    ]);
  },
  TEST_MS_MAX,
);

test(
  "DumpLogSegments reads what the groups have left",
  async () => {
    await broker().stop();
    const dumped = await dumpOffsets(broker().dataFolder);
    expect(dumped).toContain(`"data":{"group":"consumer-uniform-members","topic":"consumer-uniform","partition":0}}`);
    expect(dumped).toContain(`key: {"type":"2","data":{"group":"classic-range-members"}}`);
    expect(complaintsOf(dumped)).toEqual([]);
  },
  TEST_MS_MAX,
);

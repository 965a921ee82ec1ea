/**
 * Twenty Java members 4.3.1 of one group come and go, some of them without a word, while records are sent: no partition
 * has two owners at once, every record is read, and in the end all members share fairly.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { JavaPrograms } from "../../tests/support/java-programs.js";
import { targetForThisFile } from "../../tests/support/target-for-this-file.js";
import { complaintsOf, dumpOffsets } from "../apache-files/dump-files.js";
import { connect, createTopic } from "../kafkajs/connect.js";

const TEST_MS_MAX = 300_000;
const PARTITIONS = 30;
const SEED = 5;

const broker = targetForThisFile({
  properties: {
    "group.min.session.timeout.ms": "6000",
    "group.consumer.min.session.timeout.ms": "8000",
    "group.consumer.session.timeout.ms": "8000",
    "group.consumer.min.heartbeat.interval.ms": "300",
    "group.consumer.heartbeat.interval.ms": "300",
  },
});
const programs = new JavaPrograms("java-rebalances");
afterAll(() => programs.remove());

beforeAll(() => programs.compile("java-4.3.1", "ComingAndGoing", "Ownership"), 60_000);

test.each(["classic", "consumer"])(
  "twenty members of a group of the %s protocol come and go: no partition is owned twice, no record is missed",
  async (protocol) => {
    const topic = `${protocol}-topic`;
    await createTopic(connect(broker().bootstrapServers), { topic, numPartitions: PARTITIONS });
    const args = [broker().bootstrapServers, topic, String(PARTITIONS), `${protocol}-group`, protocol, String(SEED)];
    const lines = await programs.run("java-4.3.1", "ComingAndGoing", ...args);
    const [fairly, missed, memberships] = lines.slice(-3);
    expect(lines.slice(0, -3)).toEqual([]);
    expect(fairly).toBe("fairly shared: yes");
    expect(missed).toMatch(/^sent \d+, missed 0$/);
    expect(memberships).toMatch(/^memberships 60, /);
  },
  TEST_MS_MAX,
);

test(
  "DumpLogSegments reads what the groups have left",
  async () => {
    await broker().stop();
    const dumped = await dumpOffsets(broker().dataFolder);
    expect(dumped).toContain(`key: {"type":"2","data":{"group":"classic-group"}}`);
    expect(dumped).toContain(`key: {"type":"3","data":{"groupId":"consumer-group"}}`);
    for (const protocol of ["classic", "consumer"]) {
      expect(dumped).toContain(`"data":{"group":"${protocol}-group","topic":"${protocol}-topic","partition":7}}`);
    }
    expect(complaintsOf(dumped)).toEqual([]);
  },
  TEST_MS_MAX,
);

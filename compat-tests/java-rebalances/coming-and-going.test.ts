/**
 * Twenty Java members 4.3.1 of one group come and go, some of them without a word, while records are sent: no partition
 * has two owners at once, every record is read, and in the end all members share fairly.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { apacheKafkaClassPath, runJava } from "../../tests/support/java.js";
import { inRepository } from "../../tests/support/repository.js";
import { runCommandToSuccess } from "../../tests/support/run-command.js";
import { targetForThisFile } from "../../tests/support/target-for-this-file.js";
import { temporaryFolder } from "../../tests/support/temporary-folder.js";
import { complaintsOf, dumpFiles, filesOf } from "../apache-files/dump-files.js";
import { connect, createTopic } from "../kafkajs/connect.js";

const TEST_MS_MAX = 300_000;
const RUN_MS_MAX = 280_000;
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
const classes = temporaryFolder("java-rebalances");
afterAll(() => classes.remove());

beforeAll(async () => {
  const programs = ["ComingAndGoing", "Ownership"];
  const sources = programs.map((name) => inRepository("compat-tests", "java-rebalances", `${name}.java`));
  await runCommandToSuccess("javac", ["-cp", apacheKafkaClassPath(), "-d", classes.path, ...sources]);
}, 60_000);

test.each(["classic", "consumer"])(
  "twenty members of a group of the %s protocol come and go: no partition is owned twice, no record is missed",
  async (protocol) => {
    const topic = `${protocol}-topic`;
    await createTopic(connect(broker().bootstrapServers), { topic, numPartitions: PARTITIONS });
    const args = [broker().bootstrapServers, topic, String(PARTITIONS), `${protocol}-group`, protocol, String(SEED)];
    const classPath = `${classes.path}:${apacheKafkaClassPath()}`;
    const { code, stdout, stderr } = await runJava("ComingAndGoing", args, { classPath, timeoutMs: RUN_MS_MAX });
    expect(code, stderr).toBe(0);
    const [fairly, missed, memberships, ...others] = stdout.trimEnd().split("\n");
    expect(others).toEqual([]);
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
    const dumped = await dumpFiles(filesOf(broker().dataFolder, "__consumer_offsets"), ["--offsets-decoder"]);
    expect(dumped).toContain(`key: {"type":"2","data":{"group":"classic-group"}}`);
    expect(dumped).toContain(`key: {"type":"3","data":{"groupId":"consumer-group"}}`);
    for (const protocol of ["classic", "consumer"]) {
      expect(dumped).toContain(`"data":{"group":"${protocol}-group","topic":"${protocol}-topic","partition":7}}`);
    }
    expect(complaintsOf(dumped)).toEqual([]);
  },
  TEST_MS_MAX,
);

/**
 * Kafka Connect in distributed mode: the lines of a file go into a topic, exactly once, and from there into another file,
 * while the broker is killed and one worker takes over from another. The workers keep all that they know in the broker.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { Child } from "../../tests/support/child-process.js";
import { freePort } from "../../tests/support/free-port.js";
import { apacheKafkaClassPath, loggingArgument } from "../../tests/support/java.js";
import { inRepository } from "../../tests/support/repository.js";
import { targetForThisFile } from "../../tests/support/target-for-this-file.js";
import { temporaryFolder } from "../../tests/support/temporary-folder.js";
import { complaintsOf, dumpOffsets, dumpTransactions } from "../apache-files/dump-files.js";
import { connect, receive } from "../kafkajs/connect.js";

const TEST_MS_MAX = 480_000;
const READY_MS_MAX = 120_000;
const ARRIVE_MS_MAX = 120_000;
const GROUP = "connect-workers";
const TOPIC = "connect-lines";

const broker = targetForThisFile();
const folder = temporaryFolder("java-connect");
const [source, sink] = [join(folder.path, "source.txt"), join(folder.path, "sink.txt")];
const workers = new Set<Worker>();
afterAll(async () => {
  await Promise.all([...workers].map((worker) => worker.child.kill()));
  folder.remove();
});

interface Worker {
  readonly child: Child;
  readonly address: string;
}

/** When it answers, it is a member of the group of workers. */
async function startWorker(): Promise<Worker> {
  const address = `http://127.0.0.1:${await freePort()}`;
  const file = join(folder.path, `worker-${workers.size}.properties`);
  const lines = Object.entries(settingsOf(address)).map(([name, value]) => `${name}=${value}`);
  writeFileSync(file, lines.join("\n"));
  const jvm = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m", loggingArgument("warn")];
  const child = new Child({
    command: "java",
    args: [...jvm, "org.apache.kafka.connect.cli.ConnectDistributed", file],
    env: { CLASSPATH: `${inRepository(".cache", "connect-file-4.3.1", "lib")}/*:${apacheKafkaClassPath()}` },
  });
  const worker = { child, address };
  workers.add(worker);
  await vi.waitFor(async () => expect((await fetch(`${address}/connectors`)).status, child.output).toBe(200), {
    timeout: READY_MS_MAX,
    interval: 200,
  });
  return worker;
}

function settingsOf(address: string): Record<string, string> {
  return {
    "bootstrap.servers": broker().bootstrapServers,
    listeners: address,
    "group.id": GROUP,
    "config.storage.topic": "connect-configs",
    "offset.storage.topic": "connect-offsets",
    "status.storage.topic": "connect-status",
    "config.storage.replication.factor": "1",
    "offset.storage.replication.factor": "1",
    "status.storage.replication.factor": "1",
    "offset.storage.partitions": "2",
    "key.converter": "org.apache.kafka.connect.storage.StringConverter",
    "value.converter": "org.apache.kafka.connect.storage.StringConverter",
    "plugin.discovery": "service_load",
    "exactly.once.source.support": "enabled",
    "offset.flush.interval.ms": "500",
    // One that was killed is not waited for for long.
    "session.timeout.ms": "8000",
    "heartbeat.interval.ms": "500",
    "scheduled.rebalance.max.delay.ms": "1000",
  };
}

/** Two workers that have just met answer that they are not of one mind yet. */
async function putConnector({ address, child }: Worker, name: string, config: Record<string, string>): Promise<void> {
  const request = { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(config) };
  await vi.waitFor(
    async () => expect((await fetch(`${address}/connectors/${name}/config`, request)).ok, child.output).toBe(true),
    { timeout: READY_MS_MAX, interval: 500 },
  );
}

const written: string[] = [];

function write(prefix: string): void {
  const lines = Array.from({ length: 200 }, (_, i) => `${prefix}-${i}`);
  written.push(...lines);
  appendFileSync(source, `${lines.join("\n")}\n`);
}

/** What a sink had not committed when something struck, it may write once more. */
async function allArrived(): Promise<void> {
  const arrived = () => (existsSync(sink) ? readFileSync(sink, "utf8").trimEnd().split("\n") : []);
  const output = () => [...workers].map(({ child }) => child.output.slice(-4000)).join("\n");
  await vi.waitFor(() => expect(new Set(arrived()), output()).toEqual(new Set(written)), {
    timeout: ARRIVE_MS_MAX,
    interval: 200,
  });
}

test(
  "lines go from file to file, whoever is struck, and each is in the topic once",
  async () => {
    const first = await startWorker();
    write("first");
    const ofFile = { topic: TOPIC, "tasks.max": "1" };
    await putConnector(first, "lines-in", {
      ...ofFile,
      "connector.class": "org.apache.kafka.connect.file.FileStreamSourceConnector",
      file: source,
    });
    await putConnector(first, "lines-out", {
      "tasks.max": "1",
      topics: TOPIC,
      "connector.class": "org.apache.kafka.connect.file.FileStreamSinkConnector",
      file: sink,
    });
    await allArrived();

    write("as the broker is killed");
    await broker().kill();
    await broker().start();
    await allArrived();

    const second = await startWorker();
    write("with two workers");
    await allArrived();
    await first.child.kill();
    write("as the first worker is gone");
    await allArrived();
    // A repetition of anything before would push the last of these out of what is read.
    write("in the end");
    await allArrived();

    const kafka = connect(broker().bootstrapServers);
    const reader = kafka.consumer({ groupId: "connect-readers" });
    await reader.connect();
    await reader.subscribe({ topic: TOPIC, fromBeginning: true });
    const values = (await receive(reader, written.length)).map(({ message }) => message.value?.toString());
    await reader.disconnect();
    expect(values).toEqual(written);
    await second.child.stop();
  },
  TEST_MS_MAX,
);

test(
  "DumpLogSegments reads the group of the workers and the transactions of the source",
  async () => {
    await broker().stop();
    const data = broker().dataFolder;
    const offsets = await dumpOffsets(data);
    expect(offsets).toContain(`key: {"type":"2","data":{"group":"${GROUP}"}} payload: {"version":`);
    expect(offsets).toContain(
      `key: {"type":"1","data":{"group":"connect-lines-out","topic":"${TOPIC}","partition":0}}`,
    );
    expect(complaintsOf(offsets)).toEqual([]);
    const transactions = await dumpTransactions(data);
    expect(transactions).toContain(`key: {"type":"0","data":{"transactionalId":"${GROUP}-lines-in-0"}}`);
    expect(complaintsOf(transactions)).toEqual([]);
  },
  TEST_MS_MAX,
);

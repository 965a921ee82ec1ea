/** `samsa log` as its users call it, on a folder that a broker wrote. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CompressionTypes, Kafka, logLevel } from "kafkajs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CommandResult, runCommand } from "../support/run-command.js";
import { builtCommand, startSamsa } from "../support/samsa.js";
import type { TargetBroker } from "../support/target-broker.js";

const SEGMENT = "00000000000000000000.log";
let broker: TargetBroker;

beforeAll(async () => {
  broker = await startSamsa();
  const kafka = new Kafka({ brokers: [broker.bootstrapServers], logLevel: logLevel.NOTHING });
  const producer = kafka.producer();
  await producer.connect();
  for (const compression of [CompressionTypes.None, CompressionTypes.GZIP]) {
    await producer.send({ topic: "orders", compression, messages: [{ key: "k", value: `by codec ${compression}` }] });
  }
  await producer.disconnect();
}, 60_000);

afterAll(() => broker.dispose());

function samsaLog(...args: string[]): Promise<CommandResult> {
  return runCommand(process.execPath, [builtCommand(), "log", ...args]);
}

test("logs are dumped and verified beside the broker and after it, and damage is found", async () => {
  const folder = join(broker.dataFolder, "orders-0");
  expect(await samsaLog("verify", folder)).toMatchObject({ code: 0, stdout: expect.stringContaining("Sound: 1 logs") });

  await broker.stop();
  expect(await samsaLog("verify", broker.dataFolder)).toMatchObject({ code: 0, stderr: "" });
  const dumped = await samsaLog("dump", folder, "--records", "--json");
  const rows = dumped.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(rows.filter((row) => row.type === "record").map((row) => row.value)).toEqual([
    { utf8: "by codec 0" },
    { utf8: "by codec 1" },
  ]);

  const segment = join(folder, SEGMENT);
  const bytes = readFileSync(segment);
  writeFileSync(segment, bytes.fill(0x55, bytes.length - 1));
  const verified = await samsaLog("verify", folder);
  expect(verified.code).toBe(1);
  expect(verified.stdout).toMatch(/DAMAGE: .*0{20}\.log \(position \d+, offset 1\) has a batch with a wrong CRC/);
});

test("a mistake on the command line is one sentence, and exit code 2", async () => {
  const nowhere = join(broker.dataFolder, "nowhere");
  expect(await samsaLog("dump", nowhere)).toEqual({
    code: 2,
    stdout: "",
    stderr: `samsa: ${nowhere} does not exist.\n`,
  });
});

/**
 * `npm run torture:crash -- [ROUNDS]`: a real broker with `samsa.log.sync=always` under load is killed (SIGKILL) at a
 * random moment and started again, round after round, and each time everything is read back: no acknowledged record may
 * be lost, none changed, none out of its producer's order. Ends with 1 otherwise, and keeps the data folder then.
 */
import { cpSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, createTopic } from "../../compat-tests/kafkajs/connect.js";
import { startSamsa } from "../support/samsa.js";
import type { TargetBroker } from "../support/target-broker.js";
import { Ledger, type Verdict } from "./ledger.js";
import { readBack } from "./read-back.js";
import { Writer } from "./writers.js";

const ROUNDS = 100;
const TOPIC = "tortured";
const PARTITIONS = 4;
const WRITERS = 4;
const LOAD_MS_MAX = 800;

const properties = {
  "samsa.log.sync": "always",
  "log.segment.bytes": "1048576",
  "log.index.interval.bytes": "1000",
  "log.flush.offset.checkpoint.interval.ms": "300",
};

const rounds = Number(process.argv[2] ?? ROUNDS);
const broker = await startSamsa({ properties });
try {
  process.exitCode = (await torture(broker)) ? 0 : 1;
} finally {
  await broker.dispose();
}

async function torture(broker: TargetBroker): Promise<boolean> {
  const { bootstrapServers } = broker;
  await createTopic(connect(bootstrapServers, "torture"), { topic: TOPIC, numPartitions: PARTITIONS });
  const ledger = new Ledger();
  const target = { bootstrapServers, topic: TOPIC, partitions: PARTITIONS };
  const writers = Array.from(
    { length: WRITERS },
    (_, index) => new Writer(`w${index}`, index % 2 === 1, target, ledger),
  );
  await Promise.all(writers.map((writer) => writer.start()));
  const startedMs = performance.now();
  let [round, readyMsMax] = [0, 0];
  let verdict: Verdict = { read: 0, acknowledged: 0, lost: 0, corrupted: 0, outOfOrder: 0 };
  while (round < rounds && isSound(verdict)) {
    round++;
    await sleep(Math.random() * LOAD_MS_MAX);
    const mark = ledger.mark();
    await broker.kill();
    await broker.start();
    readyMsMax = Math.max(readyMsMax, broker.readyMs);
    verdict = ledger.judge(mark, await readBack(broker, TOPIC, PARTITIONS));
  }
  await Promise.all(writers.map((writer) => writer.stop()));
  if (isSound(verdict)) verdict = ledger.judge(ledger.mark(), await readBack(broker, TOPIC, PARTITIONS));
  tell(round, verdict, readyMsMax, performance.now() - startedMs);
  if (!isSound(verdict)) keepData(broker);
  return isSound(verdict);
}

function isSound({ lost, corrupted, outOfOrder }: Verdict): boolean {
  return lost + corrupted + outOfOrder === 0;
}

function tell(round: number, { acknowledged, read, ...wrong }: Verdict, readyMsMax: number, ms: number): void {
  const found = `${wrong.lost} lost, ${wrong.corrupted} corrupted, ${wrong.outOfOrder} out of order`;
  const times = `ready again in at most ${Math.round(readyMsMax)} ms, ${Math.round(ms / 1000)} s in all`;
  console.log(
    `${round} rounds of kill -9: ${acknowledged} records acknowledged, ${read} read back, ${found}; ${times}`,
  );
}

function keepData(broker: TargetBroker): void {
  const kept = join(tmpdir(), `samsa-torture-${process.pid}`);
  cpSync(broker.dataFolder, kept, { recursive: true });
  console.log(`the data folder is kept in ${kept}; the broker wrote:\n${broker.output.slice(-4000)}`);
}

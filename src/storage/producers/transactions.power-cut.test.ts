/** The power goes before any operation on the disk, twice: what is left of a log knows its transactions. */
import { expect, test } from "vitest";
import type { Disk } from "../../environments/simulated/disk.js";
import { afterPowerCut } from "../../environments/simulated/power-cut.js";
import type { RandomStream } from "../../environments/simulated/random-stream.js";
import { Simulation } from "../../environments/simulated/simulation.js";
import type { PartitionLog } from "../partition-log.js";
import { append, batchOf, logConfig, NOW_MS, openSimulatedStore, topicId } from "../storage.test-data.js";
import { expectToKnow, TransactionModel } from "./transaction-model.test-data.js";
import { commitAll, endTransaction } from "./transactions.test-data.js";

const limits = { eventsMax: 1e6, virtualMsMax: 1e7 };
/** A few batches per segment. */
const config = { ...logConfig, segmentBytes: 400, messageTimestampAfterMaxMs: Number.MAX_SAFE_INTEGER };
const now = { monotonicMs: 0, wallMs: NOW_MS };

/** Appends something that the log allows, and notes it in the model. */
function appendAny(log: PartitionLog, model: TransactionModel, random: RandomStream): void {
  const producerId = random.pick(1, 2, 3);
  const what = random.pick("plain", "transactional", "transactional", "commit", "abort");
  if (what === "plain") {
    append(log, batchOf(1));
    model.add(null, null, 1);
  } else if (what === "transactional") {
    const records = batchOf(1, 10, { isTransactional: true, producer: { id: producerId, epoch: 0, baseSequence: -1 } });
    log.appendAsLeader(records, { leaderEpoch: 0, origin: "coordinator", now, verification: "not wanted" });
    model.add(producerId, null, 1);
  } else {
    endTransaction(log, producerId, what);
    model.add(producerId, what, 1);
  }
  commitAll(log);
}

interface Image {
  readonly disk: Disk;
  readonly model: TransactionModel;
}

/** Runs the store on a disk; gives what a power cut at any of its operations would leave, now and then. */
async function imagesOf(seed: number, before: Image | null, appends: number, share: number): Promise<Image[]> {
  const simulation = new Simulation(seed);
  const random = simulation.random("work");
  const host = simulation.host();
  const images: Image[] = [];
  await simulation.run(async () => {
    const environment = host.start(before?.disk);
    let model = before?.model ?? new TransactionModel();
    host.disk.watch = ({ kind }) => {
      if (kind !== "read" && random.chance(share)) images.push({ disk: afterPowerCut(host.disk, random), model });
      return null;
    };
    const log = (
      await openSimulatedStore(environment, { config, checkpointIntervalMs: 3, initialDelayMs: 60_000 })
    ).openOrCreate("orders", 0, topicId, config);
    commitAll(log);
    model = model.upTo(log.endOffset);
    if (before !== null) expectToKnow(log, model);
    for (let step = 0; step < appends; step++) {
      appendAny(log, model, random);
      if (random.chance(0.2)) await log.flush();
      if (random.chance(0.2)) await simulation.sleep(2);
    }
  }, limits);
  return images;
}

test("after a power cut, and after the next one", async () => {
  let checked = 0;
  for (let seed = 1; seed <= 2; seed++) {
    for (const first of await imagesOf(seed, null, 60, 0.03)) {
      for (const second of await imagesOf(checked, first, 25, 0.03)) {
        await imagesOf(checked++, second, 0, 0);
      }
    }
  }
  expect(checked).toBeGreaterThan(20);
}, 120_000);

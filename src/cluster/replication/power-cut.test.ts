/** With flush.messages=1, whatever the moment at which the power goes: what was committed is there, whole and in order. */
import { expect, test } from "vitest";
import type { Disk } from "../../environments/simulated/disk.js";
import { afterPowerCut } from "../../environments/simulated/power-cut.js";
import { Simulation } from "../../environments/simulated/simulation.js";
import type { Environment } from "../../lib/environment.js";
import { partitionOfBroker1 } from "../../metadata/image/image.test-data.js";
import { readBatches } from "../../protocol/records/batch.js";
import type { LogStore } from "../../storage/folders/log-store.js";
import { batchOf, logConfig, openSimulatedStore, readFrom, topicId } from "../../storage/storage.test-data.js";
import { Partition } from "./partition.js";
import { withoutPeers } from "./replication.test-data.js";

const nodeId = 1;
const APPENDS = 24;
const IMAGES_PER_POINT = 3;
const limits = { eventsMax: 1e6, virtualMsMax: 1e7 };
const config = {
  ...logConfig,
  segmentBytes: 6 * batchOf(1, 50).length,
  indexIntervalBytes: 100,
  flushMessages: 1,
  messageTimestampAfterMaxMs: Number.MAX_SAFE_INTEGER,
};

function partitionOf(store: LogStore, environment: Environment): Partition {
  const { clock } = environment;
  const which = { topic: "t", topicId, index: 0 };
  const partition = new Partition({ ...which, nodeId, clock, store, config, ...withoutPeers(clock) });
  partition.apply({ ...partitionOfBroker1, leaderEpoch: 3, partitionEpoch: 3 });
  return partition;
}

test("the power goes before any operation on the disk", async () => {
  const simulation = new Simulation(21);
  const images: { readonly disk: Disk; readonly committed: number }[] = [];
  await simulation.run(async () => {
    const host = simulation.host();
    const environment = host.start();
    const store = await openSimulatedStore(environment, { config, checkpointIntervalMs: 7 });
    const partition = partitionOf(store, environment);
    const random = simulation.random("images");
    host.disk.watch = ({ kind }) => {
      for (let image = 0; kind !== "read" && image < IMAGES_PER_POINT; image++) {
        images.push({ disk: afterPowerCut(host.disk, random), committed: partition.highWatermark });
      }
      return null;
    };
    for (let append = 0; append < APPENDS; append++) {
      expect(partition.append(batchOf(1, 50), "client", -1)).toMatchObject({ baseOffset: append });
      await simulation.sleep(random.below(8));
    }
    while (partition.highWatermark < APPENDS) await simulation.sleep(10);
  }, limits);
  expect(images.length).toBeGreaterThan(200);
  for (const [at, { disk, committed }] of images.entries()) {
    const after = new Simulation(at);
    await after.run(async () => {
      const log = (await openSimulatedStore(after.host().start(disk), { config, checkpointIntervalMs: 7 })).get(
        "t",
        0,
        topicId,
      );
      expect(log?.endOffset ?? 0).toBeGreaterThanOrEqual(committed);
      for (let next = 0; log !== null && next < log.endOffset; next++) {
        const [batch] = readBatches(readFrom(log, next).records).batches;
        expect(batch?.baseOffset).toBe(next);
        expect(await log.offsetForTimestamp(batch?.maxTimestampMs ?? 0)).toMatchObject({ offset: 0 });
      }
    }, limits);
  }
});

/** The power goes before any operation on the disk, and the store is opened again on what that may leave. */
import { expect, test } from "vitest";
import type { Disk, DiskOperation } from "../../environments/simulated/disk.js";
import { afterPowerCut } from "../../environments/simulated/power-cut.js";
import { Simulation } from "../../environments/simulated/simulation.js";
import type { Environment } from "../../lib/environment.js";
import { readBatches } from "../../protocol/records/batch.js";
import { append, batchOf, logConfig, openSimulatedStore, readFrom, topicId } from "../storage.test-data.js";
import type { LogStore } from "./log-store.js";

const limits = { eventsMax: 1e6, virtualMsMax: 1e7 };
const otherId = "BBBBBBBBBBBBBBBBBBBBBQ";
const config = {
  ...logConfig,
  segmentBytes: 3 * batchOf(1, 50).length,
  messageTimestampAfterMaxMs: Number.MAX_SAFE_INTEGER,
};

/** The disks that power cuts would leave while `work` goes on. */
async function imagesOf(
  imagesPerPoint: number,
  isPoint: (operation: DiskOperation) => boolean,
  work: (simulation: Simulation, environment: Environment) => Promise<void>,
): Promise<Disk[]> {
  const simulation = new Simulation(4);
  const random = simulation.random("images");
  const host = simulation.host();
  const images: Disk[] = [];
  await simulation.run(async () => {
    host.disk.watch = (operation) => {
      for (let image = 0; isPoint(operation) && image < imagesPerPoint; image++) {
        images.push(afterPowerCut(host.disk, random));
      }
      return null;
    };
    await work(simulation, host.start());
  }, limits);
  return images;
}

async function openedOn(disk: Disk, look: (store: LogStore) => void): Promise<void> {
  const simulation = new Simulation(5);
  await simulation.run(
    async () => look(await openSimulatedStore(simulation.host().start(disk), { config, initialDelayMs: 60_000 })),
    limits,
  );
}

test("a log is a prefix of what was written, from its first record on, however new its segments were", async () => {
  const isWrite = ({ kind }: DiskOperation) => kind !== "read";
  const images = await imagesOf(4, isWrite, async (simulation, environment) => {
    const store = await openSimulatedStore(environment, { config, initialDelayMs: 60_000 });
    const log = store.openOrCreate("orders", 0, topicId, config);
    for (let value = 0; value < 16; value++) {
      expect(append(log, batchOf(1, 50))).toMatchObject({ baseOffset: value });
      if (value % 5 === 0) await simulation.sleep(2);
    }
  });
  expect(images.length).toBeGreaterThan(200);
  for (const disk of images) {
    await openedOn(disk, (store) => {
      const log = store.get("orders", 0, topicId);
      if (log === null) return;
      expect(log.logStartOffset).toBe(0);
      for (let next = 0; next < log.endOffset; next++) {
        expect(readBatches(readFrom(log, next).records).batches[0]?.baseOffset).toBe(next);
      }
    });
  }
});

test("the files of a deleted topic, half removed, do not come back in a new one with its name", async () => {
  const images = await imagesOf(
    300,
    ({ kind, path }) => kind === "remove" && path.endsWith("-delete"),
    async (simulation, environment) => {
      const store = await openSimulatedStore(environment, { config, initialDelayMs: 60_000 });
      const log = store.openOrCreate("orders", 0, topicId, config);
      append(log, batchOf(2));
      await log.flush();
      store.delete("orders", 0);
      await simulation.sleep(10);
    },
  );
  expect(images).toHaveLength(300);
  for (const disk of images) {
    await openedOn(disk, (store) => expect(store.openOrCreate("orders", 0, otherId, config).endOffset).toBe(0));
  }
});

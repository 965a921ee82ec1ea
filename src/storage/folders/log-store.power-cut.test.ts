/** The power goes before any operation on the disk, and the store is opened again on what that may leave. */
import { describe, expect, test } from "vitest";
import type { Disk, DiskOperation } from "../../environments/simulated/disk.js";
import { afterPowerCut } from "../../environments/simulated/power-cut.js";
import { Simulation } from "../../environments/simulated/simulation.js";
import type { Environment, Files } from "../../lib/environment.js";
import { errors } from "../../protocol/errors.js";
import { readBatches } from "../../protocol/records/batch.js";
import {
  append,
  batchOf,
  logConfig,
  openSimulatedStore,
  readFrom,
  topicId,
  wrappedFile,
  wrappedFiles,
} from "../storage.test-data.js";
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

async function openedOn(disk: Disk, look: (store: LogStore, files: Files) => void): Promise<void> {
  const simulation = new Simulation(5);
  await simulation.run(async () => {
    const environment = simulation.host().start(disk);
    look(await openSimulatedStore(environment, { config, initialDelayMs: 60_000 }), environment.files);
  }, limits);
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

describe("a new log", () => {
  const isChange = ({ kind }: DiskOperation) => kind !== "read";

  test("waits for no disk when it is made", async () => {
    const simulation = new Simulation(4);
    await simulation.run(async () => {
      const environment = simulation.host().start();
      let syncs = 0;
      const counted = <T>(run: () => T): T => {
        syncs++;
        return run();
      };
      const { files } = environment;
      const open: Files["open"] = (path, how) => {
        const file = files.open(path, how);
        return wrappedFile(file, {
          syncNow: () => counted(() => file.syncNow()),
          sync: () => counted(() => file.sync()),
        });
      };
      const watched = wrappedFiles(files, {
        open,
        syncFolder: (path) => counted(() => files.syncFolder(path)),
        syncFolderInPool: (path) => counted(() => files.syncFolderInPool(path)),
      });
      const store = await openSimulatedStore({ ...environment, files: watched }, { config, initialDelayMs: 60_000 });
      syncs = 0;
      for (let partition = 0; partition < 10; partition++) {
        append(store.openOrCreate("orders", partition, topicId, config), batchOf(1, 50));
      }
      expect(syncs).toBe(0);
    }, limits);
  });

  test("is gone, or begins with its first record, as long as it was not flushed", async () => {
    const images = await imagesOf(15, isChange, async (_, environment) => {
      const store = await openSimulatedStore(environment, { config, initialDelayMs: 60_000 });
      for (let partition = 0; partition < 3; partition++) {
        append(store.openOrCreate("orders", partition, topicId, config), batchOf(2, 50));
      }
    });
    let [found, lost] = [0, 0];
    for (const disk of images) {
      await openedOn(disk, (store) => {
        for (let partition = 0; partition < 3; partition++) {
          if (store.get("orders", partition, topicId) === null) lost++;
          else found++;
          const log = store.openOrCreate("orders", partition, topicId, config);
          expect([0, 2]).toContain(log.endOffset);
          expect(append(log, batchOf(1, 50))).toMatchObject({ baseOffset: log.endOffset - 1 });
        }
      });
    }
    expect(Math.min(found, lost)).toBeGreaterThan(20);
  });

  test("is kept with its name and the id of its topic once it was flushed, also by a process that was killed before", async () => {
    const images = await imagesOf(20, isChange, async (_, environment) => {
      const killed = await openSimulatedStore(environment, { config, initialDelayMs: 60_000 });
      append(killed.openOrCreate("orders", 0, topicId, config), batchOf(1, 50));
      killed.openOrCreate("orders", 1, topicId, config);
      await killed.close({ clean: false });
      const store = await openSimulatedStore(environment, { config, initialDelayMs: 60_000 });
      for (const log of store.logs) {
        append(log, batchOf(1, 50), -1);
        expect(await log.flush()).toBe(errors.NONE.code);
      }
      // The last images are taken before this.
      environment.files.createFolder("/later");
    });
    for (const disk of images.slice(-20)) {
      await openedOn(disk, (store) => {
        expect(store.logs.map((log) => [log.topicId, log.endOffset])).toEqual([
          [topicId, 2],
          [topicId, 1],
        ]);
      });
    }
  });

  test("that was deleted before its first flush gives nothing to the next one of its name", async () => {
    const images = await imagesOf(
      40,
      ({ kind }) => kind === "create",
      async (simulation, environment) => {
        const times = { checkpointIntervalMs: 5, initialDelayMs: 60_000 };
        const store = await openSimulatedStore(environment, { config, ...times });
        const log = store.openOrCreate("orders", 0, topicId, config);
        append(log, batchOf(2));
        log.setHighWatermark(2);
        log.deleteRecordsBefore(1);
        await simulation.sleep(40);
        store.delete("orders", 0);
        store.openOrCreate("orders", 0, otherId, config);
      },
    );
    let setAside = 0;
    for (const disk of images) {
      await openedOn(disk, (store, files) => {
        setAside += files.list("/data").filter((name) => name.endsWith("-stray")).length;
        const log = store.openOrCreate("orders", 0, otherId, config);
        expect([log.logStartOffset, log.endOffset]).toEqual([0, 0]);
      });
    }
    expect(setAside).toBeGreaterThan(0);
  });
});

/** Whatever the moment of a compaction at which the power goes: the log is there, and its latest values with it. */
import { expect, test } from "vitest";
import { Disk } from "../../environments/simulated/disk.js";
import { EventLoop, ProcessLoop } from "../../environments/simulated/event-loop.js";
import { afterPowerCut } from "../../environments/simulated/power-cut.js";
import { RandomStream } from "../../environments/simulated/random-stream.js";
import { SimulatedFiles } from "../../environments/simulated/simulated-files.js";
import type { Files } from "../../lib/environment.js";
import { codecs } from "../../protocol/records/codecs.js";
import type { PartitionLog } from "../partition-log.js";
import { reopen, StillClock, topicId } from "../storage.test-data.js";
import {
  committedTableOf,
  compactConfig,
  compactedLog,
  compactNow,
  recordsOf,
  rollOver,
  TransactionalProducer,
  toolsWith,
  write,
} from "./compaction.test-data.js";

const IMAGES_PER_POINT = 2;
const config = { ...compactConfig, segmentBytes: 600, deleteRetentionMs: 100 };

async function recovered(files: Files): Promise<PartitionLog> {
  const log = (await reopen(files, { config })).get("orders", 0, topicId);
  if (log === null) throw new Error("the log is there");
  return log;
}

/** Every look-up through the indexes finds what a walk through the log finds. */
function expectIndexesAgree(log: PartitionLog): void {
  const all = recordsOf(log);
  for (let from = log.logStartOffset; from < log.endOffset; from += 25) {
    expect(recordsOf(log, from)).toEqual(all.filter(({ offset }) => offset >= from));
  }
}

test("the power goes before any operation of a compaction", async () => {
  const random = new RandomStream(5, "power cuts while compacting");
  const loop = new EventLoop();
  const tick = () => void loop.at(loop.nowMs + 1, tick);
  tick();
  const run = async <T>(work: Promise<T>): Promise<T> => {
    let ended = false;
    const done = work.finally(() => {
      ended = true;
    });
    await loop.run(() => ended, { eventsMax: 1e7, virtualMsMax: 1e10 });
    return done;
  };
  const filesOn = (disk: Disk) => new SimulatedFiles(disk, new ProcessLoop(loop), random);
  const disk = new Disk(1e9);
  filesOn(disk).createFolder("/data");
  filesOn(disk).syncFolder("/");
  const images: Disk[] = [];
  const log = await run(compactedLog(config, filesOn(disk)));
  const producers = [new TransactionalProducer(1), new TransactionalProducer(2)];
  for (let count = 0; count < 24; count++) {
    const producer = producers[count % 2];
    if (count % 3 === 1) producer?.write(log, [[`k${count % 7}`, `of transaction ${count}`]]);
    if (count % 3 === 2) producer?.end(log, count % 4 < 2 ? "abort" : "commit");
    const codec = count % 3 === 0 ? codecs.lz4 : codecs.none;
    const last = count % 5 === 0 ? null : `${count}`;
    write(
      log,
      [
        [`k${count % 7}`, "x".repeat(40)],
        [`k${count % 4}`, last],
        [`only ${count % 15}`, `${count}`],
      ],
      { codec },
    );
  }
  for (const producer of producers) producer.end(log, "abort");
  const { endOffset } = log;
  await run(rollOver(log));
  const expected = committedTableOf(log);
  disk.watch = ({ kind }) => {
    for (let i = 0; kind !== "read" && i < IMAGES_PER_POINT; i++) images.push(afterPowerCut(disk, random));
    return null;
  };
  const clock = new StillClock();
  for (let pass = 0; pass < 3; pass++) {
    const outcome = await run(compactNow(log, toolsWith({}, clock)));
    expect(outcome).toEqual({ compactedTo: endOffset });
    expect(committedTableOf(log)).toEqual(expected);
    clock.advance(1_000);
  }
  disk.watch = () => null;
  expect(images.length).toBeGreaterThan(300);
  for (const image of images) {
    const after = await run(recovered(filesOn(image)));
    expect(after.endOffset).toBe(log.endOffset);
    after.setHighWatermark(after.endOffset);
    expect(committedTableOf(after)).toEqual(expected);
    expectIndexesAgree(after);
    const names = filesOn(image).list("/data/orders-0");
    expect(names.filter((name) => /cleaned|swap/.test(name))).toEqual([]);
    const again = await run(recovered(filesOn(image)));
    expect(recordsOf(again)).toEqual(recordsOf(after));
  }
}, 120_000);

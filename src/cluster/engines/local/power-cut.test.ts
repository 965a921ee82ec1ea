/** Whatever the moment at which the power goes: what was committed is there, in order, and what is there is whole. */
import { expect, test } from "vitest";
import { manualEnvironment } from "../../../../tests/support/manual-environment.js";
import { Disk } from "../../../environments/simulated/disk.js";
import { EventLoop, ProcessLoop } from "../../../environments/simulated/event-loop.js";
import { afterPowerCut } from "../../../environments/simulated/power-cut.js";
import { RandomStream } from "../../../environments/simulated/random-stream.js";
import { SimulatedFiles } from "../../../environments/simulated/simulated-files.js";
import { uuidFrom } from "../../../environments/uuid.js";
import { invariant } from "../../../lib/invariant.js";
import { emptyImage } from "../../../metadata/image/empty.js";
import type { MetadataImage } from "../../../metadata/image/image.js";
import { encodeRecord } from "../../../metadata/records/frame.js";
import { metadataRecord } from "../../../metadata/records/metadata-record.js";
import { followImages } from "../../../metadata/snapshots/follow-images.js";
import { snapshotBatches } from "../../../metadata/snapshots/snapshot-batches.js";
import { buildBatch } from "../../../protocol/records/build-batch.js";
import { LogDirectory } from "../../../storage/folders/log-directory.js";
import { LocalEngine } from "./local-engine.js";

const me = { brokerId: 1, endpoint: { host: "localhost", port: 9092 } };
const APPENDS = 12;
/** After so many appends, and again, a snapshot is saved. */
const APPENDS_PER_SNAPSHOT = 5;
const IMAGES_PER_POINT = 3;

/** What a life of the engine has been told is durable. */
interface Promised {
  clusterId: string | null;
  epoch: number;
  producerIds: number;
}

function engineOn(disk: Disk, loop: EventLoop, random: RandomStream) {
  const files = new SimulatedFiles(disk, new ProcessLoop(loop), random);
  const directory = LogDirectory.open(files, "/data");
  invariant(directory instanceof LogDirectory, "the folder is free");
  const bytes = (count: number) => Uint8Array.from({ length: count }, () => random.below(256));
  const chance = { bytes, below: (bound: number) => random.below(bound), uuid: () => uuidFrom(bytes) };
  return new LocalEngine({ environment: { ...manualEnvironment(), files, random: chance }, directory, nodeId: 1 });
}

/** Each append moves the next producer id on by one. */
function batch(baseOffset: number, leaderEpoch: number, nextProducerId: number): Uint8Array {
  const value = encodeRecord(metadataRecord("ProducerIdsRecord", { brokerId: 1, brokerEpoch: 0, nextProducerId }));
  return buildBatch({ baseOffset, leaderEpoch, records: [{ timestampMs: 0, key: null, value }] });
}

/** Opens, leads, appends and saves snapshots; `promised` is kept up to date on the way. */
async function live(engine: LocalEngine, promised: Promised): Promise<void> {
  const never = new AbortController().signal;
  promised.clusterId = (await engine.open()).clusterId;
  const leadership = await engine.campaign(me, never);
  promised.epoch = leadership.epoch;
  for (let i = 0; i < APPENDS; i++) {
    const outcome = await leadership.append(leadership.next + i, batch(leadership.next + i, leadership.epoch, i + 1));
    invariant(outcome === "committed", "nobody else leads");
    promised.producerIds = i + 1;
    if ((i + 1) % APPENDS_PER_SNAPSHOT > 0) continue;
    const image = { ...emptyImage, endOffset: leadership.next + i + 1, epoch: leadership.epoch, nextProducerId: i + 1 };
    await leadership.saveSnapshot(image.endOffset, image.epoch, snapshotBatches(image, 0));
  }
}

/** Opens the engine again, reads all it shows, and leads. */
async function found(engine: LocalEngine) {
  const { clusterId } = await engine.open();
  const leadership = await engine.campaign(me, new AbortController().signal);
  let image: MetadataImage = emptyImage;
  const caughtUp = new AbortController();
  const take = (seen: MetadataImage) => {
    image = seen;
    if (image.endOffset === leadership.next) caughtUp.abort();
  };
  await followImages(engine, take, caughtUp.signal);
  return { clusterId, epoch: leadership.epoch, image };
}

test("the power goes before any operation on the disk", async () => {
  const random = new RandomStream(7, "metadata power cuts");
  const loop = new EventLoop();
  const run = async (work: Promise<void>) => {
    let ended = false;
    const done = work.finally(() => {
      ended = true;
    });
    await loop.run(() => ended, { eventsMax: 1e6, virtualMsMax: 1e9 });
    await done;
  };
  const disk = new Disk(1e9);
  const files = new SimulatedFiles(disk, new ProcessLoop(loop), random);
  files.createFolder("/data");
  files.syncFolder("/");
  const promised: Promised = { clusterId: null, epoch: 0, producerIds: 0 };
  const images: { disk: Disk; promised: Promised }[] = [];
  disk.watch = ({ kind }) => {
    for (let i = 0; kind !== "read" && i < IMAGES_PER_POINT; i++) {
      images.push({ disk: afterPowerCut(disk, random), promised: { ...promised } });
    }
    return null;
  };
  // The loop needs something to run while promises alone move on.
  const tick = () => void loop.at(loop.nowMs + 1, tick);
  tick();
  await run(live(engineOn(disk, loop, random), promised));
  expect(promised.producerIds).toBe(APPENDS);
  expect(images.length).toBeGreaterThan(100);
  for (const image of images) {
    await run(
      found(engineOn(image.disk, loop, random)).then((after) => {
        if (image.promised.clusterId !== null) expect(after.clusterId).toBe(image.promised.clusterId);
        expect(after.epoch).toBeGreaterThan(image.promised.epoch);
        expect(after.image.nextProducerId).toBeGreaterThanOrEqual(image.promised.producerIds);
      }),
    );
  }
});

/**
 * One seed: a store works on a simulated disk through several lives, and before every operation that changes the disk an
 * image is taken of what a crash at that moment leaves. Then each image is opened and looked at.
 */
import type { DiskOperation } from "../../src/environments/simulated/disk.js";
import { Simulation } from "../../src/environments/simulated/simulation.js";
import { codecs, compress } from "../../src/protocol/records/codecs.js";
import { loadCrc32c } from "../../src/protocol/records/crc32c.js";
import { checkImage } from "./check-image.js";
import { type CrashImage, CrashImages } from "./images.js";
import { Workload } from "./workload.js";

// Whatever is loaded on first use is loaded before a simulation: that is not the outside world of the broker.
for (const codec of Object.values(codecs)) compress(codec, Buffer.from("loaded"));
loadCrc32c();

const LIMITS = { eventsMax: 1_000_000, virtualMsMax: 3_600_000 };
/** A case that is longer is cut off: many short ones find more than a few long ones. */
const IMAGES_MAX = 1_500;

export interface CaseResult {
  readonly crashPoints: number;
}

export async function crashCase(seed: number): Promise<CaseResult> {
  const images = await playLives(seed);
  for (const image of images) {
    try {
      await checkImage(image);
    } catch (failure) {
      const why = failure instanceof Error ? failure.message : String(failure);
      const where = `seed ${seed}, crash point ${image.number}: a ${image.fault} before the ${image.before}`;
      throw new Error(`${where}\n  ${why}\n  npm run crash -- --seed ${seed}`, { cause: failure });
    }
  }
  return { crashPoints: images.length };
}

async function playLives(seed: number): Promise<readonly CrashImage[]> {
  const simulation = new Simulation(seed);
  const images = new CrashImages(simulation.random("images"), IMAGES_MAX);
  const workload = new Workload(simulation);
  const watch = (operation: DiskOperation) => images.take(workload.disk, operation, () => workload.expected());
  try {
    await simulation.run(() => workload.play(watch), LIMITS);
  } catch (failure) {
    const why = failure instanceof Error ? failure.message : String(failure);
    throw new Error(`${why}\n  npm run crash -- --seed ${seed}`, { cause: failure });
  }
  return images.taken;
}

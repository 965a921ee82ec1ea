/** What a crash leaves of a disk, taken before every operation that changes it. */
import { emptyFolder } from "../../src/environments/memory/folders.js";
import { Disk, type DiskFolder, type DiskOperation, Inode } from "../../src/environments/simulated/disk.js";
import { afterPowerCut } from "../../src/environments/simulated/power-cut.js";
import type { RandomStream } from "../../src/environments/simulated/random-stream.js";
import type { ExpectedLog } from "./log-model.js";

/** A killed process leaves all that it wrote; a power cut leaves what was synced, and any part of the rest. */
export type Fault = "kill" | "power cut";

export interface CrashImage {
  readonly number: number;
  readonly fault: Fault;
  /** The crash came before this operation. */
  readonly before: string;
  readonly disk: Disk;
  readonly expected: readonly ExpectedLog[];
}

/** After how many power cuts comes a kill: what a kill leaves differs less. */
const POWER_CUTS_PER_KILL = 4;

export class CrashImages {
  readonly taken: CrashImage[] = [];
  readonly #random: RandomStream;
  readonly #imagesMax: number;

  constructor(random: RandomStream, imagesMax: number) {
    this.#random = random;
    this.#imagesMax = imagesMax;
  }

  /** Called before each operation. What only reads changes nothing: the image before the next one is the same. */
  take(disk: Disk, { kind, path }: DiskOperation, expected: () => readonly ExpectedLog[]): void {
    if (kind === "read" || this.taken.length >= this.#imagesMax) return;
    const number = this.taken.length;
    const fault = number % (POWER_CUTS_PER_KILL + 1) === 0 ? "kill" : "power cut";
    const left = fault === "kill" ? afterKill(disk) : afterPowerCut(disk, this.#random);
    left.bytesMax = Number.MAX_SAFE_INTEGER;
    this.taken.push({ number, fault, before: `${kind} of ${path}`, disk: left, expected: expected() });
  }
}

function afterKill(disk: Disk): Disk {
  return new Disk(disk.bytesMax, asSeen(disk.root));
}

function asSeen(folder: DiskFolder): DiskFolder {
  const copy: DiskFolder = emptyFolder(folder.modifiedMs);
  for (const [name, entry] of folder.entries) {
    copy.entries.set(
      name,
      entry.kind === "folder"
        ? asSeen(entry)
        : { kind: "file", content: new Inode(entry.content.seen.copy(), entry.content.modifiedMs) },
    );
  }
  return copy;
}

/** Small routines with a classic mistake each: the model of the disk must find every one of them, and clear the right ones. */
import { describe, expect, test } from "vitest";
import { FileError, type Files } from "../../lib/environment.js";
import { Disk } from "./disk.js";
import { EventLoop, ProcessLoop } from "./event-loop.js";
import { afterPowerCut } from "./power-cut.js";
import { RandomStream } from "./random-stream.js";
import { SimulatedFiles } from "./simulated-files.js";

const random = new RandomStream(2026, "power cuts");
const bytesOf = (text: string): Uint8Array => Buffer.from(text, "latin1");
const filesOn = (disk: Disk): Files => new SimulatedFiles(disk, new ProcessLoop(new EventLoop()), random);

function textIn(files: Files, path: string): string | null {
  if (files.stat(path) === null) return null;
  const file = files.open(path, "read");
  const bytes = Buffer.alloc(file.bytes);
  file.read(bytes, 0);
  return bytes.toString("latin1");
}

interface Routine {
  run(files: Files): void;
  /** What must be true whenever the power goes; `ended`: the routine had returned. */
  holds(files: Files, ended: boolean): boolean;
}

/** In how many of the disks that power cuts before any operation, and after the last, would leave, the routine fails. */
function failures({ run, holds }: Routine, imagesPerPoint: number): number {
  const disk = new Disk(1e9);
  let failed = 0;
  const check = (ended: boolean): void => {
    for (let image = 0; image < imagesPerPoint; image++) {
      if (!holds(filesOn(afterPowerCut(disk, random)), ended)) failed++;
    }
  };
  disk.watch = ({ kind }) => {
    if (kind !== "read") check(false);
    return null;
  };
  run(filesOn(disk));
  check(true);
  return failed;
}

const old = "old ".repeat(300);
const fresh = "new!".repeat(300);

/** Replaces a checkpoint by writing another file and renaming it, leaving out one of the steps. */
function replace(leftOut: "nothing" | "sync of the file" | "sync of the folder"): Routine {
  const write = (files: Files, text: string): void => {
    const file = files.open("/checkpoint.tmp", "create");
    file.truncate(0);
    file.write([bytesOf(text)], 0);
    if (leftOut !== "sync of the file") file.syncNow();
    file.close();
    files.rename("/checkpoint.tmp", "/checkpoint");
    if (leftOut !== "sync of the folder") files.syncFolder("/");
  };
  let started = false;
  return {
    run: (files) => {
      write(files, old);
      started = true;
      write(files, fresh);
    },
    holds: (files, ended) => {
      const text = textIn(files, "/checkpoint");
      if (ended) return text === fresh;
      return text === fresh || text === old || (text === null && !started);
    },
  };
}

describe("a power cut", () => {
  test("never harms a file that is written, synced, renamed, and whose folder is synced", () => {
    expect(failures(replace("nothing"), 50)).toBe(0);
  });

  test("finds the missing sync of a file before its rename", () => {
    expect(failures(replace("sync of the file"), 20)).toBeGreaterThan(0);
  });

  test("finds the missing sync of a folder after a rename", () => {
    expect(failures(replace("sync of the folder"), 20)).toBeGreaterThan(0);
  });

  test("tears a write that goes over two sectors", () => {
    let prepared = false;
    const overwrite: Routine = {
      run: (files) => {
        const file = files.open("/state", "create");
        file.write([bytesOf(old)], 0);
        file.syncNow();
        files.syncFolder("/");
        prepared = true;
        file.write([bytesOf(fresh)], 0);
        file.syncNow();
      },
      holds: (files) => !prepared || [old, fresh].includes(textIn(files, "/state") ?? ""),
    };
    expect(failures(overwrite, 40)).toBeGreaterThan(0);
  });

  test("may leave a length without its bytes", () => {
    const disk = new Disk(1e9);
    const files = filesOn(disk);
    files.open("/log", "create").write([bytesOf("x".repeat(2_000))], 0);
    files.syncFolder("/");
    const found = Array.from({ length: 200 }, () => textIn(filesOn(afterPowerCut(disk, random)), "/log"));
    expect(found).toContain("\0".repeat(2_000));
    expect(found).toContain("x".repeat(2_000));
    expect(found).toContain("");
  });

  test("a removal before a rename is durable may come first", () => {
    let prepared = false;
    const compact: Routine = {
      run: (files) => {
        for (const name of ["/cleaned", "/dirty"]) {
          const file = files.open(name, "create");
          file.write([bytesOf("key")], 0);
          file.syncNow();
        }
        files.syncFolder("/");
        prepared = true;
        files.rename("/cleaned", "/live");
        files.remove("/dirty");
        files.syncFolder("/");
      },
      holds: (files) => !prepared || files.stat("/live") !== null || files.stat("/dirty") !== null,
    };
    expect(failures(compact, 300)).toBeGreaterThan(0);
  });
});

describe("a simulated disk", () => {
  test("keeps what was written through a killed process, but not yet through a power cut", () => {
    const disk = new Disk(1e9);
    const first = filesOn(disk);
    first.open("/log", "create").write([bytesOf("acked")], 0);
    first.syncFolder("/");
    expect(textIn(filesOn(disk), "/log")).toBe("acked");
    const found = Array.from({ length: 100 }, () => textIn(filesOn(afterPowerCut(disk, random)), "/log"));
    expect(found).toContain("");
  });

  test("a sync that fails loses what was pending, although it is still read", () => {
    const disk = new Disk(1e9);
    const files = filesOn(disk);
    const file = files.open("/log", "create");
    files.syncFolder("/");
    file.write([bytesOf("lost")], 0);
    disk.watch = ({ kind }) => (kind === "sync" ? "EIO" : null);
    expect(() => file.syncNow()).toThrow(FileError);
    disk.watch = () => null;
    file.syncNow();
    expect(textIn(files, "/log")).toBe("lost");
    for (let image = 0; image < 50; image++) {
      expect(textIn(filesOn(afterPowerCut(disk, random)), "/log")).toBe("");
    }
  });

  test("a full disk takes what fits and says that it is full", () => {
    const disk = new Disk(10);
    const files = filesOn(disk);
    const file = files.open("/log", "create");
    file.write([bytesOf("12345678")], 0);
    expect(() => file.write([bytesOf("90ab")], 8)).toThrow(/disk is full/);
    expect(textIn(files, "/log")).toBe("1234567890");
    expect(files.space("/").free).toBe(0);
  });

  test("fails any operation that its watcher wants to fail", () => {
    const disk = new Disk(1e9);
    const files = filesOn(disk);
    const file = files.open("/log", "create");
    disk.watch = ({ kind }) => (kind === "read" ? "EIO" : null);
    expect(() => file.read(new Uint8Array(1), 0)).toThrow(/disk failed/);
    disk.watch = ({ path }) => (path === "/other" ? "EACCES" : null);
    expect(() => files.open("/other", "create")).toThrow(/No permission/);
    expect(files.list("/")).toEqual(["log"]);
  });
});

/** What all implementations of `Files` promise, run against each of them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { FileError, type Files } from "../lib/environment.js";
import { CHUNK_BYTES } from "./memory/chunked-bytes.js";
import { MemoryFiles } from "./memory/memory-files.js";
import { NodeFiles } from "./node/node-files.js";
import { Disk } from "./simulated/disk.js";
import { EventLoop, ProcessLoop } from "./simulated/event-loop.js";
import { RandomStream } from "./simulated/random-stream.js";
import { SimulatedFiles } from "./simulated/simulated-files.js";

const BYTES_MAX = 64 * 1024 * 1024;
const temporary = mkdtempSync(join(tmpdir(), "samsa-files-"));
afterAll(() => rmSync(temporary, { recursive: true }));

interface Implementation {
  readonly files: Files;
  readonly root: string;
  /** Lets time pass until a promise of these files is settled. */
  settle<T>(promise: Promise<T>): Promise<T>;
}

const implementations: [string, () => Implementation][] = [
  [
    "node",
    () => ({ files: new NodeFiles(), root: mkdtempSync(join(temporary, "case-")), settle: (promise) => promise }),
  ],
  [
    "memory",
    () => ({ files: rooted(new MemoryFiles(() => 1_000, BYTES_MAX)), root: "/data", settle: (promise) => promise }),
  ],
  ["simulated", simulated],
];

function simulated(): Implementation {
  const loop = new EventLoop();
  const files = new SimulatedFiles(new Disk(BYTES_MAX), new ProcessLoop(loop), new RandomStream(1, "files"));
  return {
    files: rooted(files),
    root: "/data",
    settle: async (promise) => {
      let settled = false;
      void promise.finally(() => {
        settled = true;
      });
      await loop.run(() => settled, { eventsMax: 100, virtualMsMax: 1_000 });
      return promise;
    },
  };
}

function rooted(files: Files): Files {
  files.createFolder("/data");
  return files;
}

const bytesOf = (text: string): Uint8Array => Buffer.from(text);

function textIn(files: Files, path: string): string {
  const file = files.open(path, "read");
  const into = Buffer.alloc(file.bytes);
  expect(file.read(into, 0)).toBe(file.bytes);
  file.close();
  return into.toString();
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof FileError) return error.code;
    throw error;
  }
  return "no error";
}

describe.each(implementations)("%s files", (_name, create) => {
  test("parts are written one behind the other and read back, fewer only at the end", async () => {
    const { files, root, settle } = create();
    const file = files.open(`${root}/log`, "create");
    file.write([bytesOf("one "), bytesOf(""), bytesOf("two "), bytesOf("three")], 0);
    file.write([bytesOf("2")], 4);
    expect(file.bytes).toBe(13);
    const into = Buffer.alloc(8, "-");
    expect(file.read(into, 8)).toBe(5);
    expect(into.toString()).toBe("three---");
    expect(file.read(into, 13)).toBe(0);
    expect(await settle(file.readCold(into, 4))).toBe(8);
    expect(into.toString()).toBe("2wo thre");
    await settle(file.sync());
    file.syncNow();
    file.close();
  });

  test("a thousand and more parts are one write", () => {
    const { files, root } = create();
    const file = files.open(`${root}/log`, "create");
    file.write(
      Array.from({ length: 3_000 }, (_, index) => Uint8Array.of(index & 0xff)),
      0,
    );
    const into = new Uint8Array(3_000);
    expect(file.read(into, 0)).toBe(3_000);
    expect(into[2_999]).toBe(2_999 & 0xff);
    file.close();
  });

  test("only `create` makes a file, and only in a folder that exists", () => {
    const { files, root } = create();
    expect(codeOf(() => files.open(`${root}/a`, "read"))).toBe("ENOENT");
    expect(codeOf(() => files.open(`${root}/a`, "write"))).toBe("ENOENT");
    expect(codeOf(() => files.open(`${root}/no/a`, "create"))).toBe("ENOENT");
    files.open(`${root}/a`, "create").close();
    files.open(`${root}/a`, "write").close();
    expect(codeOf(() => files.open(`${root}/a/b`, "create"))).toBe("ENOTDIR");
    expect(codeOf(() => files.open(root, "read"))).toBe("EISDIR");
  });

  test("opening to create keeps what is there; a reader cannot write", () => {
    const { files, root } = create();
    const writer = files.open(`${root}/a`, "create");
    writer.write([bytesOf("kept")], 0);
    files.open(`${root}/a`, "create").close();
    expect(textIn(files, `${root}/a`)).toBe("kept");
    const reader = files.open(`${root}/a`, "read");
    expect(codeOf(() => reader.write([bytesOf("x")], 0))).toBe("EBADF");
    writer.close();
    expect(codeOf(() => writer.write([bytesOf("x")], 0))).toBe("EBADF");
  });

  test("folders are made with their parents and list their names in order", () => {
    const { files, root } = create();
    files.createFolder(`${root}/a/b/c`);
    files.createFolder(`${root}/a/b`);
    for (const name of ["z", "a", "B", "10", "9"]) files.open(`${root}/a/${name}`, "create").close();
    expect(files.list(`${root}/a`)).toEqual(["10", "9", "B", "a", "b", "z"]);
    expect(files.list(`${root}/none`)).toEqual([]);
    expect(codeOf(() => files.createFolder(`${root}/a/z/deeper`))).toBe("ENOTDIR");
    expect(files.stat(`${root}/a/b`)?.isFolder).toBe(true);
    expect(files.stat(`${root}/a/z`)).toMatchObject({ bytes: 0, isFolder: false });
    expect(files.stat(`${root}/none`)).toBeNull();
    files.syncFolder(`${root}/a`);
  });

  test("a folder is removed beside other work, with all that it holds, if there is one", async () => {
    const { files, root, settle } = create();
    files.createFolder(`${root}/a`);
    files.open(`${root}/a/one`, "create").close();
    await settle(files.removeInPool(`${root}/a`));
    expect(files.stat(`${root}/a`)).toBeNull();
    await settle(files.removeInPool(`${root}/a`));
  });

  test("a folder is synced beside other work, if there is one", async () => {
    const { files, root, settle } = create();
    files.createFolder(`${root}/a`);
    await settle(files.syncFolderInPool(`${root}/a`));
    const missing = settle(files.syncFolderInPool(`${root}/none`).catch((error: unknown) => error));
    expect(await missing).toMatchObject({ name: "FileError", code: "ENOENT" });
  });

  test("rename replaces a file; what was open goes on with its own bytes", () => {
    const { files, root } = create();
    const old = files.open(`${root}/checkpoint`, "create");
    old.write([bytesOf("old")], 0);
    const next = files.open(`${root}/checkpoint.tmp`, "create");
    next.write([bytesOf("new")], 0);
    files.rename(`${root}/checkpoint.tmp`, `${root}/checkpoint`);
    next.write([bytesOf("er")], 3);
    expect(files.list(root)).toEqual(["checkpoint"]);
    expect(textIn(files, `${root}/checkpoint`)).toBe("newer");
    const into = Buffer.alloc(3);
    old.read(into, 0);
    expect(into.toString()).toBe("old");
    expect(codeOf(() => files.rename(`${root}/none`, `${root}/x`))).toBe("ENOENT");
    old.close();
    next.close();
  });

  test("a folder is renamed and removed with all that is in it", () => {
    const { files, root } = create();
    files.createFolder(`${root}/topic-0/deep`);
    files.open(`${root}/topic-0/deep/log`, "create").close();
    files.rename(`${root}/topic-0`, `${root}/topic-0.delete`);
    expect(files.list(`${root}/topic-0.delete/deep`)).toEqual(["log"]);
    files.remove(`${root}/topic-0.delete`);
    files.remove(`${root}/topic-0.delete`);
    expect(files.list(root)).toEqual([]);
  });

  test("truncate cuts, and growing again shows zeros", () => {
    const { files, root } = create();
    const file = files.open(`${root}/log`, "create");
    file.write([bytesOf("abcdef")], 0);
    file.truncate(2);
    expect(file.bytes).toBe(2);
    file.truncate(5);
    const into = Buffer.alloc(5);
    file.read(into, 0);
    expect(into.toString("latin1")).toBe("ab\0\0\0");
    file.close();
  });

  test("a folder is locked by one at a time", () => {
    const { files, root } = create();
    const first = files.lock(`${root}/.lock`);
    if ("heldBy" in first) throw new Error("a free folder was refused");
    expect(files.lock(`${root}/.lock`)).toHaveProperty("heldBy");
    first.release();
    first.release();
    const second = files.lock(`${root}/.lock`);
    expect(second).toHaveProperty("release");
    if ("release" in second) second.release();
  });

  test("space tells how much is free", () => {
    const { files, root } = create();
    const { free, total } = files.space(root);
    expect(free).toBeGreaterThan(0);
    expect(total).toBeGreaterThanOrEqual(free);
  });

  test("any mixture of writes, truncates and reads behaves like one array of bytes", () => {
    const position = fc.oneof(fc.nat(40), fc.integer({ min: CHUNK_BYTES - 20, max: CHUNK_BYTES + 20 }));
    const step = fc.oneof(
      fc.record({ write: fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 4 }), at: position }),
      fc.record({ truncate: position }),
      fc.record({ read: fc.nat(60), at: position }),
    );
    const { files, root } = create();
    let run = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const file = files.open(`${root}/${run++}`, "create");
        let model = Buffer.alloc(0);
        for (const step of steps) {
          if ("write" in step) {
            const bytes = Buffer.concat(step.write);
            file.write(step.write, step.at);
            if (bytes.length === 0) continue;
            model = Buffer.concat([model, Buffer.alloc(Math.max(0, step.at + bytes.length - model.length))]);
            bytes.copy(model, step.at);
          } else if ("truncate" in step) {
            file.truncate(step.truncate);
            model = Buffer.concat([model, Buffer.alloc(step.truncate)]).subarray(0, step.truncate);
          } else {
            const into = Buffer.alloc(step.read);
            const count = file.read(into, step.at);
            expect(into.subarray(0, count).equals(model.subarray(step.at, step.at + step.read))).toBe(true);
          }
          expect(file.bytes).toBe(model.length);
        }
        file.close();
      }),
    );
  });
});

describe("memory files", () => {
  test("are full at their limit, and have room again after a removal", () => {
    const files = new MemoryFiles(() => 0, 1_000);
    const file = files.open("a", "create");
    file.write([new Uint8Array(900)], 0);
    expect(codeOf(() => file.write([new Uint8Array(101)], 900))).toBe("ENOSPC");
    expect(file.bytes).toBe(900);
    file.write([new Uint8Array(900)], 0);
    files.remove("a");
    expect(files.space().free).toBe(1_000);
  });
});

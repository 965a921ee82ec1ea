import fc from "fast-check";
import { expect, test } from "vitest";
import type { File } from "../../lib/environment.js";
import {
  append,
  batchOf,
  logConfig,
  memoryFiles,
  openStore,
  readFrom,
  topicId,
  wrappedFile,
  wrappedFiles,
} from "../storage.test-data.js";
import { OpenFiles } from "./open-files.js";

function countedFiles() {
  const files = memoryFiles();
  let open = 0;
  const counted = wrappedFiles(files, {
    open: (path, how) => {
      open++;
      const file = files.open(path, how);
      return wrappedFile(file, {
        close: () => {
          open--;
          file.close();
        },
      });
    },
  });
  return { files: counted, openNow: () => open };
}

test("however many files are in use, only so many are open, and each keeps its bytes", async () => {
  const steps = fc.array(fc.record({ file: fc.nat(9), how: fc.constantFrom("write", "read", "sync", "close") }), {
    maxLength: 200,
  });
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      const { files, openNow } = countedFiles();
      const kept = new OpenFiles(files, 3);
      const handles = new Map<number, File>();
      const written = new Map<number, string>();
      for (const { file: number, how } of taken) {
        const file = handles.get(number) ?? kept.open(`/${number}`, "create");
        handles.set(number, file);
        const text = written.get(number) ?? "";
        expect(file.bytes).toBe(text.length);
        if (how === "write") {
          file.write([Buffer.from("x")], text.length);
          written.set(number, `${text}x`);
        }
        const bytes = Buffer.alloc(text.length);
        if (how === "read") expect(file.read(bytes, 0)).toBe(text.length);
        if (how === "sync") await file.sync();
        if (how === "close") {
          file.close();
          handles.delete(number);
        }
        expect(openNow()).toBeLessThanOrEqual(3);
      }
      for (const file of handles.values()) file.close();
      expect(openNow()).toBe(0);
    }),
    { seed: 5 },
  );
});

test("a file that was closed for good cannot be used", () => {
  const kept = new OpenFiles(memoryFiles(), 1);
  const first = kept.open("/a", "create");
  kept.open("/b", "create");
  first.close();
  expect(() => first.write([Buffer.from("x")], 0)).toThrow(/closed/);
});

test("a store with many partitions holds no more descriptors than it may", async () => {
  const { files, openNow } = countedFiles();
  const store = await openStore(files, { openFilesMax: 20 });
  const logs = Array.from({ length: 100 }, (_, partition) => store.openOrCreate("t", partition, topicId, logConfig));
  for (let round = 0; round < 3; round++) for (const log of logs) append(log, batchOf(2));
  expect(openNow()).toBeLessThanOrEqual(20);
  for (const log of logs) expect(readFrom(log, 0).nextOffset).toBe(6);
  await store.close({ clean: true });
  expect(openNow()).toBe(0);
});

import { expect, test } from "vitest";
import { buildBatch } from "../../protocol/records/build-batch.js";
import { LENGTH } from "../../protocol/records/layout.js";
import { memoryFiles, wrappedFile } from "../storage.test-data.js";
import { scanBatches } from "./batch-scan.js";

function batchOf(valueBytes: number): Uint8Array {
  return buildBatch({ records: [{ timestampMs: 1, key: null, value: Buffer.alloc(valueBytes) }] });
}

function fileOf(...parts: readonly Uint8Array[]) {
  const file = memoryFiles().open("/log", "create");
  file.write(parts, 0);
  return file;
}

test("batches of all sizes come whole and in order, and one read never takes much more than a batch", () => {
  const batches = [10, 700_000, 700_000, 3_000_000, 10, 1_048_576, 2_000_000, 10].map(batchOf);
  const file = fileOf(...batches);
  let bytesMax = 0;
  const watched = wrappedFile(file, {
    read: (into, at) => {
      bytesMax = Math.max(bytesMax, into.length);
      return file.read(into, at);
    },
  });
  const sizes: number[] = [];
  let end = 0;
  for (const { batch, position } of scanBatches(watched, 0, file.bytes)) {
    expect(position).toBe(end);
    expect(batch.hasValidCrc()).toBe(true);
    sizes.push(batch.sizeInBytes);
    end += batch.sizeInBytes;
  }
  expect(sizes).toEqual(batches.map((batch) => batch.length));
  expect(bytesMax).toBe(Math.max(...sizes));
});

test("a length that no batch has is not believed, so no memory is taken for it", () => {
  const batch = Buffer.from(batchOf(10));
  batch.writeInt32BE(0x7fff_ff00, LENGTH);
  const file = fileOf(batch);
  expect(scanBatches(file, 0, file.bytes).next().value).toEqual({ position: 0, stop: "torn" });
  // Even if the file is as long as that.
  expect(scanBatches(file, 0, 0x8000_0000).next().value).toEqual({ position: 0, stop: "too large" });
});

test("a file that somebody cuts meanwhile ends the scan", () => {
  const file = fileOf(batchOf(2_000_000));
  const bytes = file.bytes;
  file.truncate(1_500_000);
  expect(scanBatches(file, 0, bytes).next()).toEqual({ done: true, value: { position: 0, stop: "torn" } });
});

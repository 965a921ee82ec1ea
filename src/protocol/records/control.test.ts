import { expect, test } from "vitest";
import { RecordBatch } from "./batch.js";
import { buildEndTxnMarker, controlKey, controlTypes, readControlType, readEndTxnMarker } from "./control.js";
import { asBuffer } from "./int64.js";
import { javaBatches, javaCommitMarker } from "./java-batches.test-data.js";

test("a commit marker is the one that Java writes", () => {
  const ours = buildEndTxnMarker({ commit: true, coordinatorEpoch: 12 }, { id: 4711, epoch: 3 }, 1_700_000_000_000);
  const batch = new RecordBatch(asBuffer(ours), 0);
  batch.place(7, 9);
  expect(ours).toEqual(javaCommitMarker);
  expect(readEndTxnMarker(batch)).toEqual({ commit: true, coordinatorEpoch: 12 });
});

test("an abort marker says so, in a key of exactly four bytes", () => {
  const ours = buildEndTxnMarker({ commit: false, coordinatorEpoch: 0 }, { id: 1, epoch: 0 }, 0);
  expect(readEndTxnMarker(new RecordBatch(asBuffer(ours), 0))).toEqual({ commit: false, coordinatorEpoch: 0 });
  expect(controlKey(controlTypes.ABORT)).toEqual(Buffer.from([0, 0, 0, 0]));
});

test("other records are no markers", () => {
  expect(readEndTxnMarker(new RecordBatch(javaBatches.none, 0))).toBeNull();
  expect(readControlType(controlKey(controlTypes.SNAPSHOT_FOOTER))).toBe(4);
  expect(readControlType(Buffer.from([0, 0]))).toBeNull();
});

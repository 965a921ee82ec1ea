/** What a log must know of its transactions, found by walking a list of its batches. */
import { expect } from "vitest";
import type { PartitionLog } from "../partition-log.js";
import { committedOffsets } from "./transactions.test-data.js";

export interface ModelBatch {
  readonly firstOffset: number;
  readonly lastOffset: number;
  /** Null: the batch is plain. */
  readonly producerId: number | null;
  readonly epoch: number;
  readonly marker: "commit" | "abort" | null;
}

export class TransactionModel {
  batches: ModelBatch[] = [];

  /** The same for a log that has lost what lies at `endOffset` and behind. */
  upTo(endOffset: number): TransactionModel {
    const prefix = new TransactionModel();
    prefix.batches = this.batches.filter(({ lastOffset }) => lastOffset < endOffset);
    return prefix;
  }

  get endOffset(): number {
    return (this.batches.at(-1)?.lastOffset ?? -1) + 1;
  }

  add(producerId: number | null, marker: ModelBatch["marker"], count: number, epoch = 0): void {
    const firstOffset = this.endOffset;
    this.batches.push({ firstOffset, lastOffset: firstOffset + count - 1, producerId, epoch, marker });
  }

  epochOf(producerId: number): number {
    return this.batches.findLast((batch) => batch.producerId === producerId)?.epoch ?? 0;
  }

  isOpen(producerId: number): boolean {
    return this.transactions.some((one) => one.producerId === producerId && one.marker === null);
  }

  /** In the order of their first offsets. */
  get transactions() {
    const all: { producerId: number; firstOffset: number; lastOffset: number; marker: ModelBatch["marker"] }[] = [];
    for (const { producerId, firstOffset, lastOffset, marker } of this.batches) {
      if (producerId === null) continue;
      const open = all.find((one) => one.producerId === producerId && one.marker === null);
      if (open !== undefined && marker !== null) Object.assign(open, { marker, lastOffset });
      if (open === undefined && marker === null) all.push({ producerId, firstOffset, lastOffset, marker });
    }
    return all;
  }

  lastStableOffset(highWatermark: number, logStartOffset: number): number {
    const unstable = this.transactions.filter(
      ({ marker, lastOffset }) => marker === null || lastOffset >= highWatermark,
    );
    const first = Math.min(...unstable.map(({ firstOffset }) => firstOffset));
    return Math.min(highWatermark, Math.max(first, logStartOffset));
  }

  aborted(from: number, upTo: number) {
    return this.transactions
      .filter((one) => one.marker === "abort" && one.lastOffset >= from && one.firstOffset < upTo)
      .map(({ producerId, firstOffset, lastOffset }) => ({ producerId, firstOffset, lastOffset }));
  }

  committedOffsets(from: number, upTo: number): number[] {
    const aborted = this.transactions.filter(({ marker }) => marker === "abort");
    const isAborted = (producerId: number | null, offset: number) =>
      aborted.some((one) => one.producerId === producerId && one.firstOffset <= offset && offset < one.lastOffset);
    return this.batches
      .filter((batch) => batch.marker === null && batch.lastOffset >= from && batch.firstOffset < upTo)
      .filter(({ producerId, firstOffset }) => !isAborted(producerId, firstOffset))
      .flatMap(({ firstOffset, lastOffset }) => range(firstOffset, lastOffset + 1));
  }
}

/** The log tells the same as the model, to readers of any part of it. */
export function expectToKnow(log: PartitionLog, model: TransactionModel): void {
  const { logStartOffset, highWatermark, lastStableOffset } = log;
  expect(lastStableOffset).toBe(model.lastStableOffset(highWatermark, logStartOffset));
  for (const [from, upTo] of [
    [logStartOffset, lastStableOffset],
    [Math.floor((logStartOffset + lastStableOffset) / 2), lastStableOffset],
    [logStartOffset, Math.ceil((logStartOffset + lastStableOffset) / 2)],
  ] as const) {
    const aborted = log.abortedTransactions(from, upTo);
    if ("errorCode" in aborted) throw new Error(`error ${aborted.errorCode}`);
    const told = aborted.map(({ producerId, firstOffset, lastOffset }) => ({ producerId, firstOffset, lastOffset }));
    expect(told).toEqual(model.aborted(from, upTo));
  }
  expect(committedOffsets(log)).toEqual(model.committedOffsets(logStartOffset, lastStableOffset));
  const open = log.producersSeen().filter((one) => one.currentTransactionStartOffset !== null);
  const expected = model.transactions.filter(({ marker }) => marker === null).map(({ producerId }) => producerId);
  expect(open.map(({ producerId }) => producerId).sort()).toEqual(expected.sort());
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, at) => from + at);
}

import { describe, expect, test } from "vitest";
import { MemoryShardLog } from "../../tests/support/memory-shard-log.js";
import { errors } from "../protocol/errors.js";
import { RecordBatch } from "../protocol/records/batch.js";
import { TurnBatch } from "./turn-batch.js";

function started() {
  const log = new MemoryShardLog();
  log.batchBytesMax = 400;
  return { log, turn: new TurnBatch(log) };
}

/** Records of about a hundred bytes. */
function batchOf(count: number, bytes = 80) {
  const records = Array.from({ length: count }, () => ({ key: null, value: new Uint8Array(bytes) }));
  return { records, timestampMs: 1, producer: null };
}

function sizes({ batches }: MemoryShardLog): readonly number[] {
  return batches.map((batch) => new RecordBatch(Buffer.from(batch), 0).recordsCount);
}

describe("a decision that one batch has no room for", () => {
  test("is refused where it is atomic", () => {
    const { log, turn } = started();
    expect(turn.add(batchOf(4))).toEqual({ refused: errors.MESSAGE_TOO_LARGE.code });
    expect(turn.flush()).toBeNull();
    expect(sizes(log)).toEqual([]);
  });

  test("goes in several batches, one behind the other, where it can be divided", () => {
    const { log, turn } = started();
    expect(turn.add(batchOf(1))).toEqual({ baseOffset: 0 });
    expect(turn.addDivisible(batchOf(7))).toEqual({ baseOffset: 1 });
    expect(turn.endOffset).toBe(8);
    expect(turn.add(batchOf(2))).toEqual({ baseOffset: 8 });
    expect(turn.flush()).toBeNull();
    expect(sizes(log)).toEqual([1, 3, 3, 1, 2]);
    expect(log.endOffset).toBe(10);
  });

  test("is refused when one of its records has no room by itself, and then nothing of it is kept", () => {
    const { log, turn } = started();
    expect(turn.addDivisible(batchOf(1, 400))).toEqual({ refused: errors.MESSAGE_TOO_LARGE.code });
    const records = [...batchOf(7).records, ...batchOf(1, 400).records];
    expect(turn.addDivisible({ records, timestampMs: 1, producer: null })).toEqual({
      refused: errors.MESSAGE_TOO_LARGE.code,
    });
    expect(turn.flush()).toBeNull();
    expect(sizes(log)).toEqual([]);
  });

  test("is lost with the log, if that fails in the middle", () => {
    const { log, turn } = started();
    log.refusal = () => (log.batches.length === 0 ? null : errors.NOT_CONTROLLER.code);
    expect(turn.addDivisible(batchOf(7))).toEqual({ lost: errors.NOT_CONTROLLER.code });
  });
});

import { describe, expect, test } from "vitest";
import { settled } from "../../../tests/support/manual-environment.js";
import type { BatchToWrite } from "../../coordination/shard-log.js";
import { type Leadership, type Snapshot, SnapshotReplaced } from "../../metadata/engine.js";
import { errors } from "../../protocol/errors.js";
import { RecordBatch } from "../../protocol/records/batch.js";
import { buildBatch } from "../../protocol/records/build-batch.js";
import { asBuffer } from "../../protocol/records/int64.js";
import { LeadershipLog } from "./leadership-log.js";

type Outcome = "committed" | "fenced" | Error;

/** An engine whose appends end when the test says so. */
function leading(next = 10, batchBytesMax = 1000, snapshots: readonly (() => Snapshot)[] = []) {
  const inFlight: { batch: RecordBatch; end: (outcome: Outcome) => void }[] = [];
  const lost = new AbortController();
  const leadership: Leadership = {
    epoch: 4,
    next,
    lost: lost.signal,
    append: (baseOffset, bytes) =>
      new Promise((resolve, reject) => {
        const batch = new RecordBatch(asBuffer(bytes), 0);
        expect(batch.baseOffset).toBe(baseOffset);
        const end = (outcome: Outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome));
        inFlight.push({ batch, end });
      }),
    saveSnapshot: async () => {},
    resign: async () => {},
  };
  let asked = 0;
  const latestSnapshot = async () => snapshots[Math.min(asked++, snapshots.length - 1)]?.() ?? null;
  const follow = async (from: number, on: (batch: Uint8Array) => void, until: AbortSignal) => {
    // The log begins behind the newest snapshot.
    if (from < (snapshots.at(-1)?.().next ?? 0)) return "trimmed" as const;
    for (let baseOffset = from; !until.aborted; baseOffset += 2) {
      on(
        buildBatch({
          baseOffset,
          leaderEpoch: 3,
          records: write(2).records.map((one) => ({ ...one, timestampMs: 0 })),
        }),
      );
    }
    return "aborted" as const;
  };
  const log = new LeadershipLog({ batchBytesMax, follow, latestSnapshot }, leadership);
  const committed: number[] = [];
  const ended: number[] = [];
  log.onCommitted((offset) => committed.push(offset));
  log.onLost((why) => ended.push(why));
  const finish = async (outcome: Outcome) => {
    inFlight.at(-1)?.end(outcome);
    await settled();
  };
  return { log, inFlight, lost, committed, ended, finish };
}

function write(records: number, bytes = 10): BatchToWrite {
  const record = { key: null, value: new Uint8Array(bytes) };
  return { records: Array<typeof record>(records).fill(record), timestampMs: 7, producer: null };
}

describe("the log under the controller", () => {
  test("a decision goes out at once with its offset and epoch, and is committed when the engine says so", async () => {
    const { log, inFlight, committed, finish } = leading();
    expect(log.append(write(3))).toEqual({ endOffset: 13 });
    expect(inFlight[0]?.batch).toMatchObject({ baseOffset: 10, lastOffset: 12, leaderEpoch: 4, maxTimestampMs: 7 });
    expect(log.committedOffset).toBe(10);
    await finish("committed");
    expect(committed).toEqual([13]);
  });

  test("what is decided meanwhile becomes one batch", async () => {
    const { log, inFlight, committed, finish } = leading();
    log.append(write(1));
    log.append(write(2));
    expect(log.append(write(3))).toEqual({ endOffset: 16 });
    expect(inFlight).toHaveLength(1);
    await finish("committed");
    expect(inFlight[1]?.batch).toMatchObject({ baseOffset: 11, recordsCount: 5 });
    await finish("committed");
    expect(committed).toEqual([11, 16]);
  });

  test("decisions are never split, and a batch never grows too large", async () => {
    const { log, inFlight, finish } = leading(0, 500);
    for (let i = 0; i < 4; i++) log.append(write(2, 50));
    await finish("committed");
    expect(inFlight[1]?.batch.recordsCount).toBe(4);
  });

  test("fenced: what waits is dropped, and nothing more is taken", async () => {
    const { log, inFlight, ended, finish } = leading();
    log.append(write(1));
    log.append(write(1));
    await finish("fenced");
    expect([inFlight.length, ended]).toEqual([1, [errors.NOT_CONTROLLER.code]]);
    expect(log.refusal()).toBe(errors.NOT_CONTROLLER.code);
    expect(log.append(write(1))).toEqual({ refused: errors.NOT_CONTROLLER.code });
  });

  test("a hint that the leadership is lost is enough to step down; the append that ends later is not counted", async () => {
    const { log, lost, committed, ended, finish } = leading();
    log.append(write(1));
    lost.abort();
    expect(ended).toEqual([errors.NOT_CONTROLLER.code]);
    await finish("committed");
    expect(committed).toEqual([]);
  });

  test("an engine that fails ends it, and what it failed with is known", async () => {
    const { log, ended, finish } = leading();
    log.append(write(1));
    const failure = new Error("no space left");
    await finish(failure);
    expect([ended, log.failure]).toEqual([[errors.KAFKA_STORAGE_ERROR.code], failure]);
  });

  test("reading gives what was committed before the leadership began", async () => {
    const { log } = leading(10);
    const offsets: number[] = [];
    for await (const slice of log.read(4)) offsets.push(new RecordBatch(asBuffer(slice), 0).baseOffset);
    expect(offsets).toEqual([4, 6, 8]);
  });

  test.each([
    ["while it was being read", snapshotAt(4, new SnapshotReplaced())],
    ["and trimmed the log behind it", snapshotAt(4)],
  ])("a snapshot that the controller before was still saving replaces the one that is loaded, %s", async (_, first) => {
    const { log } = leading(10, 1000, [first, snapshotAt(6)]);
    const offsets: number[] = [];
    for await (const slice of log.read(0)) offsets.push(new RecordBatch(asBuffer(slice), 0).baseOffset);
    expect(offsets).toEqual([6 + OF_SNAPSHOT, 6, 8]);
  });
});

/** Told by its base offset from what follows in the log. */
const OF_SNAPSHOT = 1000;

function snapshotAt(next: number, failure: Error | null = null): () => Snapshot {
  async function* batches() {
    const records = write(1).records.map((one) => ({ ...one, timestampMs: 0 }));
    yield buildBatch({ baseOffset: next + OF_SNAPSHOT, leaderEpoch: 3, records });
    if (failure !== null) throw failure;
  }
  return () => ({ next, epoch: 3, batches: batches() });
}

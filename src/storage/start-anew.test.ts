import { describe, expect, test } from "vitest";
import { Simulation } from "../environments/simulated/simulation.js";
import { invariant } from "../lib/invariant.js";
import { errors } from "../protocol/errors.js";
import { transactional } from "./producers/transactions.test-data.js";
import {
  append,
  batchOf,
  logConfig,
  memoryFiles,
  openSimulatedStore,
  openStore,
  readFrom,
  reopen,
  topicId,
} from "./storage.test-data.js";

const config = { ...logConfig, segmentBytes: 3 * batchOf(1, 50).length };

describe("a log that begins anew", () => {
  test("forgets records, epochs and producers, and goes on at its new offset", async () => {
    const files = memoryFiles();
    const store = await openStore(files);
    const log = store.openOrCreate("t", 0, topicId, config);
    for (let at = 0; at < 8; at++) append(log, batchOf(1, 50), 3);
    log.appendAsLeader(transactional(7, 0), {
      ...{ leaderEpoch: 3, origin: "client", now: { monotonicMs: 0, wallMs: 0 }, verification: "not wanted" },
    });
    log.setHighWatermark(8);
    expect(store.startAnewAt(log, 100)).toBe(errors.NONE.code);
    expect([log.logStartOffset, log.endOffset, log.highWatermark, log.lastStableOffset]).toEqual([100, 100, 100, 100]);
    expect([log.leaderEpochAt(99), log.latestLeaderEpoch, log.producersSeen()]).toEqual([-1, -1, []]);
    expect(log.read(8, 1_000, 100, true)).toEqual({ errorCode: errors.OFFSET_OUT_OF_RANGE.code });
    append(log, batchOf(2), 5);
    expect(readFrom(log, 100).nextOffset).toBe(102);
    await log.flush();
    const again = (await reopen(files)).get("t", 0, topicId);
    expect([again?.logStartOffset, again?.endOffset, again?.leaderEpochAt(100)]).toEqual([100, 102, 5]);
  });

  test("at an offset where it had a segment, too", async () => {
    const store = await openStore(memoryFiles());
    const log = store.openOrCreate("t", 0, topicId, config);
    append(log, batchOf(1), 3);
    expect(store.startAnewAt(log, 0)).toBe(errors.NONE.code);
    expect([log.endOffset, log.bytes]).toEqual([0, 0]);
    append(log, batchOf(3), 4);
    expect(readFrom(log, 0).nextOffset).toBe(3);
  });

  test("is after a power cut a part of the old one or of the new one, and never of both", async () => {
    for (let seed = 0; seed < 60; seed++) {
      const simulation = new Simulation(seed);
      await simulation.run(
        async () => {
          const host = simulation.host();
          const store = await openSimulatedStore(host.start(), { config });
          const log = store.openOrCreate("t", 0, topicId, config);
          for (let at = 0; at < 8; at++) append(log, batchOf(1, 50), 3);
          if (seed % 2 === 0) await log.flush();
          store.startAnewAt(log, 100);
          for (let at = 0; at < 8; at++) append(log, batchOf(1, 60), 5);
          const isDurable = seed % 3 === 0 && (await log.flush()) === errors.NONE.code;
          host.cutPower();
          const found = (await openSimulatedStore(host.start(), { config })).get("t", 0, topicId);
          const wasFlushed = seed % 2 === 0 || isDurable;
          invariant(found !== null || !wasFlushed, "a log is there once it was flushed");
          if (found === null) return;
          const { logStartOffset, endOffset } = found;
          const isNew = logStartOffset === 100;
          // Of the old segments the first may be gone already.
          expect(logStartOffset <= 8 || isNew).toBe(true);
          expect(endOffset).toBeLessThanOrEqual(isNew ? 108 : 8);
          if (isDurable) expect([logStartOffset, endOffset]).toEqual([100, 108]);
          for (let offset = logStartOffset; offset < endOffset; offset++) {
            expect(found.leaderEpochAt(offset)).toBe(isNew ? 5 : 3);
            expect(readFrom(found, offset).nextOffset).toBeGreaterThan(offset);
          }
        },
        { eventsMax: 1e5, virtualMsMax: 1e6 },
      );
    }
  });
});

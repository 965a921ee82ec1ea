/** What every metadata engine promises, told as tests. Each engine brings a world in which it runs. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Candidate, Leadership, MetadataEngine } from "../../../src/metadata/engine.js";
import { emptyImage } from "../../../src/metadata/image/empty.js";
import type { MetadataImage } from "../../../src/metadata/image/image.js";
import { encodeRecord } from "../../../src/metadata/records/frame.js";
import { type MetadataRecord, metadataRecord } from "../../../src/metadata/records/metadata-record.js";
import { followImages } from "../../../src/metadata/snapshots/follow-images.js";
import { imageOf, snapshotBatches } from "../../../src/metadata/snapshots/snapshot-batches.js";
import { RecordBatch } from "../../../src/protocol/records/batch.js";
import { buildBatch } from "../../../src/protocol/records/build-batch.js";
import { asBuffer } from "../../../src/protocol/records/int64.js";

export interface EngineWorld {
  /** The engine as another process sees it, not open yet. */
  engine(): MetadataEngine;
  /** All processes end, and whoever comes later finds what they have left. */
  restart(): Promise<void>;
  end(): Promise<void>;
}

/** What takes longer is no answer: the longest wait is for a lease. */
const PATIENCE_MS = 20_000;

export function candidate(brokerId: number): Candidate {
  return { brokerId, endpoint: { host: "localhost", port: 9092 + brokerId } };
}

export function batchOf(records: readonly MetadataRecord[], baseOffset: number, leaderEpoch: number): Uint8Array {
  const values = records.map((record) => ({ timestampMs: 0, key: null, value: encodeRecord(record) }));
  return buildBatch({ baseOffset, leaderEpoch, records: values });
}

/** A batch that tells its place by what it says. */
export function settings(count: number, baseOffset: number, leaderEpoch: number): Uint8Array {
  const records = Array.from({ length: count }, (_, index) => {
    const name = `at-${baseOffset + index}`;
    return metadataRecord("ConfigRecord", { resourceType: 2, resourceName: "t", name, value: String(leaderEpoch) });
  });
  return batchOf(records, baseOffset, leaderEpoch);
}

/** Appends a batch of two records. */
export function appendOne(leadership: Leadership, at: number): Promise<"committed" | "fenced"> {
  return leadership.append(at, settings(2, at, leadership.epoch));
}

/** Appends batches of two records, one behind the other. Gives the offset behind the last. */
export async function appendSome(leadership: Leadership, batches: number, from = leadership.next): Promise<number> {
  let next = from;
  for (let index = 0; index < batches; index++) {
    expect(await appendOne(leadership, next)).toBe("committed");
    next += 2;
  }
  return next;
}

/** What a follower is given: the offsets and the epoch of each batch that holds metadata. */
export class Follower {
  readonly seen: { readonly from: number; readonly to: number; readonly epoch: number }[] = [];
  readonly outcome: Promise<"aborted" | "trimmed">;
  readonly #until = new AbortController();
  #next: number;

  constructor(engine: MetadataEngine, from = 0) {
    this.#next = from;
    this.outcome = engine.follow(from, (bytes) => this.#take(bytes), this.#until.signal);
  }

  /** Settles when it has been given everything below `offset`. */
  async reaches(offset: number): Promise<void> {
    await until(() => this.#next >= offset);
  }

  get next(): number {
    return this.#next;
  }

  stop(): Promise<"aborted" | "trimmed"> {
    this.#until.abort();
    return this.outcome;
  }

  #take(bytes: Uint8Array): void {
    const { baseOffset, lastOffset, leaderEpoch, isControl } = new RecordBatch(asBuffer(bytes), 0);
    if (baseOffset > this.#next || lastOffset < this.#next) throw new Error(`given ${baseOffset}, not ${this.#next}`);
    this.#next = lastOffset + 1;
    if (!isControl) this.seen.push({ from: baseOffset, to: lastOffset + 1, epoch: leaderEpoch });
  }
}

export async function until(holds: () => boolean, patienceMs = PATIENCE_MS): Promise<void> {
  const endMs = performance.now() + patienceMs;
  while (!holds()) {
    if (performance.now() > endMs) throw new Error(`It did not come true within ${patienceMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A signal that does not come. */
export function never(): AbortSignal {
  return new AbortController().signal;
}

export function engineContract(name: string, makeWorld: () => Promise<EngineWorld>): void {
  describe(`the ${name} engine`, () => {
    let world: EngineWorld;
    let opened: MetadataEngine[] = [];

    const open = async (): Promise<MetadataEngine> => {
      const engine = world.engine();
      await engine.open();
      opened.push(engine);
      return engine;
    };
    const closeAll = async () => {
      for (const engine of opened) await engine.close();
      opened = [];
    };

    beforeEach(async () => {
      world = await makeWorld();
    });
    afterEach(async () => {
      await closeAll();
      await world.end();
    });

    test("gives a new cluster an id, the same to all; another one is refused in one sentence", async () => {
      const first = world.engine();
      opened.push(first);
      const { clusterId } = await first.open();
      await closeAll();
      await world.restart();
      const again = world.engine();
      opened.push(again);
      expect((await again.open(clusterId)).clusterId).toBe(clusterId);
      const stranger = world.engine();
      await expect(stranger.open("another")).rejects.toMatchObject({ name: "EngineProblem" });
    });

    test("gives every follower every batch once and in order, wherever it begins", async () => {
      const [one, other] = [await open(), await open()];
      const early = new Follower(one);
      const leadership = await one.campaign(candidate(1), never());
      const middle = await appendSome(leadership, 20);
      const late = new Follower(other, leadership.next);
      const inside = new Follower(other, middle - 1);
      const end = await appendSome(leadership, 20, middle);
      await Promise.all([early.reaches(end), late.reaches(end), inside.reaches(end)]);
      const all = Array.from({ length: 40 }, (_, index) => leadership.next + 2 * index);
      expect(early.seen.map(({ from }) => from)).toEqual(all);
      expect(late.seen.map(({ from }) => from)).toEqual(all);
      expect(inside.seen.map(({ from }) => from)).toEqual(all.slice(19));
      expect(await Promise.all([early.stop(), late.stop(), inside.stop()])).toEqual(["aborted", "aborted", "aborted"]);
    });

    test("has one leader at a time, each with a higher epoch, and tells who it is", async () => {
      const [one, other] = [await open(), await open()];
      const heard: (number | null)[] = [];
      other.watchLeader((leader) => heard.push(leader?.epoch ?? null), never());
      const first = await one.campaign(candidate(1), never());
      let isSecondLeading = false;
      const campaign = other.campaign(candidate(2), never()).then((leadership) => {
        isSecondLeading = true;
        return leadership;
      });
      await appendSome(first, 5);
      expect(isSecondLeading).toBe(false);
      await first.resign();
      const second = await campaign;
      expect(second.epoch).toBeGreaterThan(first.epoch);
      await until(() => heard.at(-1) === second.epoch);
      expect(heard.filter((epoch) => epoch !== null)).toEqual([first.epoch, second.epoch]);
      await until(() => first.lost.aborted);
    });

    test("lets one of several candidates lead who begin at once", async () => {
      const engines = [await open(), await open(), await open()];
      const leading = new Set<number>();
      const epochs: number[] = [];
      const term = async (engine: MetadataEngine, brokerId: number) => {
        const leadership = await engine.campaign(candidate(brokerId), never());
        leading.add(brokerId);
        expect([...leading]).toEqual([brokerId]);
        epochs.push(leadership.epoch);
        await appendSome(leadership, 2);
        leading.delete(brokerId);
        await leadership.resign();
      };
      await Promise.all(engines.map((engine, index) => term(engine, index + 1)));
      expect(new Set(epochs).size).toBe(3);
      expect(epochs).toEqual([...epochs].sort((a, b) => a - b));
    });

    test("fences who has led: what it still writes is shown to nobody", async () => {
      const [one, other] = [await open(), await open()];
      const first = await one.campaign(candidate(1), never());
      const end = await appendSome(first, 3);
      await first.resign();
      const second = await other.campaign(candidate(2), never());
      const follower = new Follower(one);
      expect(await first.append(end, settings(2, end, first.epoch))).toBe("fenced");
      const last = await appendSome(second, 3);
      await follower.reaches(last);
      expect(follower.seen.filter(({ from }) => from >= end).map(({ epoch }) => epoch)).not.toContain(first.epoch);
    });

    test("tells a new leader where its replay ends, however the last one ended", async () => {
      const [one, other] = [await open(), await open()];
      const first = await one.campaign(candidate(1), never());
      const end = await appendSome(first, 3);
      // Nobody waits for the answer.
      const unheard = first.append(end, settings(4, end, first.epoch));
      await first.resign();
      const second = await other.campaign(candidate(2), never());
      await unheard;
      const follower = new Follower(other);
      await follower.reaches(second.next);
      expect(follower.next).toBe(second.next);
      const last = await appendSome(second, 1);
      await follower.reaches(last);
      expect(last).toBe(second.next + 2);
    });

    test("loses nothing over a restart", async () => {
      const engine = await open();
      const leadership = await engine.campaign(candidate(1), never());
      const end = await appendSome(leadership, 10);
      const before = await imageAt(engine, end);
      await closeAll();
      await world.restart();
      const again = world.engine();
      opened.push(again);
      const { committedOffset } = await again.open();
      expect(committedOffset).toBe(end);
      expect(await imageAt(again, end)).toEqual(before);
      const next = await again.campaign(candidate(2), never());
      expect(next.epoch).toBeGreaterThan(leadership.epoch);
    });

    test("trims the log when a snapshot stands for it, and goes on from there", async () => {
      const [one, other] = [await open(), await open()];
      const leadership = await one.campaign(candidate(1), never());
      const end = await appendSome(leadership, 30);
      const image = await imageAt(one, end);
      const live = new Follower(other, end);
      await leadership.saveSnapshot(end, leadership.epoch, snapshotBatches(image, 0));
      expect(await new Follower(other).outcome).toBe("trimmed");
      const snapshot = await other.latestSnapshot();
      expect(snapshot).toMatchObject({ next: end, epoch: leadership.epoch });
      if (snapshot !== null) expect(await imageOf(snapshot)).toEqual(image);
      const last = await appendSome(leadership, 3, end);
      await live.reaches(last);
      expect((await imageAt(other, last)).configs.get("2/t")?.size).toBe(last - leadership.next);
      await closeAll();
      await world.restart();
      const again = await open();
      expect(await imageAt(again, last)).toMatchObject({ endOffset: last });
      expect((await again.campaign(candidate(3), never())).next).toBeGreaterThanOrEqual(last);
    });

    test("takes appends while a snapshot is saved; the next one takes its place", async () => {
      const engine = await open();
      const leadership = await engine.campaign(candidate(1), never());
      const end = await appendSome(leadership, 10);
      const image = await imageAt(engine, end);
      const saving = leadership.saveSnapshot(end, leadership.epoch, snapshotBatches(image, 0));
      const last = await appendSome(leadership, 20, end);
      await saving;
      const newer = await imageAt(engine, last);
      await leadership.saveSnapshot(last, leadership.epoch, snapshotBatches(newer, 0));
      expect((await engine.latestSnapshot())?.next).toBe(last);
      expect(await imageAt(engine, last)).toEqual(newer);
    });

    test("saves no snapshot for who leads no more", async () => {
      const engine = await open();
      const first = await engine.campaign(candidate(1), never());
      const end = await appendSome(first, 3);
      const image = await imageAt(engine, end);
      await first.resign();
      await engine.campaign(candidate(2), never());
      await expect(first.saveSnapshot(end, first.epoch, snapshotBatches(image, 0))).rejects.toThrow();
      expect(await engine.latestSnapshot()).toBeNull();
    });

    test("ends campaigns and followers with their signal", async () => {
      const engine = await open();
      await engine.campaign(candidate(1), never());
      const enough = new AbortController();
      const campaign = engine.campaign(candidate(2), enough.signal);
      const follower = engine.follow(0, () => {}, enough.signal);
      enough.abort();
      await expect(campaign).rejects.toThrow();
      expect(await follower).toBe("aborted");
    });
  });
}

/** As a broker that starts learns it: from the newest snapshot and the log behind it. */
export async function imageAt(engine: MetadataEngine, offset: number): Promise<MetadataImage> {
  let last = emptyImage;
  const enough = new AbortController();
  const take = (image: MetadataImage): void => {
    last = image;
    if (image.endOffset >= offset) enough.abort();
  };
  await followImages(engine, take, enough.signal);
  return last;
}

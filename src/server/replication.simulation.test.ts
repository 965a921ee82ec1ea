/** Three replicas of a partition under crashes, power cuts, cut links and elections: what was acknowledged stays, everywhere alike. */
import { describe, expect, test } from "vitest";
import type { Partition } from "../cluster/replication/partition.js";
import { Simulation } from "../environments/simulated/simulation.js";
import { invariant } from "../lib/invariant.js";
import { Produce } from "../protocol/messages/00-produce.js";
import { readBatches } from "../protocol/records/batch.js";
import { buildBatch } from "../protocol/records/build-batch.js";
import { isRefusal } from "../protocol/records/check-batch.js";
import { loadCrc32c } from "../protocol/records/crc32c.js";
import { readRecords } from "../protocol/records/record.js";
import { type ReplicaBroker, ReplicaSet, TOPIC_ID } from "./replica-set.test-data.js";

// Libraries are loaded before the run, in which nobody may read files.
loadCrc32c();

/** `REPLICATION_SEEDS=1000 npx vitest run --project unit replication.simulation` tries more of them. */
const SEEDS = Number(process.env.REPLICATION_SEEDS ?? 12);
const FIRST_SEED = Number(process.env.REPLICATION_FIRST_SEED ?? 1);
const FAULTS = 30;
const limits = { eventsMax: 3e6, virtualMsMax: 10 * 60_000 };

describe("three replicas", () => {
  test.each(Array.from({ length: SEEDS }, (_, at) => FIRST_SEED + at))(
    "lose nothing and agree, seed %i",
    async (seed) => {
      const simulation = new Simulation(seed);
      await simulation.run(() => new Trial(simulation, seed).run(), limits);
    },
  );
});

class Trial {
  readonly #set: ReplicaSet;
  readonly #simulation: Simulation;
  readonly #random;
  /** Records are on disk before they are acknowledged. */
  readonly #isFlushed: boolean;
  /** The values that were acknowledged, by their offsets. */
  readonly #acknowledged = new Map<number, string>();
  /** What was committed anywhere, by base offset. */
  readonly #committed = new Map<number, Buffer>();
  /** The high watermark of each leadership, which never goes back. */
  readonly #highWatermarks = new Map<string, number>();
  /** How far each replica was looked at. */
  readonly #seen = new Map<Partition, number>();
  #sent = 0;
  #isOver = false;

  constructor(simulation: Simulation, seed: number) {
    this.#simulation = simulation;
    this.#random = simulation.random("faults");
    this.#isFlushed = seed % 3 === 0;
    const flushMessages = this.#isFlushed ? 1 : Number.MAX_SAFE_INTEGER;
    this.#set = new ReplicaSet(simulation, [1, 2, 3], { flushMessages, segmentBytes: 2_000 });
  }

  async run(): Promise<void> {
    for (const broker of this.#set.brokers) await broker.start();
    const producers = [this.#produce(), this.#produce(), this.#watch()];
    for (let fault = 0; fault < FAULTS; fault++) {
      await this.#simulation.sleep(this.#random.below(400));
      this.#fail();
    }
    await this.#heal();
    this.#isOver = true;
    await Promise.all(producers);
    await this.#converge();
    this.#check();
    expect(this.#acknowledged.size).toBeGreaterThan(20);
  }

  /** Sends one record after another to whoever it takes for the leader. */
  async #produce(): Promise<void> {
    const { brokers } = this.#set;
    while (!this.#isOver) {
      await this.#simulation.sleep(this.#random.below(30));
      const { leader } = this.#set.partition;
      const to = this.#random.below(10) > 0 ? this.#set.brokers.find(({ id }) => id === leader) : brokers[0];
      const value = `${++this.#sent}`;
      const records = buildBatch({
        records: [{ timestampMs: this.#sent, key: null, value: Buffer.from(value.padEnd(this.#random.below(200))) }],
      });
      const topicData = [{ topicId: TOPIC_ID, partitionData: [{ index: 0, records }] }];
      const response = await to?.serve(Produce, { acks: -1, timeoutMs: 1_000, topicData });
      const answer = response?.responses[0]?.partitionResponses[0];
      if (answer?.errorCode === 0) this.#acknowledged.set(answer.baseOffset, value);
    }
  }

  async #watch(): Promise<void> {
    while (!this.#isOver) {
      await this.#simulation.sleep(7);
      for (const broker of this.#set.brokers) this.#look(broker);
    }
  }

  /** Whatever is below a high watermark is the same on all, and no leader's goes back. */
  #look({ id, partition }: ReplicaBroker): void {
    if (partition === null) return;
    const { highWatermark, leaderEpoch } = partition;
    if (leaderEpoch !== null) {
      const leadership = `${id} ${leaderEpoch}`;
      const before = this.#highWatermarks.get(leadership) ?? 0;
      invariant(highWatermark >= before, `the high watermark of leader ${id} went from ${before} to ${highWatermark}`);
      this.#highWatermarks.set(leadership, highWatermark);
    }
    const from = this.#seen.get(partition) ?? 0;
    this.#seen.set(partition, highWatermark);
    for (const [offset, bytes] of batchesOf(partition, from, highWatermark)) {
      const known = this.#committed.get(offset);
      if (known === undefined) this.#committed.set(offset, bytes);
      invariant(known === undefined || known.equals(bytes), `broker ${id} has another batch at ${offset}`);
    }
  }

  #fail(): void {
    const set = this.#set;
    const at = this.#random.below(100);
    const broker = set.brokers[this.#random.below(3)];
    invariant(broker !== undefined, "there are three");
    if (at < 5 && this.#isFlushed) for (const one of set.brokers.filter(({ isAlive }) => isAlive)) one.cutPower();
    else if (at < 25 && broker.isAlive) this.#crash(broker);
    else if (at < 50) this.#restartAll();
    else if (at < 65) set.cuts.add(`${broker.id}-${(broker.id % 3) + 1}`);
    else if (at < 80) set.cuts.clear();
    else if (at < 93) set.elect();
    else deleteRecords(set.leader);
  }

  /** A power cut takes what was not flushed: the last one in sync may only be killed. */
  #crash(broker: ReplicaBroker): void {
    const isLast = this.#set.partition.isr.every((id) => id === broker.id || !this.#set.broker(id).isAlive);
    if (isLast || this.#random.below(2) === 0) broker.kill();
    else broker.cutPower();
    // So soon that others have not noticed.
    if (this.#random.below(3) === 0) void this.#start(broker);
  }

  readonly #starting = new Set<ReplicaBroker>();

  #restartAll(): void {
    for (const broker of this.#set.brokers)
      if (!broker.isAlive && !this.#starting.has(broker)) void this.#start(broker);
  }

  async #start(broker: ReplicaBroker): Promise<void> {
    this.#starting.add(broker);
    await broker.start();
    this.#starting.delete(broker);
  }

  async #heal(): Promise<void> {
    this.#set.cuts.clear();
    this.#restartAll();
    while (this.#starting.size > 0) await this.#simulation.sleep(10);
    if (this.#set.partition.leader < 0) this.#set.elect();
    await this.#simulation.sleep(2_000);
  }

  /** Liveness: all are in sync again, and have the same. One that is throttled, to 2 KB/s, takes a while. */
  async #converge(): Promise<void> {
    for (let waited = 0; ; waited += 50) {
      const ends = this.#set.brokers.map(({ partition }) => [partition?.endOffset, partition?.highWatermark]);
      const [[end] = []] = ends;
      if (this.#set.partition.isr.length === 3 && ends.flat().every((offset) => offset === end)) return;
      const { leader, isr } = this.#set.partition;
      invariant(waited < 120_000, `the replicas do not agree: leader ${leader}, ISR ${isr}, ${JSON.stringify(ends)}`);
      await this.#simulation.sleep(50);
    }
  }

  #check(): void {
    this.#seen.clear();
    for (const broker of this.#set.brokers) this.#look(broker);
    const { leader } = this.#set;
    invariant(leader !== null, "there is a leader");
    const values = new Map<number, string>();
    for (const [offset, bytes] of batchesOf(leader, 0, leader.highWatermark)) {
      values.set(offset, valueIn(bytes));
    }
    for (const [offset, value] of this.#acknowledged) {
      if (offset >= leader.logStartOffset) expect(values.get(offset)).toBe(value);
    }
  }
}

function* batchesOf({ log }: Partition, start: number, upTo: number): Generator<readonly [number, Buffer]> {
  if (log === null || log.failure !== null) return;
  let from = Math.max(start, log.logStartOffset);
  while (from < upTo) {
    const read = log.read(from, 100_000, upTo, true);
    invariant(!("errorCode" in read), "the log can be read");
    for (const batch of readBatches(read.records).batches) yield [batch.baseOffset, Buffer.from(batch.bytes)];
    if (read.nextOffset === from) return;
    from = read.nextOffset;
    read.release();
  }
}

function valueIn(bytes: Buffer): string {
  const [batch] = readBatches(bytes).batches;
  invariant(batch !== undefined, "it is a batch");
  const records = readRecords(batch, 10_000);
  invariant(!isRefusal(records), "it can be opened");
  return Buffer.from(records[0]?.value ?? [])
    .toString()
    .trim();
}

function deleteRecords(partition: Partition | null): void {
  if (partition?.leaderEpoch !== null) partition?.deleteRecordsBefore(partition.highWatermark);
}

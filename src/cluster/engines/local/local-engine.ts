import { type Environment, FileError, type Files } from "../../../lib/environment.js";
import { invariant } from "../../../lib/invariant.js";
import {
  type Candidate,
  EngineProblem,
  type Leader,
  type Leadership,
  type MetadataEngine,
  type Snapshot,
} from "../../../metadata/engine.js";
import { buildLeaderChange } from "../../../metadata/records/leader-change.js";
import { errors } from "../../../protocol/errors.js";
import { readBatches } from "../../../protocol/records/batch.js";
import { replaceFile } from "../../../storage/files/durable-file.js";
import type { LogDirectory } from "../../../storage/folders/log-directory.js";
import {
  knownDurableEnd,
  metadataLogFolder,
  noteDurableEnd,
  openMetadataLog,
  soundEndOf,
} from "../../../storage/metadata-log.js";
import type { PartitionLog } from "../../../storage/partition-log.js";
import { Candidates } from "./candidates.js";
import { checkSnapshot, newestCheckpoint, writeCheckpoint } from "./checkpoint-files.js";
import { Followers } from "./followers.js";
import { metadataLogConfig } from "./metadata-log-config.js";
import { quorumState } from "./quorum-state.js";

export interface LocalEngineOptions {
  readonly environment: Pick<Environment, "clock" | "endOfTurn" | "files" | "offload" | "random">;
  /** The first data folder: the log lies in it, and it knows the cluster to which it belongs. */
  readonly directory: LogDirectory;
  readonly nodeId: number;
}

/** As in Apache Kafka's quorum. */
const BATCH_BYTES_MAX = 8 * 1024 * 1024;
/** To take over so much may cost a broker some ten milliseconds: hundreds of partitions are new. */
const LARGE_BATCH_BYTES = 64 * 1024;
/** How much of the log is read at a time for those who follow it from behind. */
const CATCH_UP_BYTES = 1024 * 1024;

/**
 * The metadata engine of one process: a log of its own in KRaft's format, durable before it is committed.
 * Brokers of the same process share one engine; whoever campaigns first leads until it resigns.
 */
export class LocalEngine implements MetadataEngine {
  readonly batchBytesMax = BATCH_BYTES_MAX;
  readonly #options: LocalEngineOptions;
  readonly #followers = new Followers();
  readonly #candidates = new Candidates();
  #log: PartitionLog | null = null;
  /** Everything below is durable. */
  #committedOffset = 0;
  /** The last append: resolved once it has ended, well or not. */
  #underWay: Promise<void> = Promise.resolve();

  constructor(options: LocalEngineOptions) {
    this.#options = options;
  }

  /** What lies below is durable, and known to all who follow. */
  get committedOffset(): number {
    return this.#committedOffset;
  }

  async open(wantedClusterId?: string): Promise<{ readonly clusterId: string; readonly committedOffset: number }> {
    const { environment, directory, nodeId } = this.#options;
    const { random } = environment;
    const { owner } = directory;
    const folder = metadataLogFolder(directory.path);
    if (owner === null && wantedClusterId === undefined && environment.files.stat(folder) !== null) {
      throw new EngineProblem(unowned(directory.path));
    }
    const clusterId = wantedClusterId ?? owner?.clusterId ?? random.uuid();
    const problem = directory.claim({ clusterId, nodeId, directoryId: owner?.directoryId ?? random.uuid() });
    if (problem !== null) throw new EngineProblem(problem.problem);
    refuseDamaged(environment.files, folder);
    const log = this.#load();
    const snapshot = newestCheckpoint(environment.files, log.folder);
    if (log.logStartOffset > (snapshot?.next ?? 0)) throw new EngineProblem(trimmed(log));
    if (snapshot !== null) await checkSnapshot(snapshot);
    // What a crash has left may not be durable yet, and nothing else is shown.
    await flushIfAny(log);
    this.#log = log;
    this.#committedOffset = log.endOffset;
    return { clusterId, committedOffset: log.endOffset };
  }

  async latestSnapshot(): Promise<Snapshot | null> {
    return newestCheckpoint(this.#options.environment.files, this.#opened().folder);
  }

  async follow(from: number, on: (batch: Uint8Array) => void, until: AbortSignal): Promise<"aborted" | "trimmed"> {
    const log = this.#opened();
    if (from < log.logStartOffset) return "trimmed";
    let next = from;
    while (!until.aborted && next < this.#committedOffset) {
      const piece = { log, from: next, upTo: this.#committedOffset, on, until };
      const reached = await this.#options.environment.offload(catchUp, piece);
      if (reached === null) return "trimmed";
      next = reached;
    }
    // Between the last look at the offset and this line nothing else can run, so no batch is missed.
    await this.#followers.add(on, until);
    return "aborted";
  }

  watchLeader(on: (leader: Leader | null) => void, until: AbortSignal): void {
    this.#candidates.watch(on, until);
  }

  async campaign(me: Candidate, until: AbortSignal): Promise<Leadership> {
    await this.#candidates.turnOf(me, until);
    const { environment } = this.#options;
    try {
      // A leader that resigned while it appended: its batch is committed, or cut off, before another's comes.
      await this.#underWay;
      const log = await this.#committedLog();
      const leaderEpoch = Math.max(log.latestLeaderEpoch, 0) + 1;
      replaceFile(environment.files, log.folder, "quorum-state", quorumState(me.brokerId, leaderEpoch));
      const baseOffset = log.endOffset;
      const timestampMs = environment.clock.wallMs();
      await this.#append(buildLeaderChange(me.brokerId, { baseOffset, leaderEpoch, timestampMs }));
      if (until.aborted) throw new Error("The campaign was given up");
      return this.#leadershipOf(me, leaderEpoch);
    } catch (failure) {
      this.#candidates.leave(me);
      throw failure;
    }
  }

  async close(): Promise<void> {
    this.#followers.end();
    this.#candidates.end();
    const log = this.#log;
    if (log === null) return;
    await log.close();
    noteIfPossible(this.#options.environment.files, log.folder, this.#committedOffset);
    this.#log = null;
  }

  #load(): PartitionLog {
    const { environment, directory } = this.#options;
    const { files, clock } = environment;
    return openMetadataLog({ files, path: directory.path, config: metadataLogConfig, nowMs: clock.wallMs() });
  }

  /**
   * The log without what a failed append has left: nobody was told of it. After a failure of the disk it is loaded again,
   * so that the controller comes back when the disk does.
   */
  async #committedLog(): Promise<PartitionLog> {
    if (this.#opened().failure !== null) this.#log = this.#load();
    const log = this.#opened();
    invariant(log.endOffset >= this.#committedOffset, "the disk keeps what it has synced");
    // Every start checks the whole of this log: no recovery point of it is written down.
    log.truncateTo(this.#committedOffset, () => true);
    await flushIfAny(log);
    log.setHighWatermark(this.#committedOffset);
    return log;
  }

  #leadershipOf(me: Candidate, epoch: number): Leadership {
    const lost = this.#candidates.lead({ ...me, epoch });
    return {
      epoch,
      next: this.#committedOffset,
      lost,
      append: async (baseOffset, batch) => {
        if (lost.aborted) return "fenced";
        invariant(baseOffset === this.#committedOffset, "one append at a time, each behind the last");
        await this.#append(batch);
        return "committed";
      },
      saveSnapshot: async (next, snapshotEpoch, batches) => {
        if (lost.aborted) throw new Error("The snapshot was not saved: another broker is the controller");
        await this.#saveSnapshot({ next, epoch: snapshotEpoch, batches });
      },
      resign: async () => this.#candidates.leave(me),
    };
  }

  async #saveSnapshot(snapshot: Snapshot): Promise<void> {
    const { files, clock } = this.#options.environment;
    await writeCheckpoint(files, this.#opened().folder, snapshot, clock.wallMs());
    const log = this.#opened();
    log.deleteRecordsBefore(snapshot.next);
    let retired = log.retireSegment();
    while (retired.length > 0) {
      for (const path of retired) await files.removeInPool(path);
      retired = log.retireSegment();
    }
  }

  #append(batch: Uint8Array): Promise<void> {
    const appended = this.#appendNow(batch);
    this.#underWay = appended.catch(() => {});
    return appended;
  }

  async #appendNow(batch: Uint8Array): Promise<void> {
    const log = this.#opened();
    const { clock } = this.#options.environment;
    const result = log.appendAsFollower(batch, { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() });
    const { endOffset } = log;
    if ("errorCode" in result) throw result.failure ?? failureOf(log);
    if ((await log.flush()) !== errors.NONE.code) {
      const failure = failureOf(log);
      // Nothing may be written behind a batch of which nobody has been told.
      log.release();
      throw failure;
    }
    this.#committedOffset = endOffset;
    log.setHighWatermark(endOffset);
    if (batch.length < LARGE_BATCH_BYTES) this.#followers.give(batch);
    else await this.#followers.giveInTurns(batch, this.#options.environment);
  }

  #opened(): PartitionLog {
    invariant(this.#log !== null, "the engine is open");
    return this.#log;
  }
}

/** The next start would go on with other records in their place. It stands in the way of a start that would cut the log. */
function refuseDamaged(files: Files, folder: string): void {
  if (files.stat(folder) === null) return;
  const durableEnd = Math.max(knownDurableEnd(files, folder), newestCheckpoint(files, folder)?.next ?? 0);
  const soundEnd = soundEndOf(files, folder, durableEnd);
  if (soundEnd < durableEnd) throw new EngineProblem(damaged(folder, soundEnd, durableEnd));
}

/** On a disk that fails the earlier note stays, which is right too. */
function noteIfPossible(files: Files, folder: string, durableEnd: number): void {
  try {
    noteDurableEnd(files, folder, durableEnd);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
  }
}

function damaged(folder: string, soundEnd: number, durableEnd: number): string {
  const what = `The metadata log in ${folder} is damaged: it was written up to offset ${durableEnd}, and is sound up to ${soundEnd} only`;
  return `${what}. Restore the data folder from a backup, or move it away to begin a new cluster.`;
}

function unowned(path: string): string {
  const what = `The data folder ${path} holds a metadata log, but no meta.properties that says of which cluster`;
  return `${what}. Restore that file from a backup, or choose another folder.`;
}

/** What stood before is nowhere: somebody has removed a file. */
function trimmed({ folder, logStartOffset }: PartitionLog): string {
  const what = `The metadata log in ${folder} begins at offset ${logStartOffset}`;
  return `${what}, and there is no snapshot (a .checkpoint file) of what stood before.`;
}

/** Of a log without records nothing can be lost: a first start goes on to its first batch without waiting for the disk. */
async function flushIfAny(log: PartitionLog): Promise<void> {
  if (log.endOffset > 0 && (await log.flush()) !== errors.NONE.code) throw failureOf(log);
}

function failureOf(log: PartitionLog): Error {
  return log.failure ?? new Error(`The log in ${log.folder} does not take a batch`);
}

/** Gives a follower what is committed already. Returns the offset behind it; null: the log was trimmed meanwhile. */
const catchUp = {
  name: "read the metadata log",
  *run(input: {
    readonly log: PartitionLog;
    readonly from: number;
    readonly upTo: number;
    readonly on: (batch: Uint8Array) => void;
    readonly until: AbortSignal;
  }): Generator<void, number | null, void> {
    const { log, upTo, on, until } = input;
    let next = input.from;
    while (next < upTo) {
      if (next < log.logStartOffset) return null;
      const read = log.read(next, CATCH_UP_BYTES, upTo, true);
      if ("errorCode" in read) throw failureOf(log);
      for (const batch of readBatches(read.records).batches) {
        if (until.aborted) break;
        if (batch.lastOffset >= next) on(batch.bytes);
        yield;
      }
      next = read.nextOffset;
      read.release();
      if (until.aborted) break;
    }
    return next;
  },
};

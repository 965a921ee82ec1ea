/** The log in etcd: a key for each record batch, in the order of their offsets. */
import { invariant } from "../../../lib/invariant.js";
import { RecordBatch } from "../../../protocol/records/batch.js";
import { asBuffer } from "../../../protocol/records/int64.js";
import { calls } from "./client/calls.js";
import type { EtcdClient } from "./client/etcd-client.js";
import { EtcdFailure } from "./client/failure.js";
import { eventTypes, sortOrders } from "./client/messages.js";
import { pause } from "./client/pause.js";
import { watch } from "./client/watch.js";
import type { Keys } from "./keys.js";
import { aborted } from "./signals.js";
import { readSnapshot } from "./stored-values.js";
import { type Compared, get, type Kv, readBy, textOf, writtenAt } from "./transactions.js";

/** How much of the log is asked for at a time, and at most how many batches. */
const PAGE_BYTES = 4 * 1024 * 1024;
const PAGE_BATCHES_MAX = 1_000;
const FIRST_PAGE_BATCHES = 16;
/** A page may be large. */
const PAGE_TIMEOUT_MS = 5_000;
const RETRY_MS = 50;
/** Whoever was refused asks less often: to check a password costs etcd a tenth of a second. */
const REFUSED_MS = 1_000;

export interface Log {
  readonly client: EtcdClient;
  readonly keys: Keys;
  /** Comes when etcd has lost what this broker has seen: then it neither follows nor leads any more. */
  readonly setBack: AbortController;
}

/** Where the log ends, and what is there as long as it does not end earlier: the last batch, or the snapshot. */
export interface LogEnd {
  /** The offset behind the last batch, or behind the snapshot where nothing came after it. */
  readonly next: number;
  readonly isThere: Compared;
}

export async function endOfLog({ client, keys }: Log, until: AbortSignal): Promise<LogEnd> {
  const last = { key: keys.slot(0), rangeEnd: keys.logEnd, limit: 1, sortOrder: sortOrders.DESCEND };
  const answer = await client.ask(calls.txn, { success: [{ range: last }, get(keys.currentSnapshot)] }, until);
  const [[batch] = [], [snapshot] = []] = readBy(answer);
  const trimmedAt = snapshotEnd(snapshot);
  const batchEnd = batch === undefined ? 0 : batchIn(batch, keys).lastOffset + 1;
  return batch !== undefined && batchEnd > trimmedAt
    ? { next: batchEnd, isThere: writtenAt(batch.key, batch.modRevision) }
    : { next: trimmedAt, isThere: writtenAt(keys.currentSnapshot, snapshot?.modRevision ?? 0) };
}

/**
 * Gives the committed batches from `from` on until the signal. Whatever breaks on the way, it begins again at the first
 * batch that was not given; so nothing but the offset is remembered, and no batch is missed or given twice.
 */
export async function followLog(
  log: Log,
  from: number,
  on: (batch: Uint8Array) => void,
  until: AbortSignal,
): Promise<"aborted" | "trimmed"> {
  let next = from;
  const take = (kv: Kv): void => {
    const batch = batchIn(kv, log.keys);
    if (batch.lastOffset < next || until.aborted) return;
    on(batch.bytes);
    next = batch.lastOffset + 1;
  };
  while (!until.aborted) {
    try {
      const revision = await readOn(log, next, take, until);
      if (revision === "trimmed") return "trimmed";
      if (revision === "set back") {
        log.setBack.abort();
        log.client.report(setBack(next));
        await aborted(until);
        break;
      }
      await watchOn(log, () => next, revision, take, until);
    } catch (error) {
      if (until.aborted) break;
      // What was compacted under us is read again at the newest revision.
      if (!(error instanceof EtcdFailure)) throw error;
      if (error.kind !== "compacted") {
        log.client.report(`The metadata cannot be read: ${error.message}`);
        await pause(log.client.wire, REFUSED_MS, until);
      }
    }
    await pause(log.client.wire, RETRY_MS, until);
  }
  return "aborted";
}

/** Gives what the log holds from `from` on, all at one revision, which it returns. */
async function readOn(
  { client, keys }: Log,
  from: number,
  take: (kv: Kv) => void,
  until: AbortSignal,
): Promise<number | "trimmed" | "set back"> {
  // A batch that holds `from` in its middle begins before it.
  const before = { key: keys.slot(0), rangeEnd: keys.slot(from), limit: 1, sortOrder: sortOrders.DESCEND };
  const page = { key: keys.slot(from), rangeEnd: keys.logEnd, limit: FIRST_PAGE_BATCHES, sortOrder: sortOrders.ASCEND };
  const request = { success: [get(keys.currentSnapshot), { range: before }, { range: page }] };
  const answer = await client.ask(calls.txn, request, until, PAGE_TIMEOUT_MS);
  const [[snapshot] = [], beginning = [], first = []] = readBy(answer);
  if (snapshotEnd(snapshot) > from) return "trimmed";
  const [last] = beginning;
  const isReached = first.length > 0 || snapshotEnd(snapshot) === from;
  if (from > 0 && !isReached && (last === undefined || batchIn(last, keys).lastOffset + 1 < from)) return "set back";
  const revision = answer.header?.revision ?? 0;
  for (const kv of beginning) take(kv);
  let read = first;
  let more = answer.responses[2]?.range?.more ?? false;
  for (;;) {
    for (const kv of read) take(kv);
    const last = read.at(-1);
    if (!more || last === undefined) return revision;
    const key = keys.slot(keys.baseOffsetOf(last.key) + 1);
    const limit = batchesPerPage(read);
    const next = await client.ask(calls.range, { ...page, key, limit, revision }, until, PAGE_TIMEOUT_MS);
    read = next.kvs;
    more = next.more;
  }
}

/** Nothing that was committed goes away; only people can do that. What this broker has seen cannot be taken back. */
function setBack(next: number): string {
  const what = `etcd no longer has the metadata that this broker has seen (up to offset ${next})`;
  return `${what}: was it restored from a backup? Stop all brokers, and start them again to go on from what etcd has`;
}

/** By the largest batch of the last page: what comes next is taken to be like it. */
function batchesPerPage(read: readonly Kv[]): number {
  const largest = Math.max(1, ...read.map(({ value }) => value.length));
  return Math.max(1, Math.min(PAGE_BATCHES_MAX, Math.floor(PAGE_BYTES / largest)));
}

async function watchOn(
  { client, keys }: Log,
  next: () => number,
  revision: number,
  take: (kv: Kv) => void,
  until: AbortSignal,
): Promise<void> {
  const broken = new AbortController();
  const stop = () => broken.abort();
  until.addEventListener("abort", stop);
  if (until.aborted) stop();
  const on = ({ type, kv }: { readonly type: number; readonly kv: Kv | null }) => {
    // Batches that a snapshot has made unnecessary are deleted.
    if (type !== eventTypes.PUT || kv === null) return;
    // Something was missed: read on from where we are.
    if (keys.baseOffsetOf(kv.key) > next()) broken.abort();
    else take(kv);
  };
  const range = { key: keys.slot(0), rangeEnd: keys.logEnd, startRevision: revision + 1 };
  await watch(client, { ...range, on }, broken.signal).finally(() => until.removeEventListener("abort", stop));
}

function snapshotEnd(kv: Kv | undefined): number {
  const text = textOf(kv);
  return text === null ? 0 : readSnapshot(text).next;
}

function batchIn({ key, value }: Kv, keys: Keys): RecordBatch {
  const batch = new RecordBatch(asBuffer(value), 0);
  invariant(batch.baseOffset === keys.baseOffsetOf(key), "each batch stands under its own offset");
  return batch;
}

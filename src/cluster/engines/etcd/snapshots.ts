/** Snapshots in etcd: chunks of one record batch each, and a key that says which of them count. */
import { invariant } from "../../../lib/invariant.js";
import { type Snapshot, SnapshotReplaced } from "../../../metadata/engine.js";
import { calls } from "./client/calls.js";
import { EtcdFailure } from "./client/failure.js";
import { sortOrders } from "./client/messages.js";
import type { Log } from "./log.js";
import { type CurrentSnapshot, readSnapshot, snapshotText } from "./stored-values.js";
import { type Compared, get, type Operation, put, readBy, textOf } from "./transactions.js";

/** Chunks are large, so few are asked for at a time. */
const PAGE_CHUNKS = 4;
const PAGE_TIMEOUT_MS = 5_000;

/** The newest one, read at one revision: a newer one that is saved meanwhile does not touch it. */
export async function latestSnapshot(log: Log, until: AbortSignal): Promise<Snapshot | null> {
  const { kvs, header } = await log.client.ask(calls.range, { key: log.keys.currentSnapshot }, until);
  const text = textOf(kvs[0]);
  if (text === null) return null;
  const current = readSnapshot(text);
  return { ...current, batches: chunksOf(log, current, header?.revision ?? 0, until) };
}

async function* chunksOf(
  { client, keys }: Log,
  { next, chunks }: CurrentSnapshot,
  revision: number,
  until: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let index = 0;
  while (index < chunks) {
    const key = keys.chunk(next, index);
    const page = {
      key,
      rangeEnd: keys.chunk(next, chunks),
      limit: PAGE_CHUNKS,
      revision,
      sortOrder: sortOrders.ASCEND,
    };
    const { kvs } = await client.ask(calls.range, page, until, PAGE_TIMEOUT_MS).catch((error: unknown) => {
      // Two newer ones were saved meanwhile, and what was before them is forgotten.
      throw error instanceof EtcdFailure && error.kind === "compacted" ? new SnapshotReplaced() : error;
    });
    invariant(kvs.length > 0, `the snapshot of offset ${next} has ${chunks} chunks`);
    for (const { value } of kvs) yield value;
    index += kvs.length;
  }
}

/**
 * Writes the chunks, then lets them count, and deletes the log below and the older chunks, in one transaction. All of it only
 * while `isController` holds: else false. What is left of a try that ended early is deleted with the next snapshot.
 */
export async function saveSnapshot(
  { client, keys }: Log,
  isController: Compared,
  { next, epoch, batches }: Pick<Snapshot, "next" | "epoch" | "batches">,
  until: AbortSignal,
): Promise<number | null> {
  const guarded = async (...success: readonly Operation[]) => {
    const compare = [isController];
    return client.ask(calls.txn, { compare, success, failure: [] }, until, PAGE_TIMEOUT_MS);
  };
  const before = await guarded(get(keys.currentSnapshot));
  const [[last] = []] = readBy(before);
  const lastText = textOf(last);
  if (!before.succeeded) return null;
  if (last !== undefined && lastText !== null && readSnapshot(lastText).next >= next) return last.modRevision;
  let chunks = 0;
  for await (const batch of batches) {
    const written = await guarded(put(keys.chunk(next, chunks++), batch));
    if (!written.succeeded) return null;
  }
  const { succeeded, header } = await guarded(
    put(keys.currentSnapshot, snapshotText({ next, epoch, chunks })),
    { deleteRange: { key: keys.slot(0), rangeEnd: keys.slot(next) } },
    { deleteRange: { key: keys.chunk(0, 0), rangeEnd: keys.chunk(next, 0) } },
  );
  if (!succeeded) return null;
  if (last !== undefined) await forgetBefore(client, last.modRevision, until);
  return header?.revision ?? 0;
}

/** Frees what etcd keeps of older revisions. Whoever still reads the snapshot before this one can go on. */
async function forgetBefore(client: Log["client"], revision: number, until: AbortSignal): Promise<void> {
  try {
    await client.ask(calls.compact, { revision }, until, PAGE_TIMEOUT_MS);
  } catch (error) {
    // Somebody has compacted further already; or this user may not: then whoever runs etcd lets it compact by itself.
    if (!(error instanceof EtcdFailure)) throw error;
  }
}

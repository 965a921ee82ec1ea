/** What stands in etcd beside record batches, as JSON. It is read as if anybody could have written it. */
import type { Leader } from "../../../metadata/engine.js";

export interface CurrentSnapshot {
  /** Everything below this offset is in it. */
  readonly next: number;
  readonly epoch: number;
  readonly chunks: number;
}

export function controllerText({ brokerId, epoch, endpoint }: Leader): Buffer {
  return Buffer.from(JSON.stringify({ brokerId, epoch, host: endpoint.host, port: endpoint.port }));
}

export function readController(text: string): Leader {
  const { brokerId, epoch, host, port } = fieldsOf(text);
  if (!isCount(brokerId) || !isCount(epoch) || !isCount(port) || typeof host !== "string") throw unreadable("ctl");
  return { brokerId, epoch, endpoint: { host, port } };
}

export function snapshotText(snapshot: CurrentSnapshot): Buffer {
  return Buffer.from(JSON.stringify(snapshot));
}

export function readSnapshot(text: string): CurrentSnapshot {
  const { next, epoch, chunks } = fieldsOf(text);
  if (!isCount(next) || !isCount(epoch) || !isCount(chunks)) throw unreadable("snap/cur");
  return { next, epoch, chunks };
}

export function readEpoch(text: string): number {
  const epoch = Number(text);
  if (!isCount(epoch)) throw unreadable("epoch");
  return epoch;
}

function fieldsOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function unreadable(key: string): Error {
  return new Error(`The key ${key} of this cluster in etcd holds what Samsa never writes; was it changed by hand?`);
}

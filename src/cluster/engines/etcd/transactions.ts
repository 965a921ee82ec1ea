/** The parts of etcd's transactions, in our words. */
import type { GivenOf, ValueOf } from "./client/message.js";
import { compareTargets, type KeyValue, type TxnRequest, type TxnResponse } from "./client/messages.js";

type Request = GivenOf<typeof TxnRequest>;
export type Compared = NonNullable<Request["compare"]>[number];
export type Operation = NonNullable<Request["success"]>[number];
export type Kv = ValueOf<typeof KeyValue>;

/** The key was made at this revision and has not been deleted since; 0: there is no such key. */
export function createdAt(key: Uint8Array, createRevision: number): Compared {
  return { target: compareTargets.CREATE, key, createRevision };
}

/** The key was last written at this revision; 0: there is no such key. */
export function writtenAt(key: Uint8Array, modRevision: number): Compared {
  return { target: compareTargets.MOD, key, modRevision };
}

export function put(key: Uint8Array, value: Uint8Array, lease?: bigint): Operation {
  return { put: { key, value, ...(lease === undefined ? {} : { lease }) } };
}

export function get(key: Uint8Array): Operation {
  return { range: { key } };
}

/** What the operations of a transaction have read, each in its place. */
export function readBy({ responses }: ValueOf<typeof TxnResponse>): readonly (readonly Kv[])[] {
  return responses.map(({ range }) => range?.kvs ?? []);
}

export function textOf(kv: Kv | undefined): string | null {
  return kv === undefined ? null : Buffer.from(kv.value).toString("utf8");
}

/** The messages of etcd's API, version 3, as far as they are needed. The numbers are those of etcd's own declarations. */
import { bool, bytes, id64, inner, int32, int64, message, repeated, string } from "./message.js";

const ResponseHeader = message({ revision: int64(3) });

export const KeyValue = message({
  key: bytes(1),
  createRevision: int64(2),
  modRevision: int64(3),
  value: bytes(5),
  lease: id64(6),
});

export const sortOrders = { ASCEND: 1, DESCEND: 2 } as const;

export const RangeRequest = message({
  key: bytes(1),
  /** Exclusive; absent: `key` alone. */
  rangeEnd: bytes(2),
  limit: int64(3),
  /** 0: the newest. */
  revision: int64(4),
  sortOrder: int32(5),
});
export const RangeResponse = message({ header: inner(1, ResponseHeader), kvs: repeated(2, KeyValue), more: bool(3) });

const PutRequest = message({ key: bytes(1), value: bytes(2), lease: id64(3) });
const DeleteRangeRequest = message({ key: bytes(1), rangeEnd: bytes(2) });

/** What is asked of a key: that the number, by its `target`, is the one given. */
export const compareTargets = { CREATE: 1, MOD: 2 } as const;
const Compare = message({
  /** 0: equal. */
  result: int32(1),
  target: int32(2),
  key: bytes(3),
  createRevision: int64(5),
  modRevision: int64(6),
});

const RequestOp = message({
  range: inner(1, RangeRequest),
  put: inner(2, PutRequest),
  deleteRange: inner(3, DeleteRangeRequest),
});
const ResponseOp = message({ range: inner(1, RangeResponse) });
/** Everything that is compared holds: `success` is done, else `failure`. Either is one revision, or nothing. */
export const TxnRequest = message({
  compare: repeated(1, Compare),
  success: repeated(2, RequestOp),
  failure: repeated(3, RequestOp),
});
export const TxnResponse = message({
  header: inner(1, ResponseHeader),
  succeeded: bool(2),
  responses: repeated(3, ResponseOp),
});

export const CompactionRequest = message({ revision: int64(1) });
export const CompactionResponse = message({});

export const LeaseGrantRequest = message({ ttlSeconds: int64(1) });
export const LeaseGrantResponse = message({ id: id64(2), ttlSeconds: int64(3) });
export const LeaseRevokeRequest = message({ id: id64(1) });
export const LeaseRevokeResponse = message({});
export const LeaseKeepAliveRequest = message({ id: id64(1) });
/** A time of 0: there is no such lease any more. */
export const LeaseKeepAliveResponse = message({ id: id64(2), ttlSeconds: int64(3) });

const WatchCreateRequest = message({
  key: bytes(1),
  rangeEnd: bytes(2),
  startRevision: int64(3),
  /** Large answers may come in pieces. */
  fragment: bool(8),
});
export const WatchRequest = message({ create: inner(1, WatchCreateRequest), progress: inner(3, message({})) });
export const eventTypes = { PUT: 0, DELETE: 1 } as const;
export const Event = message({ type: int32(1), kv: inner(2, KeyValue) });
export const WatchResponse = message({
  canceled: bool(4),
  compactRevision: int64(5),
  cancelReason: string(6),
  events: repeated(11, Event),
});

export const AuthenticateRequest = message({ name: string(1), password: string(2) });
export const AuthenticateResponse = message({ token: string(2) });

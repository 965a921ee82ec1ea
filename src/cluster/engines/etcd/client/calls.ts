/** The calls that are made of etcd, by the paths of its gRPC services. */
import type { Message } from "./message.js";
import {
  AuthenticateRequest,
  AuthenticateResponse,
  CompactionRequest,
  CompactionResponse,
  LeaseGrantRequest,
  LeaseGrantResponse,
  LeaseKeepAliveRequest,
  LeaseKeepAliveResponse,
  LeaseRevokeRequest,
  LeaseRevokeResponse,
  RangeRequest,
  RangeResponse,
  TxnRequest,
  TxnResponse,
  WatchRequest,
  WatchResponse,
} from "./messages.js";

export interface Call<Q extends Message = Message, A extends Message = Message> {
  readonly path: string;
  readonly request: Q;
  readonly answer: A;
}

function call<Q extends Message, A extends Message>(path: string, request: Q, answer: A): Call<Q, A> {
  return { path: `/etcdserverpb.${path}`, request, answer };
}

export const calls = {
  range: call("KV/Range", RangeRequest, RangeResponse),
  txn: call("KV/Txn", TxnRequest, TxnResponse),
  compact: call("KV/Compact", CompactionRequest, CompactionResponse),
  leaseGrant: call("Lease/LeaseGrant", LeaseGrantRequest, LeaseGrantResponse),
  leaseRevoke: call("Lease/LeaseRevoke", LeaseRevokeRequest, LeaseRevokeResponse),
  leaseKeepAlive: call("Lease/LeaseKeepAlive", LeaseKeepAliveRequest, LeaseKeepAliveResponse),
  watch: call("Watch/Watch", WatchRequest, WatchResponse),
  authenticate: call("Auth/Authenticate", AuthenticateRequest, AuthenticateResponse),
} as const;

/** What can go wrong with a call to etcd, by what there is to do about it. */
import type { ServiceError } from "@grpc/grpc-js";

export type FailureKind =
  /** This member did not answer in time, or cannot now: ask another one. Whether it was done is not known. */
  | "unanswered"
  /** The token has aged: authenticate again. */
  | "token"
  /** What was asked for is too old: it was compacted. */
  | "compacted"
  /** etcd has no such lease. */
  | "gone"
  /** etcd understood and said no: asking again is no use. */
  | "refused";

export class EtcdFailure extends Error {
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string) {
    super(message);
    this.name = "EtcdFailure";
    this.kind = kind;
  }
}

/** The codes of gRPC that are told apart. */
const codes = { NOT_FOUND: 5, PERMISSION_DENIED: 7, RESOURCE_EXHAUSTED: 8, OUT_OF_RANGE: 11, UNAUTHENTICATED: 16 };
/** etcd says so by FAILED_PRECONDITION and INVALID_ARGUMENT; anything else of these two is a refusal. */
const refusals = new Set([3, 9]);

/** `place`: the member that was asked. */
export function failureOf({ code, details }: Pick<ServiceError, "code" | "details">, place: string): EtcdFailure {
  const said = details.replaceAll(/\s*Resolution note:\s*$/g, "").replace(/^etcdserver: /, "");
  const sentence = `etcd at ${place}: ${said}`;
  if (code === codes.UNAUTHENTICATED || said.includes("auth store is old")) return new EtcdFailure("token", sentence);
  if (code === codes.OUT_OF_RANGE) return new EtcdFailure("compacted", sentence);
  if (code === codes.NOT_FOUND) return new EtcdFailure("gone", sentence);
  if (said.includes("user name is empty")) return new EtcdFailure("refused", `${sentence}: it asks for a user`);
  if (said.includes("database space exceeded")) {
    return new EtcdFailure("refused", `${sentence}: give it a larger quota, or compact and defragment it`);
  }
  if (code === codes.PERMISSION_DENIED || refusals.has(code)) return new EtcdFailure("refused", sentence);
  return new EtcdFailure("unanswered", sentence);
}

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
  const said = inPlainWords(details);
  const sentence = `etcd at ${place}: ${said}`;
  if (code === codes.UNAUTHENTICATED || said.includes("auth store is old")) return new EtcdFailure("token", sentence);
  if (code === codes.OUT_OF_RANGE) return new EtcdFailure("compacted", sentence);
  if (code === codes.NOT_FOUND) return new EtcdFailure("gone", sentence);
  if (said.includes("user name is empty")) return new EtcdFailure("refused", `${sentence}: it asks for a user`);
  if (said.includes("authentication is not enabled")) {
    return new EtcdFailure("refused", `${sentence}: enable it, or set no samsa.metadata.etcd.username`);
  }
  if (said.includes("database space exceeded")) {
    const cure = "give it a larger quota, or compact and defragment it; then disarm its alarm";
    return new EtcdFailure("refused", `${sentence}: ${cure}`);
  }
  // A member that is new and learns still: others serve. Newer versions of etcd say so by FAILED_PRECONDITION.
  if (said.includes("not supported for learner")) return new EtcdFailure("unanswered", sentence);
  if (code === codes.PERMISSION_DENIED || refusals.has(code)) return new EtcdFailure("refused", sentence);
  return new EtcdFailure("unanswered", sentence);
}

/** The client's own words are for programmers. Without a stop: the sentence may go on, or end with it. */
function inPlainWords(details: string): string {
  const said = details
    .replace(/\s*Resolution note:\s*$/, "")
    .replace(/^etcdserver: /, "")
    .replace(/^No connection established\. Last error: (Error: )?/, "")
    .replace(/^Name resolution failed for target \S+$/, "its name is not known")
    .replace(/^Deadline exceeded after ([0-9.]+)s.*$/, "no answer within $1 s")
    .replace(/^[0-9A-F]{1,32}:error:[0-9A-F]{1,16}:SSL routines:[^:]{0,99}:([^:]{1,99}):[\s\S]*$/, "TLS failed with $1")
    .replace(/( \([0-9:.TZ-]+\))?\.$/, "");
  if (said.includes("before secure TLS connection")) return `${said}: perhaps it does not speak TLS`;
  return said === "Failed to connect"
    ? "the connection was closed: perhaps it asks for TLS (samsa.metadata.etcd.tls.ca)"
    : said;
}

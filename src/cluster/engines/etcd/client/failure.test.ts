import { describe, expect, test } from "vitest";
import { failureOf } from "./failure.js";

const [UNAVAILABLE, FAILED_PRECONDITION, DEADLINE_EXCEEDED] = [14, 9, 4];

describe("a failure of etcd is told in words for whoever runs the broker", () => {
  test.each([
    [
      UNAVAILABLE,
      "No connection established. Last error: Error: connect ECONNREFUSED 10.0.0.1:2379. Resolution note: ",
      "connect ECONNREFUSED 10.0.0.1:2379",
    ],
    [
      UNAVAILABLE,
      "No connection established. Last error: Failed to connect (2026-11-22T05:48:11.468Z). Resolution note: ",
      "the connection was closed: perhaps it asks for TLS (samsa.metadata.etcd.tls.ca)",
    ],
    [
      UNAVAILABLE,
      "No connection established. Last error: 800CB1090F7F0000:error:0A000412:SSL routines:ssl3_read_bytes:sslv3 alert bad certificate:../deps/openssl/rec_layer_s3.c:1601:SSL alert number 42\n. Resolution note: ",
      "TLS failed with sslv3 alert bad certificate",
    ],
    [UNAVAILABLE, "Name resolution failed for target dns:etcd-1:2379", "its name is not known"],
    [DEADLINE_EXCEEDED, "Deadline exceeded after 1.037s,metadata filters: 0.001s", "no answer within 1.037 s"],
    [
      UNAVAILABLE,
      "No connection established. Last error: Error: Client network socket disconnected before secure TLS connection was established. Resolution note: ",
      "Client network socket disconnected before secure TLS connection was established: perhaps it does not speak TLS",
    ],
    [
      FAILED_PRECONDITION,
      "etcdserver: authentication is not enabled",
      "authentication is not enabled: enable it, or set no samsa.metadata.etcd.username",
    ],
  ])("%i %s", (code, details, told) => {
    const { message } = failureOf({ code, details }, "etcd-1:2379");
    expect(message).toBe(`etcd at etcd-1:2379: ${told}`);
    expect(message, "whoever tells it sets the full stop").not.toMatch(/[.?!]$/);
  });
});

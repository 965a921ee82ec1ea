import { describe, expect, test } from "vitest";
import { freePort } from "../../../../tests/support/free-port.js";
import { nodeEnvironment } from "../../../environments/node/node-environment.js";
import { EtcdClient } from "./client/etcd-client.js";
import { failureOf } from "./client/failure.js";
import * as grpc from "./client/grpc.js";
import { EtcdEngine } from "./etcd-engine.js";
import { keysOf } from "./keys.js";
import { controllerText, readController, readEpoch, readSnapshot, snapshotText } from "./stored-values.js";

const place = "etcd.example:2379";

describe("without etcd", () => {
  test("the start waits as long as it may, then says in one sentence who did not answer, and why", async () => {
    const problems: string[] = [];
    const port = await freePort();
    const engine = new EtcdEngine({
      environment: nodeEnvironment(),
      endpoints: [{ host: "127.0.0.1", port }],
      ...{ tls: null, user: null, clusterName: "c", startTimeoutMs: 700 },
      onProblem: (sentence) => problems.push(sentence),
    });
    await expect(engine.open()).rejects.toMatchObject({
      name: "EngineProblem",
      message: expect.stringMatching(/^No answer from etcd \(127.0.0.1:\d+\) within 700 ms: etcd at .*ECONNREFUSED/),
    });
    expect(problems).toHaveLength(1);
    await engine.close();
  });
});

test("what several who ask are told at the same time reaches people once each, until etcd serves again", () => {
  const told: string[] = [];
  const { wire } = nodeEnvironment();
  const endpoints = [{ host: "127.0.0.1", port: 1 }];
  const onProblem = (sentence: string) => told.push(sentence);
  const client = new EtcdClient(grpc, { wire, endpoints, tls: null, user: null, onProblem });
  for (const sentence of ["one cannot read", "another cannot", "one cannot read", "another cannot"]) {
    client.report(sentence);
  }
  expect(told).toEqual(["one cannot read", "another cannot"]);
  client.close();
});

describe("what etcd says", () => {
  const said = (code: number, details: string) => failureOf({ code, details }, place);

  test.each([
    [14, "etcdserver: leader changed", "unanswered"],
    [4, "Deadline exceeded", "unanswered"],
    [16, "etcdserver: invalid auth token", "token"],
    [3, "etcdserver: revision of auth store is old", "token"],
    [3, "etcdserver: authentication failed, invalid user ID or password", "refused"],
    [7, "etcdserver: permission denied", "refused"],
    [8, "etcdserver: mvcc: database space exceeded", "refused"],
    [8, "etcdserver: too many requests", "unanswered"],
    [11, "etcdserver: mvcc: required revision has been compacted", "compacted"],
    [5, "etcdserver: requested lease not found", "gone"],
    [9, "etcdserver: rpc not supported for learner", "unanswered"],
  ] as const)("%i %s: %s", (code, details, kind) => {
    expect(said(code, details).kind).toBe(kind);
  });

  test("is told with the place, and with what a person can do", () => {
    expect(said(8, "etcdserver: mvcc: database space exceeded").message).toBe(
      `etcd at ${place}: mvcc: database space exceeded: give it a larger quota, or compact and defragment it; then disarm its alarm`,
    );
  });
});

describe("what stands in etcd", () => {
  test("keys are in the order of their offsets, and the log ends before what comes after it", () => {
    const keys = keysOf("c");
    const sorted = [keys.slot(0), keys.slot(9), keys.slot(10), keys.slot(2 ** 53 - 1), keys.logEnd].map(String);
    expect([...sorted].sort()).toEqual(sorted);
    expect(keys.baseOffsetOf(keys.slot(1234567))).toBe(1234567);
    expect(String(keys.chunk(7, 1)) > String(keys.chunk(7, 0))).toBe(true);
    expect(String(keys.chunk(8, 0)) > String(keys.chunk(7, 99))).toBe(true);
  });

  test("is read as it was written", () => {
    const leader = { brokerId: 3, epoch: 8, endpoint: { host: "h", port: 9092 } };
    expect(readController(controllerText(leader).toString())).toEqual(leader);
    const snapshot = { next: 9, epoch: 2, chunks: 4 };
    expect(readSnapshot(snapshotText(snapshot).toString())).toEqual(snapshot);
  });

  test.each(["", "[]", "null", "{", '{"brokerId":-1,"epoch":1,"host":"h","port":1}', '{"brokerId":1}'])(
    "what Samsa never writes is refused: %s",
    (text) => {
      expect(() => readController(text)).toThrow(/changed by hand/);
      expect(() => readSnapshot(text)).toThrow(/changed by hand/);
      expect(() => readEpoch(`${text}x`)).toThrow(/changed by hand/);
    },
  );
});

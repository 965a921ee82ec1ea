import { expect, test } from "vitest";
import { loadConfig } from "./load.js";

function errorsOf(...sets: readonly string[]): readonly string[] {
  const loaded = loadConfig({ env: {}, sets: ["node.id=1", ...sets], flags: {} });
  return "errors" in loaded ? loaded.errors : [];
}

const etcd = "samsa.metadata.engine=etcd";
const endpoints = "samsa.metadata.etcd.endpoints=a:2379,b:2379,[::1]:2379";

test("metadata in etcd needs to know where etcd is", () => {
  expect(errorsOf(etcd)).toEqual(["samsa.metadata.etcd.endpoints must be set when samsa.metadata.engine is etcd"]);
  expect(errorsOf(etcd, endpoints)).toEqual([]);
  expect(errorsOf(etcd, "samsa.metadata.etcd.endpoints=a")).toEqual([
    expect.stringContaining('Each entry should be in the form "{host}:{port}"'),
  ]);
  expect(errorsOf("samsa.metadata.engine=zookeeper")).toEqual([
    expect.stringContaining("String must be one of: local, etcd"),
  ]);
});

test("a user comes with a password, a certificate with its key and with the authorities", () => {
  const prefix = "samsa.metadata.etcd";
  const together = (one: string, other: string) => `${prefix}.${one} is set, so ${prefix}.${other} must be set as well`;
  expect(errorsOf(etcd, endpoints, `${prefix}.username=u`)).toEqual([together("username", "password")]);
  expect(errorsOf(etcd, endpoints, `${prefix}.password=p`)).toEqual([together("password", "username")]);
  expect(errorsOf(etcd, endpoints, `${prefix}.tls.cert=c`)).toEqual([
    together("tls.cert", "tls.key"),
    together("tls.cert", "tls.ca"),
  ]);
  expect(errorsOf(etcd, endpoints, `${prefix}.tls.ca=c`)).toEqual([]);
});

test.each(["", "a/b", "..", ".hidden", "a b", "a".repeat(101)])("%j is no name for a cluster in etcd", (name) => {
  expect(errorsOf(etcd, endpoints, `samsa.metadata.etcd.cluster=${name}`)).toEqual([
    expect.stringContaining("up to 100 letters"),
  ]);
});

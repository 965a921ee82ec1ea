import { expect, test } from "vitest";
import { configWith } from "../../config/config.test-data.js";
import { MemoryFiles } from "../../environments/memory/memory-files.js";
import { etcdTls } from "./etcd-tls.js";

function metadataWith(...sets: readonly string[]) {
  return configWith("node.id=1", "log.dirs=/data", ...sets).metadata;
}

function certificate(name: string): Buffer {
  return Buffer.from(`-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----\n`);
}

test("a certificate that is replaced is there at the next look; while its file is away, or no certificate, the last one counts", () => {
  const files = new MemoryFiles(() => 0, 1_000_000);
  files.open("/ca.pem", "create").write([certificate("first")], 0);
  const tls = etcdTls(metadataWith("samsa.metadata.etcd.tls.ca=/ca.pem"), { files });
  expect(tls?.().ca).toContain("first");
  files.remove("/ca.pem");
  expect(tls?.().ca).toContain("first");
  files.open("/ca.pem", "create").write([Buffer.from("half of it")], 0);
  expect(tls?.().ca).toContain("first");
  files.open("/ca.pem", "create").write([certificate("second")], 0);
  expect(tls?.()).toEqual({ ca: certificate("second").toString(), cert: null, key: null });
});

test("there is no TLS without an authority", () => {
  expect(etcdTls(metadataWith(), { files: new MemoryFiles(() => 0, 1_000) })).toBeNull();
});

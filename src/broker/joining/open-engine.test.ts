import { describe, expect, test } from "vitest";
import { manualEnvironment } from "../../../tests/support/manual-environment.js";
import { configWith } from "../../config/config.test-data.js";
import { MemoryFiles } from "../../environments/memory/memory-files.js";
import type { Environment } from "../../lib/environment.js";
import { silentLogger } from "../../storage/storage.test-data.js";
import { DataFolders } from "../storing/data-folders.js";
import { openEngine } from "./open-engine.js";

/** A node with these properties, its folder and the engine that it opens. */
function node(...sets: readonly string[]) {
  const files = new MemoryFiles(() => 0, 10_000_000);
  const config = configWith("node.id=1", "log.dirs=/data", ...sets);
  let uuids = 0;
  const random = { bytes: (n: number) => new Uint8Array(n), below: () => 0, uuid: () => `uuid-${++uuids}` };
  const environment = { ...manualEnvironment(), files, random } as unknown as Environment;
  const keepsMetadata = config.metadata.samsaMetadataEngine === "local";
  const folders = DataFolders.open(config, { files }, { keepsMetadata });
  const open = () => openEngine({ config, environment, logger: silentLogger, folders, cluster: undefined });
  return { open, folders, files };
}

describe("the metadata engine", () => {
  test("of one node is a log in its first folder, whose cluster it is", async () => {
    const { open, folders } = node();
    const { clusterId, close } = await open();
    expect(folders.clusterId).toBe(clusterId);
    await close();
  });

  test("etcd is not asked by a node that cannot show who it is: the missing file is named", async () => {
    const etcd = ["samsa.metadata.engine=etcd", "samsa.metadata.etcd.endpoints=e1:2379"];
    const { open } = node(...etcd, "samsa.metadata.etcd.tls.ca=/etc/samsa/ca.pem");
    await expect(open()).rejects.toThrow("samsa.metadata.etcd.tls.ca: there is no file /etc/samsa/ca.pem.");
  });

  test("etcd is not asked with a file that is no certificate, as when the key was named in its place", async () => {
    const etcd = ["samsa.metadata.engine=etcd", "samsa.metadata.etcd.endpoints=e1:2379"];
    const { open, files } = node(...etcd, "samsa.metadata.etcd.tls.ca=/ca.pem");
    files.open("/ca.pem", "create").write([Buffer.from("-----BEGIN PRIVATE KEY-----\n")], 0);
    await expect(open()).rejects.toThrow(
      'samsa.metadata.etcd.tls.ca: /ca.pem holds no "CERTIFICATE" in the format PEM.',
    );
  });
});

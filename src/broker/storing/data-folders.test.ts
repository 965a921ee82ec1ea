import { describe, expect, test } from "vitest";
import { brokerConfig } from "../../../tests/simulation/broker.js";
import { MemoryFiles } from "../../environments/memory/memory-files.js";
import { DataFolders } from "./data-folders.js";

/** Opens the folders of a node that has these in its data folders. */
function opened(folders: readonly string[], properties: Readonly<Record<string, string>> = {}) {
  const files = new MemoryFiles(() => 0, 1_000_000);
  for (const folder of folders) files.createFolder(folder);
  const config = brokerConfig({ "log.dirs": "/one,/two", ...properties });
  return { folders: DataFolders.open(config, { files }), config };
}

describe("a node that keeps its metadata itself", () => {
  test("takes a new folder, and one with its log", () => {
    opened([]).folders.refuseWithoutMetadataLog();
    opened(["/one/__cluster_metadata-0", "/two/orders-0"]).folders.refuseWithoutMetadataLog();
  });

  test("refuses partitions of which no metadata tells: it would take them for strays", () => {
    const { folders } = opened(["/two/orders-0"]);
    expect(() => folders.refuseWithoutMetadataLog()).toThrow(/\/two holds partitions, but \/one holds no metadata log/);
  });
});

describe("a node whose metadata is in etcd", () => {
  test("takes a folder of such a node", () => {
    opened(["/one/orders-0"]).folders.refuseMetadataLog(null);
  });

  test("refuses one that holds a metadata log, wherever it lies", () => {
    const { folders } = opened(["/two/__cluster_metadata-0"]);
    expect(() => folders.refuseMetadataLog(null)).toThrow(/\/two holds the metadata log of a cluster with/);
    const apart = opened(["/three/__cluster_metadata-0"]).folders;
    expect(() => apart.refuseMetadataLog("/three")).toThrow(/\/three holds the metadata log/);
  });
});

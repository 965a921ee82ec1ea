import { describe, expect, test } from "vitest";
import { brokerConfig } from "../../../tests/simulation/broker.js";
import { RealRandom } from "../../environments/node/real-random.js";
import { buildBatch } from "../../protocol/records/build-batch.js";
import { LogDirectory } from "../../storage/folders/log-directory.js";
import { FailingDisks } from "../../storage/folders/several-folders.test-data.js";
import { DataFolders } from "./data-folders.js";

const config = brokerConfig({ "log.dirs": "/one,/two" });
const alone = { keepsMetadata: true };
const amongOthers = { keepsMetadata: false };

/** Disks with these folders. */
function disksWith(...folders: readonly string[]): FailingDisks {
  const disks = new FailingDisks();
  for (const folder of folders) disks.files.createFolder(folder);
  return disks;
}

function writeMetadata({ files }: FailingDisks, bytes: Uint8Array): void {
  files.open("/one/__cluster_metadata-0/00000000000000000000.log", "create").write([bytes], 0);
}

describe("a node that keeps its metadata itself", () => {
  test("takes a new folder, one with its log, and one whose first start ended early", () => {
    const used = disksWith("/one/__cluster_metadata-0", "/two/orders-0");
    writeMetadata(used, buildBatch({ records: [{ timestampMs: 0, key: null, value: null }] }));
    for (const disks of [disksWith(), used, disksWith("/one/__cluster_metadata-0")]) {
      const folders = DataFolders.open(config, disks, alone);
      expect(() => folders.refuseWithoutMetadataLog()).not.toThrow();
    }
  });

  test.each([[new Uint8Array(0)], [Buffer.from("no record of metadata begins like this")]])(
    "refuses partitions beside a log of metadata that has lost all: %o",
    (bytes) => {
      const used = disksWith("/one/__cluster_metadata-0", "/two/orders-0");
      writeMetadata(used, bytes);
      const folders = DataFolders.open(config, used, alone);
      const sentence = "/two holds partitions, but no record in the metadata log /one/__cluster_metadata-0 is sound";
      expect(() => folders.refuseWithoutMetadataLog()).toThrow(sentence);
    },
  );

  test("refuses partitions of which no metadata tells: it would take them for strays", () => {
    const folders = DataFolders.open(config, disksWith("/two/orders-0"), alone);
    expect(() => folders.refuseWithoutMetadataLog()).toThrow(/\/two holds partitions, but \/one holds no metadata log/);
  });

  test("does not start without the folder of that log, but without another", () => {
    const disks = disksWith();
    disks.failing.set("/one", "EIO");
    expect(() => DataFolders.open(config, disks, alone)).toThrow(/The data folder \/one cannot be used/);
    disks.failing.clear();
    disks.failing.set("/two", "EIO");
    expect(worksOf(DataFolders.open(config, disks, alone))).toEqual([true, false]);
  });
});

describe("a node whose metadata is in etcd", () => {
  test("takes a folder of such a node", () => {
    const folders = DataFolders.open(config, disksWith("/one/orders-0"), amongOthers);
    expect(() => folders.refuseMetadataLog(null)).not.toThrow();
  });

  test.each(["/one", "/two"])("starts while %s does not work", (path) => {
    const disks = disksWith();
    disks.failing.set(path, "EIO");
    const folders = DataFolders.open(config, disks, amongOthers);
    folders.refuseMetadataLog(null);
    folders.claim("cluster", 1, new RealRandom());
    expect(folders.readBrokerEpochAtEnd()).toBe(-1);
    expect(worksOf(folders)).toEqual(["/one", "/two"].map((each) => each !== path));
  });

  test("goes on without a folder that fails later, while another works", () => {
    const disks = disksWith();
    const folders = DataFolders.open(config, disks, amongOthers);
    disks.failing.set("/one", "EIO");
    folders.claim("cluster", 1, new RealRandom());
    expect(worksOf(folders)).toEqual([false, true]);
  });

  test("leaves a new folder unmarked when the cluster does not take it, so that another node.id may have it", () => {
    const disks = disksWith();
    const refused = DataFolders.open(config, disks, amongOthers);
    refused.claim("cluster", 1, new RealRandom());
    refused.disclaim();
    refused.release();
    const corrected = DataFolders.open(config, disks, amongOthers);
    expect(() => corrected.claim("cluster", 2, new RealRandom())).not.toThrow();
    corrected.release();
    const again = DataFolders.open(config, disks, amongOthers);
    again.claim("cluster", 2, new RealRandom());
    again.disclaim();
    expect(again.clusterId).toBe("cluster");
  });

  test("does not start when no folder works, and names one", () => {
    const disks = disksWith();
    disks.failing.set("/", "EROFS");
    expect(() => DataFolders.open(config, disks, amongOthers)).toThrow(/The data folder \/one is on a read-only/);
  });

  test("refuses one that holds a metadata log, wherever it lies", () => {
    const folders = DataFolders.open(config, disksWith("/two/__cluster_metadata-0"), amongOthers);
    expect(() => folders.refuseMetadataLog(null)).toThrow(/\/two holds the metadata log of a cluster with/);
    const apart = DataFolders.open(config, disksWith("/three/__cluster_metadata-0"), amongOthers);
    expect(() => apart.refuseMetadataLog("/three")).toThrow(/\/three holds the metadata log/);
  });
});

function worksOf({ logs }: DataFolders): readonly boolean[] {
  return logs.map((directory) => directory instanceof LogDirectory);
}

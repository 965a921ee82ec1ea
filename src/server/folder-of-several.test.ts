import { expect, test } from "vitest";
import { StartFailure } from "../broker/start-failure.js";
import { loadClusterConfigs } from "../config/load-cluster.js";
import { memoryEnvironment } from "../environments/memory/memory-environment.js";
import { MemoryFiles } from "../environments/memory/memory-files.js";
import { silentLogger } from "../storage/storage.test-data.js";
import { refuseFolderOfMore } from "./folder-of-several.js";
import { startCluster } from "./start-cluster.js";

function filesWith(...folders: readonly string[]): MemoryFiles {
  const files = new MemoryFiles(() => 0, 1_000_000);
  for (const folder of folders) files.createFolder(folder);
  return files;
}

/** What starting so many brokers there is answered; null: they start. */
function refusal(files: MemoryFiles, brokers: number, ...folders: readonly string[]): string | null {
  try {
    refuseFolderOfMore(
      files,
      folders.map((folder) => `${folder}/broker-1`),
      brokers,
    );
    return null;
  } catch (failure) {
    if (failure instanceof StartFailure) return failure.message;
    throw failure;
  }
}

test("two brokers do not start on the folder of three, as if nothing of the third were missing", () => {
  const files = filesWith("/data/broker-1/orders-0", "/data/broker-2/orders-1", "/data/broker-3/orders-2");
  expect(refusal(files, 2, "/data")).toBe(
    "The data folder /data is that of 3 brokers, and broker-3 holds replicas, which would be offline. Start it with " +
      "--brokers 3, or choose another folder with --data.",
  );
  expect(refusal(files, 1, "/data")).toContain("and broker-2, broker-3 hold replicas");
  expect(refusal(files, 3, "/data")).toBeNull();
  expect(refusal(files, 4, "/data")).toBeNull();
});

test("a cluster that is refused its folder leaves nothing in it", async () => {
  const environment = memoryEnvironment();
  environment.files.createFolder("/data/broker-3/orders-2");
  const cluster = loadClusterConfigs({ env: {}, sets: [], flags: { port: 0, data: "/data" } }, 2);
  if ("errors" in cluster) throw new Error(cluster.errors.join());
  const surroundings = { isContainer: false, hostName: "localhost", gateway: null };
  const starting = startCluster({ ...cluster, environment, surroundings, loggerOf: () => silentLogger });
  await expect(starting).rejects.toThrow("is that of 3 brokers");
  expect(environment.files.list("/data")).toEqual(["broker-3"]);
});

test("the partitions may lie in any of several data folders", () => {
  const files = filesWith("/disk1/broker-3", "/disk2/broker-3/orders-0");
  expect(refusal(files, 2, "/disk1", "/disk2")).toContain("The data folder /disk2 is that of 3 brokers");
});

test("a broker that was emptied before it was left out is not missed", () => {
  const deleted = `orders-0.${"0".repeat(32)}-delete`;
  const files = filesWith("/data/broker-3", `/data/broker-4/${deleted}`, "/data/broker-x/orders-0");
  expect(refusal(files, 2, "/data")).toBeNull();
  expect(refusal(files, 2, "/elsewhere")).toBeNull();
});

import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { MemoryFiles } from "../../../environments/memory/memory-files.js";
import { emptyImage } from "../../../metadata/image/empty.js";
import type { MetadataImage } from "../../../metadata/image/image.js";
import { partitionOfBroker1 } from "../../../metadata/image/image.test-data.js";
import { imageOf, snapshotBatches } from "../../../metadata/snapshots/snapshot-batches.js";
import { newestCheckpoint, writeCheckpoint } from "./checkpoint-files.js";
import { kafkaCheckpoint } from "./kafka-checkpoint.test-data.js";

const folder = "/data/__cluster_metadata-0";
const topicId = Buffer.alloc(16, 7).toString("base64url");

function filesWith(contents: Readonly<Record<string, Uint8Array>> = {}): MemoryFiles {
  const files = new MemoryFiles(() => 0, 100_000_000);
  files.createFolder(folder);
  for (const [name, bytes] of Object.entries(contents)) files.open(`${folder}/${name}`, "create").write([bytes], 0);
  return files;
}

function imageWith(partitions: number, endOffset: number): MetadataImage {
  const topic = { name: "t", id: topicId, partitions: Array(partitions).fill(partitionOfBroker1) };
  const topics = { topicsByName: new Map([["t", topic]]), topicsById: new Map([[topicId, topic]]) };
  return { ...emptyImage, ...topics, endOffset, epoch: 3 };
}

async function write(files: MemoryFiles, image: MetadataImage): Promise<void> {
  const snapshot = { next: image.endOffset, epoch: image.epoch, batches: snapshotBatches(image, 0) };
  await writeCheckpoint(files, folder, snapshot, 0);
}

async function newestImage(files: MemoryFiles): Promise<MetadataImage | null> {
  const newest = newestCheckpoint(files, folder);
  return newest === null ? null : imageOf(newest);
}

describe("a snapshot in the folder", () => {
  test("is read as it was written, and an older one makes way for it", async () => {
    const files = filesWith();
    expect(await newestImage(files)).toBeNull();
    await write(files, imageWith(3, 40));
    await write(files, imageWith(20_000, 50));
    expect(files.list(folder)).toEqual(["00000000000000000050-0000000003.checkpoint"]);
    expect(await newestImage(files)).toEqual(imageWith(20_000, 50));
  });

  test("does not count before it is whole", async () => {
    const files = filesWith({ "00000000000000000050-0000000003.checkpoint.part": Buffer.from("half of") });
    expect(await newestImage(files)).toBeNull();
  });

  test("is refused by name and place when the disk has lost some of it", async () => {
    const files = filesWith();
    await write(files, imageWith(3, 40));
    const name = "00000000000000000040-0000000003.checkpoint";
    const file = files.open(`${folder}/${name}`, "write");
    file.write([Uint8Array.of(1, 2, 3)], 200);
    await expect(newestImage(files)).rejects.toThrow(`${folder}/${name} of the metadata is damaged at byte`);
    file.truncate(150);
    await expect(newestImage(files)).rejects.toThrow(`${folder}/${name} of the metadata is damaged at byte`);
  });

  test("of Apache Kafka is understood", async () => {
    const bytes = gunzipSync(Buffer.from(kafkaCheckpoint, "base64"));
    const image = await newestImage(filesWith({ "00000000000000000183-0000000001.checkpoint": bytes }));
    expect(image).toMatchObject({ endOffset: 183, epoch: 1 });
    expect(image?.topicsByName.get("t1")?.partitions).toHaveLength(12);
    expect(image?.brokers.get(1)).toMatchObject({ fenced: false });
    expect(image?.features.get("metadata.version")).toBe(30);
  });

  test("of offset 0, which Apache Kafka's formatting leaves, is left to the log", async () => {
    const files = filesWith({ "00000000000000000000-0000000000.checkpoint": new Uint8Array(0) });
    expect(await newestImage(files)).toBeNull();
  });
});

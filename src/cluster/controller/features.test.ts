import { expect, test } from "vitest";
import { MemoryShardLog } from "../../../tests/support/memory-shard-log.js";
import { supportedFeatures } from "../../metadata/features.js";
import { type MetadataRecord, metadataRecord } from "../../metadata/records/metadata-record.js";
import { controllerOn } from "./controller.test-support.js";
import { metadataRecordCodec } from "./record-codec.js";

const everyFeature = supportedFeatures.map(({ name, maxVersion }) => [name, maxVersion]);

test("a new cluster finalizes every feature, once", async () => {
  const first = await controllerOn();
  expect([...first.image.features]).toEqual(everyFeature);
  const second = await controllerOn(new MemoryShardLog(2, first.log.batches));
  expect([...second.image.features]).toEqual(everyFeature);
  expect(second.log.endOffset).toBe(first.log.endOffset + 1);
});

test("a cluster of an older release finalizes the features that it did not know", async () => {
  const log = new MemoryShardLog();
  const older = metadataRecord("FeatureLevelRecord", { name: "metadata.version", featureLevel: 30 });
  log.append({ records: [metadataRecordCodec.encode(older)], timestampMs: 0, producer: null });
  const controller = await controllerOn(log);
  expect([...controller.image.features]).toEqual(everyFeature);
});

function written(...records: MetadataRecord[]): MemoryShardLog {
  const log = new MemoryShardLog();
  log.append({ records: records.map((record) => metadataRecordCodec.encode(record)), timestampMs: 0, producer: null });
  return log;
}

test("a cluster that Apache Kafka made keeps of its features what this release can do", async () => {
  const feature = (name: string, featureLevel: number) => metadataRecord("FeatureLevelRecord", { name, featureLevel });
  const log = written(feature("metadata.version", 30), feature("group.version", 7), feature("brewing.version", 1));
  const controller = await controllerOn(log);
  expect([...controller.image.features].sort()).toEqual(everyFeature.sort());
});

test("a metadata transaction that nobody ended is void", async () => {
  const topic = metadataRecord("TopicRecord", { name: "half.made", topicId: "0j3-SVJFRtqnh_Ppnbg9bQ" });
  const log = written(metadataRecord("BeginTransactionRecord", { name: "Topics" }), topic);
  const controller = await controllerOn(log);
  expect(controller.image.topicsByName.size).toBe(0);
  expect(controller.image.heldBack).toBeNull();
});

import { expect, test } from "vitest";
import { MemoryShardLog } from "../../../tests/support/memory-shard-log.js";
import { supportedFeatures } from "../../metadata/features.js";
import { metadataRecord } from "../../metadata/records.js";
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

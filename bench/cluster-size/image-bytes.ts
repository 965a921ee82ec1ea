/** What the metadata of so many partitions takes in memory, once as an image and once as the controller's working image. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ImageDraft } from "../../src/metadata/image/draft.js";
import { emptyImage } from "../../src/metadata/image/empty.js";
import { decodeRecord, encodeRecord } from "../../src/metadata/records/frame.js";
import { type MetadataRecord, metadataRecord } from "../../src/metadata/records/metadata-record.js";

/** Records are decoded as they come from the log, so that nothing is shared that would not be. */
export function imageBytes(topics: number, partitionsOfTopic: number): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  const before = process.memoryUsage().heapUsed;
  const image = build(topics, partitionsOfTopic);
  collect();
  const bytes = process.memoryUsage().heapUsed - before;
  // It is needed until here.
  if (image.topicsById.size !== topics) throw new Error("the image is not what was built");
  return bytes;
}

function build(topics: number, partitionsOfTopic: number): ImageDraft {
  const draft = new ImageDraft(emptyImage);
  const uuid = (n: number) => Buffer.alloc(16, `${n}|`).toString("base64url");
  for (let n = 0; n < topics; n++) {
    replay(draft, metadataRecord("TopicRecord", { name: `topic-${n}`, topicId: uuid(n) }));
    for (let partitionId = 0; partitionId < partitionsOfTopic; partitionId++) {
      const leader = 1 + (partitionId % 3);
      const replicas = [leader, 1 + (leader % 3), 1 + ((leader + 1) % 3)];
      const lists = { replicas, isr: replicas, removingReplicas: [], addingReplicas: [] };
      const state = { leader, leaderEpoch: 0, partitionEpoch: 0, directories: [uuid(1), uuid(2), uuid(3)] };
      replay(draft, metadataRecord("PartitionRecord", { topicId: uuid(n), partitionId, ...lists, ...state }));
    }
  }
  return draft;
}

function replay(draft: ImageDraft, record: MetadataRecord): void {
  const decoded = decodeRecord(encodeRecord(record));
  if (!decoded.ok) throw new Error(decoded.malformed);
  draft.replay(decoded.value);
}

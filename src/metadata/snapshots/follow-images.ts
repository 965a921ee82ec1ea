import { RecordBatch } from "../../protocol/records/batch.js";
import { asBuffer } from "../../protocol/records/int64.js";
import { type MetadataEngine, SnapshotReplaced } from "../engine.js";
import { apply } from "../image/apply.js";
import { emptyImage } from "../image/empty.js";
import type { MetadataImage } from "../image/image.js";
import { imageOf } from "./snapshot-batches.js";

type Followed = Pick<MetadataEngine, "latestSnapshot" | "follow">;

/**
 * Gives the image after each batch that is committed, beginning with the newest snapshot, and with the bytes of that batch;
 * null: the image comes from a snapshot. Who has fallen so far behind that the log was trimmed meanwhile begins again
 * with a snapshot. Settles with the signal.
 */
export async function followImages(
  engine: Followed,
  on: (image: MetadataImage, batchBytes: number | null) => void,
  until: AbortSignal,
): Promise<void> {
  let image = emptyImage;
  while (!until.aborted) {
    const loaded = await newestSnapshot(engine);
    if (loaded !== null && loaded.endOffset > image.endOffset) {
      image = loaded;
      on(image, null);
    }
    const take = (batch: Uint8Array): void => {
      image = apply(image, new RecordBatch(asBuffer(batch), 0));
      on(image, batch.length);
    };
    await engine.follow(image.endOffset, take, until);
  }
}

async function newestSnapshot(engine: Followed): Promise<MetadataImage | null> {
  for (;;) {
    const snapshot = await engine.latestSnapshot();
    if (snapshot === null) return null;
    try {
      return await imageOf(snapshot);
    } catch (failure) {
      if (!(failure instanceof SnapshotReplaced)) throw failure;
    }
  }
}

/** A log that the broker wrote and closed: four batches of one record each between two entries of its index. */
import type { MemoryFiles } from "../../environments/memory/memory-files.js";
import { buildBatch } from "../../protocol/records/build-batch.js";
import { append, logConfig, memoryFiles, NOW_MS, openStore, topicId } from "../storage.test-data.js";
import { Findings } from "./findings.js";
import { verifyLog } from "./verify-log.js";

export const folder = "/data/orders-0";
export const firstSegment = `${folder}/00000000000000000000.log`;
export const BATCHES = 40;
/** Header, and one record of 1,000 bytes. */
export const BATCH_BYTES = buildBatch({ records: [recordOf(0)] }).length;

export async function closedLog({ segmentBytes = 1024 * 1024 } = {}): Promise<MemoryFiles> {
  const files = memoryFiles();
  const store = await openStore(files);
  const log = store.openOrCreate("orders", 0, topicId, { ...logConfig, segmentBytes });
  for (let count = 0; count < BATCHES; count++) {
    const producer = { id: 7, epoch: 0, baseSequence: count };
    append(log, buildBatch({ records: [recordOf(count)], producer }), count < BATCHES / 2 ? 3 : 5);
  }
  await store.close({ clean: true });
  return files;
}

/** The findings as lines: severity, name of the file, position, offset, what. */
export function verified(files: MemoryFiles): string[] {
  const lines: string[] = [];
  const findings = new Findings(({ severity, path, position, offset, what }) => {
    const place = `${position ?? "-"} ${offset ?? "-"}`;
    lines.push(`${severity} ${path.slice(folder.length + 1)} ${place} ${what}`);
  });
  verifyLog(files, folder, findings, { segments: 0, batches: 0, records: 0, bytes: 0 });
  return lines;
}

export function change(files: MemoryFiles, path: string, how: (bytes: Buffer) => Uint8Array | undefined): void {
  const file = files.open(path, "create");
  const bytes = Buffer.alloc(file.bytes);
  file.read(bytes, 0);
  const changed = how(bytes) ?? bytes;
  file.truncate(0);
  file.write([changed], 0);
  file.close();
}

function recordOf(count: number) {
  return { timestampMs: NOW_MS + count, key: null, value: Buffer.alloc(1000, "v") };
}

/** Opens a store on what a crash left, as the next start would, and holds all that it finds against what must be there. */
import { find } from "../../src/environments/memory/folders.js";
import type { Disk } from "../../src/environments/simulated/disk.js";
import { invariant } from "../../src/lib/invariant.js";
import { Findings } from "../../src/storage/inspection/findings.js";
import { verifyLog } from "../../src/storage/inspection/verify-log.js";
import type { PartitionLog } from "../../src/storage/partition-log.js";
import { append, batchOf } from "../../src/storage/storage.test-data.js";
import { checkContent } from "./check-content.js";
import { checkLookUps } from "./check-look-ups.js";
import type { CrashImage } from "./images.js";
import type { ExpectedLog } from "./log-model.js";
import { DATA_FOLDER, filesOn, openStill, storeConfig } from "./store.js";

/** Every so many images the log is also written to, closed and opened once more. */
const GO_ON_EVERY = 4;

export async function checkImage({ disk, expected, fault, number }: CrashImage): Promise<void> {
  const wasClosed = filesOn(disk).stat(`${DATA_FOLDER}/.kafka_cleanshutdown`) !== null;
  const store = await openStill(disk);
  for (const one of expected) {
    const log = store.get(one.topic, 0, one.topicId);
    const mustBeThere = fault === "kill" ? one.exists : one.isKept;
    invariant(log !== null || !mustBeThere, `the log of ${one.topic} is there`);
    if (log !== null) await checkLog(log, one, fault);
  }
  await store.close({ clean: false });
  expectNoDamage(disk, store.logs);
  // What was closed is trusted by the first start, and only checked by the second.
  if (wasClosed) await recover(disk);
  const before = contentOf(disk);
  await recover(disk);
  expectSame(before, contentOf(disk));
  if (number % GO_ON_EVERY === 0) await goOn(disk);
}

async function recover(disk: Disk): Promise<void> {
  const store = await openStill(disk);
  await store.close({ clean: false });
}

async function checkLog(log: PartitionLog, expected: ExpectedLog, fault: CrashImage["fault"]): Promise<void> {
  const found = checkContent(log, expected, fault);
  await checkLookUps(log, found, expected);
}

/** The tool that looks for damage finds none in what recovery has left. */
function expectNoDamage(disk: Disk, logs: readonly PartitionLog[]): void {
  const damages: string[] = [];
  const findings = new Findings(({ severity, path, what, offset }) => {
    if (severity === "damage") damages.push(`${path} ${what} (offset ${offset})`);
  });
  for (const { folder } of logs) {
    verifyLog(filesOn(disk), folder, findings, { segments: 0, batches: 0, records: 0, bytes: 0 });
  }
  invariant(damages.length === 0, `samsa log verify finds no damage: ${damages.join("; ")}`);
}

/** A recovered log is written to, closed, and opened again. */
async function goOn(disk: Disk): Promise<void> {
  const store = await openStill(disk);
  const ends = new Map<string, number>();
  for (const { topic, partition, topicId } of store.logs) {
    if (topicId === null) continue;
    const log = store.hold(topic, partition, topicId, storeConfig);
    invariant(log !== null, "a log that is there can be held");
    const appended = append(log, batchOf(1), 1_000);
    invariant(!("errorCode" in appended), "a recovered log takes records");
    ends.set(log.folder, log.endOffset);
  }
  invariant((await store.close({ clean: true })) === 0, "a recovered log can be closed");
  const next = await openStill(disk);
  for (const log of next.logs) {
    const end = ends.get(log.folder);
    invariant(end === undefined || log.endOffset === end, `${log.folder} ends at ${end}, where it was closed`);
  }
  await next.close({ clean: false });
}

/** Every file below the data folder with its bytes. */
function contentOf(disk: Disk): ReadonlyMap<string, Buffer> {
  const content = new Map<string, Buffer>();
  const walk = (path: string): void => {
    const entry = find(disk.root, path);
    if (entry === null) return;
    if (entry.kind === "folder") {
      for (const name of entry.entries.keys()) walk(`${path}/${name}`);
      return;
    }
    const bytes = Buffer.alloc(entry.content.seen.length);
    entry.content.seen.read(bytes, 0);
    content.set(path, bytes);
  };
  walk(DATA_FOLDER);
  return content;
}

function expectSame(before: ReadonlyMap<string, Buffer>, after: ReadonlyMap<string, Buffer>): void {
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    const [first, second] = [before.get(path), after.get(path)];
    const isSame = first !== undefined && second !== undefined && first.equals(second);
    invariant(
      isSame,
      `recovering twice changes nothing, but ${path} has ${second?.length} bytes after ${first?.length}`,
    );
  }
}
